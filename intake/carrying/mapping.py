"""How a file's columns are read: which one holds what, and what its own words for places, agencies and states mean.

Guessed from names and contents, changed by a person, kept with the import; as a file for the command line too. Pure.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from intake.carrying.dates import is_month_first, read_moment
from intake.carrying.tabular import Row
from intake.errors import FormRefused, SettingsError
from intake.petitions.states import Status

ALIKE_MIN = 88.0  # rapidfuzz ratio: «fecha de recepción» and «fecha recepcion»; below it other words begin to meet
DATES_MIN = 0.6  # of a column's filled cells that are dates, for it to be one of dates: registers have slips


class Field(StrEnum):
    """What a column may hold; the catalogue has a sentence for each (`import.field_<value>`)."""

    FOLIO = "folio"
    RECEIVED = "received"
    TEXT = "text"
    NAME = "name"
    PHONE = "phone"
    MUNICIPALITY = "municipality"
    PLACE = "place"
    AGENCY = "agency"
    STATE = "state"
    TURNED = "turned"
    ANSWERED = "answered"
    ANSWER = "answer"
    NOTIFIED = "notified"
    CLOSED = "closed"
    DUE = "due"


NEEDED = (Field.FOLIO, Field.RECEIVED, Field.TEXT)
DATES = frozenset({Field.RECEIVED, Field.TURNED, Field.ANSWERED, Field.NOTIFIED, Field.CLOSED, Field.DUE})


@dataclass(frozen=True)
class Reading:
    """`columns`: by field the column's name. Words of the file (as `plain`) by what they mean: `municipalities` to keys
    of INEGI, `agencies` to keys of the catalogue, `states` to those of the lifecycle."""

    columns: Mapping[str, str] = field(default_factory=dict)
    month_first: bool = False
    municipalities: Mapping[str, str] = field(default_factory=dict)
    agencies: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)

    def as_values(self) -> dict[str, Any]:
        return asdict(self)

    def missing(self, heading: Iterable[str]) -> tuple[Field, ...]:
        """Fields without which nothing comes in."""
        names = set(heading)
        return tuple(one for one in NEEDED if self.columns.get(one) not in names)


@dataclass(frozen=True)
class Vocabulary:
    """Of the jurisdiction (`imports.yaml`): words by field, and by state."""

    columns: Mapping[str, tuple[str, ...]]
    states: Mapping[str, str]
    is_confirmed: bool


@cache
def load_vocabulary(folder: Path) -> Vocabulary:
    """Raises SettingsError."""
    path = folder / "imports.yaml"
    try:
        values = YAML(typ="safe").load(path)
        states = {plain(word): Status(state).value for state, words in values["states"].items() for word in words}
        columns = {Field(name).value: tuple(map(plain, words)) for name, words in values["columns"].items()}
        return Vocabulary(columns, states, values["confirmed"])
    except (OSError, YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error!r}") from error


def mapping_from(values: Any) -> Reading:
    """What `as_values` gave, or a person wrote. Raises FormRefused for a shape, field or state that there is not."""
    try:
        words = {name: dict(values.get(name) or {}) for name in ("municipalities", "agencies", "states")}
        columns = {Field(name).value: str(column) for name, column in dict(values["columns"]).items() if column}
        states = {plain(word): Status(state).value for word, state in words["states"].items()}
        municipalities = {plain(word): str(clave) for word, clave in words["municipalities"].items()}
        agencies = {plain(word): str(key) for word, key in words["agencies"].items()}
        return Reading(columns, bool(values.get("month_first")), municipalities, agencies, states)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FormRefused("mapping") from error


def load_mapping(path: Path) -> Reading:
    """Raises FormRefused."""
    try:
        return mapping_from(YAML(typ="safe").load(path))
    except (OSError, YAMLError) as error:
        raise FormRefused("mapping") from error


def guess(heading: Row, rows: Sequence[Row], vocabulary: Vocabulary, zone: ZoneInfo) -> Reading:
    """Each field the column whose name is most like one of its words; dates only where the cells are dates."""
    dated = {name for name, cells in _columns(heading, rows) if _are_dates(cells, zone)}
    scores = sorted(
        (
            (score, -heading.index(name), one, name)
            for one, words in vocabulary.columns.items()
            for name in heading
            if (score := _alike(plain(name), words)) >= ALIKE_MIN and (one not in DATES or name in dated)
        ),
        reverse=True,
    )
    columns: dict[str, str] = {}
    for _, _, one, name in scores:
        if one not in columns and name not in columns.values():
            columns[one] = name
    _by_content(columns, heading, rows, dated)
    dates = [cell for name, cells in _columns(heading, rows) if name in dated for cell in cells]
    return Reading(columns, is_month_first(dates))


def plain(words: str) -> str:
    """Without accents, case and doubled spaces."""
    lower = unicodedata.normalize("NFKD", words.lower())
    kept = "".join(c if c.isalnum() else " " for c in lower if not unicodedata.combining(c))
    return " ".join(kept.split())


def _by_content(columns: dict[str, str], heading: Row, rows: Sequence[Row], dated: set[str]) -> None:
    """What no name told: the first column of dates is when it came, the longest words are what was asked."""
    free = [(name, cells) for name, cells in _columns(heading, rows) if name not in columns.values()]
    if Field.RECEIVED not in columns and (first := next((name for name, _ in free if name in dated), None)):
        columns[Field.RECEIVED.value] = first
    longest = max(free, key=lambda one: sum(map(len, one[1])), default=None)
    if Field.TEXT not in columns and longest and longest[0] not in dated and max(map(len, longest[1]), default=0) > 30:
        columns[Field.TEXT.value] = longest[0]


def _columns(heading: Row, rows: Sequence[Row]) -> list[tuple[str, list[str]]]:
    cells = ([row[at] for row in rows if at < len(row) and row[at]] for at in range(len(heading)))
    return list(zip(heading, cells, strict=True))


def _are_dates(cells: Sequence[str], zone: ZoneInfo) -> bool:
    either = (read_moment(cell, zone) or read_moment(cell, zone, month_first=True) for cell in cells)
    return bool(cells) and sum(map(bool, either)) >= DATES_MIN * len(cells)


def _alike(name: str, words: Sequence[str]) -> float:
    return max((fuzz.ratio(name, word) for word in words), default=0.0)
