"""A period as reports name it: «2026», «2026-T4», «2026-10». Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.errors import NotFound

NAME = re.compile(r"^(\d{4})(?:-(?:T([1-4])|(0[1-9]|1[0-2])))?$")
YEARS = range(2000, 2200)


@dataclass(frozen=True)
class Period:
    """`first` to `last`, both included, in the office's zone."""

    name: str
    first: date
    last: date

    @property
    def is_month(self) -> bool:
        return len(self.name) == len("2026-10") and "T" not in self.name

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment, and the first one that is not in it any more; UTC."""
        until = self.last + timedelta(days=1)
        began, ended = (datetime.combine(day, time(), zone) for day in (self.first, until))
        return began.astimezone(UTC), ended.astimezone(UTC)


def get_period(name: str) -> Period:
    """Raises NotFound for what names none."""
    found = NAME.match(name)
    if found is None or int(found[1]) not in YEARS:
        raise NotFound(f"no period {name}: 2026, 2026-T4 or 2026-10")
    year = int(found[1])
    if found[2]:
        return _months(name, year, 3 * int(found[2]) - 2, 3)
    return _months(name, year, int(found[3]), 1) if found[3] else _months(name, year, 1, 12)


def month_of(day: date) -> Period:
    return get_period(f"{day.year}-{day.month:02}")


def quarter_of(day: date) -> Period:
    return get_period(f"{day.year}-T{(day.month + 2) // 3}")


def months_between(first: date, last: date) -> list[Period]:
    """Whole months, from that of `first` to that of `last`."""
    months = [month_of(first)]
    while months[-1].last < last:
        months.append(month_of(months[-1].last + timedelta(days=1)))
    return months


def _months(name: str, year: int, month: int, count: int) -> Period:
    end = month + count
    after = date(year + 1, 1, 1) if end > 12 else date(year, end, 1)
    return Period(name, date(year, month, 1), after - timedelta(days=1))
