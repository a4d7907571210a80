"""The office's numbers and the archive's table of series, as a jurisdiction's `archive.yaml` has them. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Numbering:
    """`patterns`: by kind, with the digits of the number."""

    office: str
    patterns: Mapping[str, tuple[str, int]]
    source: str
    is_confirmed: bool

    def label(self, kind: str, number: int, year: int, series: str = "") -> str:
        pattern, digits = self.patterns[kind]
        told = {"office": self.office, "number": f"{number:0{digits}d}", "year": str(year), "series": series}
        for name, value in told.items():
            pattern = pattern.replace(f"{{{name}}}", value)
        return pattern


@dataclass(frozen=True)
class Series:
    """A row of the CADIDO. Years None: not known. `destination`: baja, historico, or None."""

    code: str
    name: str
    values: tuple[str, ...]
    active_years: int | None
    resting_years: int | None
    destination: str | None
    technique: str | None
    has_personal_data: bool
    remarks: str

    def as_terms(self) -> dict[str, Any]:
        return {**asdict(self), "values": list(self.values)}


@dataclass(frozen=True)
class Records:
    numbering: Numbering
    instructions: tuple[str, ...]
    instructions_confirmed: bool
    fund: str
    section: str
    series: Mapping[str, Series]
    default: str  # of a petition that is in no file yet
    source: str
    is_confirmed: bool


KINDS = ("acknowledgement", "slip", "letter", "general", "transfer", "disposal", "file")


def load_records(path: Path) -> Records:
    """Raises OSError, KeyError, ValueError, TypeError."""
    values = YAML(typ="safe").load(path)
    numbering, table = values["numbering"], values["cadido"]
    patterns = {kind: (str(numbering[kind]["pattern"]), int(numbering[kind]["digits"])) for kind in KINDS}
    if wrong := [kind for kind, (pattern, _) in patterns.items() if not {"{number}", "{year}"} <= _fields(pattern)]:
        raise ValueError(f"the number's pattern of {wrong[0]} needs {{number}} and {{year}}")
    if "{series}" not in patterns["file"][0]:  # numbers of files count by series
        raise ValueError("the number's pattern of file needs {series}")
    series = [_series(row) for row in table["series"]]
    if table["default"] not in {one.code for one in series}:
        raise ValueError(f"the default series {table['default']} is none of the table's")
    return Records(
        numbering=Numbering(numbering["office"], patterns, numbering["source"], numbering["confirmed"]),
        instructions=tuple(values["instructions"]["list"]),
        instructions_confirmed=values["instructions"]["confirmed"],
        fund=table["fund"],
        section=table["section"],
        series={one.code: one for one in series},
        default=table["default"],
        source=table["source"],
        is_confirmed=table["confirmed"],
    )


def _fields(pattern: str) -> set[str]:
    return {name for name in ("{number}", "{year}", "{office}", "{series}") if name in pattern}


def _series(row: Mapping[str, Any]) -> Series:
    return Series(
        code=row["code"],
        name=row["name"],
        values=tuple(row["values"]),
        active_years=row["active_years"],
        resting_years=row["resting_years"],
        destination=row["destination"],
        technique=row["technique"],
        has_personal_data=row["personal_data"],
        remarks=row["remarks"],
    )
