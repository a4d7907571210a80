"""How long the file of a petition is kept: the archive's series with its years, from the jurisdiction's file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ArchiveTerms:
    """`office_years`, `concentration_years`: in the office, then in the archive; None: nobody has said.
    `effective_days`: working days in which what was granted of a right is done."""

    series: str | None
    name: str
    office_years: int | None
    concentration_years: int | None
    source: str
    is_confirmed: bool
    effective_days: int

    @property
    def years(self) -> int | None:
        known = self.office_years is not None and self.concentration_years is not None
        return (self.office_years or 0) + (self.concentration_years or 0) if known else None

    def ends_on(self, begins: date) -> date | None:
        """The first day after the term that began then; None while its years are not known."""
        if self.years is None:
            return None
        year = begins.year + self.years
        is_leap_day = begins.month == 2 and begins.day == 29
        return date(year, 3, 1) if is_leap_day else begins.replace(year=year)


def load_archive(values: Mapping[str, Any], rights: Mapping[str, Any]) -> ArchiveTerms:
    return ArchiveTerms(
        values["series"],
        values["name"],
        values["office_years"],
        values["concentration_years"],
        values["source"],
        values["confirmed"],
        rights["effective_days"],
    )
