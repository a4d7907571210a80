"""The office's numbers and the archive's table of series, as a jurisdiction's `archive.yaml` has them, and a series as
staff published it over the file. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from intake.configuration.unusable import Unusable


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
    """A row of the CADIDO. Years None: not known. `destination`: one of DESTINATIONS, or None. `confirmed_by`: who of
    the archive said that it is so, with the citation in `source`. `is_open`: new files may be put into it."""

    code: str
    name: str
    values: tuple[str, ...]
    active_years: int | None
    resting_years: int | None
    destination: str | None
    technique: str | None
    has_personal_data: bool
    remarks: str
    source: str
    is_confirmed: bool
    confirmed_by: str = ""
    is_open: bool = True

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

    @property
    def is_confirmed(self) -> bool:
        """The archive has confirmed the terms of all its series."""
        return all(one.is_confirmed for one in self.series.values())

    @property
    def open_series(self) -> Mapping[str, Series]:
        return {code: one for code, one in self.series.items() if one.is_open}


DESTINATIONS, TECHNIQUES = ("baja", "historico"), ("eliminación", "conservación", "muestreo")
VALUES = ("administrativo", "legal", "fiscal", "contable")
CODE_MAX, NAME_MAX, SOURCE_MAX, PERSON_MAX, REMARKS_MAX = 40, 160, 500, 160, 300  # CODE_MAX: the column's length
CODE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9.\-]{{0,{CODE_MAX - 1}}}")  # stands in addresses and in labels
YEARS_MAX = 100
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
    series = [_series(row, table) for row in table["series"]]
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
    )


def _fields(pattern: str) -> set[str]:
    return {name for name in ("{number}", "{year}", "{office}", "{series}") if name in pattern}


def _series(row: Mapping[str, Any], table: Mapping[str, Any]) -> Series:
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
        source=row.get("source", table["source"]),
        is_confirmed=row.get("confirmed", table["confirmed"]),
        confirmed_by=row.get("confirmed_by", ""),
    )


def read_series(key: str, value: Mapping[str, Any], own: Series | None) -> Series:
    """As a version holds it. Raises ValueError, KeyError, TypeError for what cannot stand: who confirms is named, and a
    confirmed term says all its years and what becomes of the files."""
    name, source, person = (str(value[part]).strip() for part in ("name", "source", "confirmed_by"))
    years = value["active_years"], value["resting_years"]
    if not CODE.fullmatch(key) or not name or not source:
        raise Unusable("words", f"{key}: a code, a name and where it comes from are needed")
    if any(one is not None and not (type(one) is int and 0 <= one <= YEARS_MAX) for one in years):
        raise Unusable("years", f"{key}: years are from 0 to {YEARS_MAX}")
    if value["destination"] not in (None, *DESTINATIONS) or value["technique"] not in (None, *TECHNIQUES):
        raise Unusable("destination", f"{key}: no such destination or technique")
    if unknown := set(value["values"]) - set(VALUES):
        raise ValueError(f"{key}: {sorted(unknown)[0]} is no value")
    if value["confirmed"] and (None in (*years, value["destination"]) or not person):
        raise Unusable("confirmed", f"{key}: a confirmed term has its years, its destination and who confirmed it")
    _require_short(value, name=NAME_MAX, source=SOURCE_MAX, confirmed_by=PERSON_MAX, remarks=REMARKS_MAX)
    return Series(
        code=key,
        name=name,
        values=tuple(str(one) for one in value["values"]),
        active_years=years[0],
        resting_years=years[1],
        destination=value["destination"],
        technique=value["technique"],
        has_personal_data=bool(value["personal_data"]),
        remarks=str(value["remarks"]).strip(),
        source=source,
        is_confirmed=bool(value["confirmed"]),
        confirmed_by=person,
        is_open=bool(value["is_open"]),
    )


def write_series(series: Series) -> dict[str, Any]:
    return {
        "name": series.name,
        "values": list(series.values),
        "active_years": series.active_years,
        "resting_years": series.resting_years,
        "destination": series.destination,
        "technique": series.technique,
        "personal_data": series.has_personal_data,
        "remarks": series.remarks,
        "source": series.source,
        "confirmed": series.is_confirmed,
        "confirmed_by": series.confirmed_by,
        "is_open": series.is_open,
    }


def _require_short(value: Mapping[str, Any], **limits: int) -> None:
    for name, limit in limits.items():
        if len(str(value[name])) > limit:
            raise Unusable("long", f"{name}: at most {limit} characters")
