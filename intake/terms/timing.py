"""What the office has for each step, and what it is counted with: tables of entries, each from a day on. Pure.

Read from the jurisdiction's file (`load_timing`) and from what staff published over it (`read_entries`). Of two entries
the one with the later day holds, from that day on; an earlier one goes on holding for what began before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from intake.clock import ExtensionTerms, PauseTerms, Terms
from intake.configuration.unusable import Unusable
from intake.terms.steps import Colours, Shades, Step, StepTerms


class Kind(StrEnum):
    """In the order in which they are read on the page."""

    ANSWER = "answer"
    STEPS = "steps"
    COLOURS = "colours"
    EXTENSION = "extension"
    PAUSE = "pause"
    RIGHTS = "data_rights"
    SILENCE = "silence"


EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)  # a typing error in the year is no term
ALWAYS = date.min  # of an entry of the folder that names no day
SOURCE_MIN, SOURCE_MAX = 10, 500  # of a citation, as of a closed day's
ENTRIES_MAX = 60
DAYS_MAX = 250  # a year of business days
# Of each kind its figures, with the least and the most that they may be. 0 of an extension or a pause: there is none.
FIGURES: Mapping[Kind, Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        Kind.ANSWER: {"days": (1, DAYS_MAX)},
        Kind.STEPS: {step.value: (1, DAYS_MAX) for step in Step},
        Kind.COLOURS: dict.fromkeys(
            ("petition_yellow", "petition_red", "step_yellow", "step_red", "head", "office"), (0, DAYS_MAX)
        ),
        Kind.EXTENSION: {"days": (0, DAYS_MAX)},
        Kind.PAUSE: {"days": (0, DAYS_MAX)},
        Kind.RIGHTS: {"days": (1, DAYS_MAX), "effective_days": (1, DAYS_MAX)},
        Kind.SILENCE: {"days": (1, DAYS_MAX)},
    }
)
CHOOSES_DAYS = (Kind.ANSWER, Kind.RIGHTS)  # business days, or all days of the week; the others have theirs fixed


@dataclass(frozen=True)
class Held:
    """Figures that hold from a day on. `source`: the citation; unconfirmed ones are shown as «por confirmar»."""

    since: date
    figures: Mapping[str, int]
    is_business: bool
    source: str
    is_confirmed: bool


Entries = tuple[Held, ...]  # oldest first


@dataclass(frozen=True)
class Timing:
    """`table`: by kind; a kind without an entry is not counted here at all."""

    table: Mapping[str, Entries]

    def answer(self, day: date) -> Terms:
        """The citizen's term for what begins on that day, with what it may be extended by and stand still for."""
        held, more, still = self.get(Kind.ANSWER, day), self.find(Kind.EXTENSION, day), self.find(Kind.PAUSE, day)
        return Terms(
            held.figures["days"],
            held.is_business,
            held.source,
            held.is_confirmed,
            ExtensionTerms(more.figures["days"], more.source, more.is_confirmed) if more else None,
            PauseTerms(still.figures["days"], still.source, still.is_confirmed) if still else None,
        )

    def rights(self, day: date) -> Terms:
        held = self.get(Kind.RIGHTS, day)
        return Terms(held.figures["days"], held.is_business, held.source, held.is_confirmed)

    def colours(self, day: date) -> Colours:
        held = self.get(Kind.COLOURS, day)
        own = held.figures
        petition, step = (Shades(own[f"{name}_yellow"], own[f"{name}_red"]) for name in ("petition", "step"))
        return Colours(petition, step, own["head"], own["office"], held.source, held.is_confirmed)

    @property
    def steps(self) -> tuple[StepTerms, ...]:
        return tuple(
            StepTerms(one.since, {step: one.figures[step] for step in Step}, one.source, one.is_confirmed)
            for one in self.table[Kind.STEPS]
        )

    def find(self, kind: Kind, day: date) -> Held | None:
        return find_held(self.table[kind], day)

    def get(self, kind: Kind, day: date) -> Held:
        """A day before the first entry has the first one's: something was always promised."""
        return self.find(kind, day) or self.table[kind][0]


def find_held(entries: Sequence[Held], day: date) -> Held | None:
    """What holds on that day; None before there was any."""
    return next((one for one in reversed(entries) if one.since <= day), None)


def with_entry(entries: Sequence[Held], held: Held) -> Entries:
    """The table with one more; an entry of the same day gives way."""
    others = [one for one in entries if one.since != held.since]
    return tuple(sorted([*others, held], key=lambda one: one.since))


def load_timing(values: Mapping[str, Any]) -> Timing:
    """Of the jurisdiction's file. Raises KeyError, ValueError, TypeError."""
    answer, rights, colours = values["terms"], values["data_rights"], values["colours"]
    flat = {f"{name}_{shade}": colours[name][shade] for name in ("petition", "step") for shade in ("yellow", "red")}
    days = {**rights, "days": rights["answer_days"]}
    rows: Mapping[Kind, Iterable[Mapping[str, Any]]] = {
        Kind.ANSWER: [{**answer, "days": answer["answer_days"]}],
        Kind.STEPS: values["steps"],
        Kind.COLOURS: [{**colours, **flat}],
        Kind.EXTENSION: [answer["extension"]] if answer.get("extension") else [],
        Kind.PAUSE: [answer["pause"]] if answer.get("pause") else [],
        Kind.RIGHTS: [days],
        Kind.SILENCE: [values["silence"]],
    }
    return Timing({kind.value: tuple(_loaded(kind, row) for row in rows[kind]) for kind in Kind})


def _loaded(kind: Kind, row: Mapping[str, Any]) -> Held:
    figures = {name: int(row[name]) for name in FIGURES[kind]}
    is_business = row.get("counts_business_days", kind != Kind.SILENCE)
    return Held(row.get("from", ALWAYS), figures, is_business, row["source"], row["confirmed"])


def read_entries(key: str, value: Mapping[str, Any], own: Entries | None) -> Entries:
    """As a version holds them. Raises ValueError, KeyError, TypeError for what cannot stand."""
    kind = Kind(key)
    rows = value["entries"]
    if not 0 < len(rows) <= ENTRIES_MAX:
        raise ValueError(f"{key}: from 1 to {ENTRIES_MAX} entries")
    entries = sorted((_read(kind, row) for row in rows), key=lambda one: one.since)
    if len({one.since for one in entries}) < len(entries):
        raise Unusable("twice", f"{key}: two entries of one day")
    return tuple(entries)


def write_entries(entries: Entries) -> dict[str, Any]:
    return {
        "entries": [
            {
                "from": one.since.isoformat(),
                **one.figures,
                "business": one.is_business,
                "source": one.source,
                "confirmed": one.is_confirmed,
            }
            for one in entries
        ]
    }


def _read(kind: Kind, row: Mapping[str, Any]) -> Held:
    figures, source = {}, str(row["source"]).strip()
    for name, (least, most) in FIGURES[kind].items():
        figures[name] = row[name]
        if not isinstance(row[name], int) or isinstance(row[name], bool) or not least <= row[name] <= most:
            raise Unusable("figure", f"{kind.value}: {name} is a number from {least} to {most}")
    if kind == Kind.COLOURS and any(figures[f"{one}_red"] > figures[f"{one}_yellow"] for one in ("petition", "step")):
        raise Unusable("colours", "colours: red comes after yellow")
    since = _read_day(kind, row["from"])
    if not SOURCE_MIN <= len(source) <= SOURCE_MAX:
        raise Unusable("source", f"{kind.value}: where it comes from, in {SOURCE_MIN} to {SOURCE_MAX} letters")
    is_business = bool(row["business"]) if kind in CHOOSES_DAYS else kind != Kind.SILENCE
    return Held(since, figures, is_business, source, bool(row["confirmed"]))


def _read_day(kind: Kind, said: Any) -> date:
    try:
        since = date.fromisoformat(str(said))
    except ValueError as error:
        raise Unusable("day", f"{kind.value}: {said!a} is no day") from error
    if since != ALWAYS and not EARLIEST <= since <= LATEST:
        raise Unusable("day", f"{kind.value}: no such day")
    return since
