"""The office's table of days: read from its rows, kept a moment, asked by every term that is counted.

One instance a process, for all its threads. Rows are only added (`calendar_changes`), so that the calendar of any
moment can be had again: a term is counted anew from the one that it knew to the one that there is (`recounting`).
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from intake.database import reading
from intake.jurisdiction import days_of
from intake.lately import Lately
from intake.tables.calendar import CalendarChange
from intake.terms.days import Days

KEPT_S = 5.0  # another process's change is known after so long; what was counted meanwhile is counted anew


class Kind(StrEnum):
    CLOSED = "closed"
    WORKING = "working"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Change:
    """A row without its session. `municipalities` None: all."""

    number: int
    kind: Kind
    of_number: int | None
    first_on: date
    last_on: date
    municipalities: frozenset[str] | None


class Calendar:
    def __init__(self, sessions: sessionmaker[Session], own: Container[date]) -> None:
        self._sessions, self._own = sessions, own
        self._lately = Lately[tuple[Change, ...]]((), self._look, kept_s=KEPT_S)
        self._known: dict[tuple[int, str | None], Days] = {}

    def __contains__(self, day: object) -> bool:
        return day in self.of(None)

    def of(self, municipality: str | None, number: int | None = None) -> Days:
        changes = self._current(number or 0)
        wanted = (changes[-1].number if changes else 0) if number is None else number
        key = wanted, municipality
        if key not in self._known:
            self._known[key] = days_at(changes, wanted, municipality, self._own)
        return self._known[key]

    def forget(self) -> None:
        """The next question reads the rows again: something was changed here."""
        self._lately.forget()

    def _current(self, number: int) -> Sequence[Change]:
        """What was counted by a table that another process has changed since is counted anew."""
        changes = self._lately.current
        if number <= (changes[-1].number if changes else 0):
            return changes
        self._lately.forget()
        return self._lately.current

    def _look(self, _known: tuple[Change, ...]) -> tuple[Change, ...]:
        with reading(self._sessions) as session:
            return tuple(map(change_of, session.scalars(select(CalendarChange).order_by(CalendarChange.number))))


def change_of(row: CalendarChange) -> Change:
    towns = None if row.municipalities is None else frozenset(row.municipalities)
    return Change(row.number, Kind(row.kind), row.of_number, row.first_on, row.last_on, towns)


def standing(changes: Iterable[Change], number: int) -> list[Change]:
    """Those that counted after the change `number`, oldest first."""
    until = [change for change in changes if change.number <= number]
    withdrawn = {change.of_number for change in until if change.kind == Kind.WITHDRAWN}
    return [change for change in until if change.kind != Kind.WITHDRAWN and change.number not in withdrawn]


def days_at(changes: Iterable[Change], number: int, municipality: str | None, own: Container[date]) -> Days:
    """Of two changes of one day the later one holds."""
    closed: set[date] = set()
    working: set[date] = set()
    suspended: set[date] = set()
    for change in standing(changes, number):
        days = days_of(change.first_on, change.last_on)
        if change.kind == Kind.SUSPENDED:
            suspended.update(days if change.municipalities is None or municipality in change.municipalities else ())
            continue
        into, out_of = (closed, working) if change.kind == Kind.CLOSED else (working, closed)
        into.update(days)
        out_of.difference_update(days)
    return Days(number, own, frozenset(closed), frozenset(working), frozenset(suspended))
