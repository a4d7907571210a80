"""Days without office, as a term meets them: one version of the calendar, for one municipality. Values, no database."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Days:
    """`number`: the newest change of the calendar that is in it. `own`: of the jurisdiction's file and the law."""

    number: int
    own: Container[date]
    closed: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    suspended: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        return day in self.closed or day in self.suspended or (day in self.own and day not in self.working)


class Closed(Protocol):
    """Where days without office come from: the file alone, or the file and the office's own table."""

    def __contains__(self, day: object, /) -> bool: ...

    def of(self, municipality: str | None, number: int | None = None) -> Days:
        """For one municipality's petitions, as the calendar was at its change `number`; None: as it is."""
        ...
