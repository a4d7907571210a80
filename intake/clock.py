"""Time: one `utc_now`, the office's zone, and business-day terms. Pure but for `utc_now`."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


_fixed: ContextVar[datetime | None] = ContextVar("canaliza_fixed_time", default=None)


def utc_now() -> datetime:
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it `utc_now` stands still: for invented petitions of the past and for tests, in this thread only."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


@dataclass(frozen=True)
class ExtensionTerms:
    """By how much the term may be extended once; `days` of the kind that the term counts."""

    days: int
    source: str
    is_confirmed: bool


@dataclass(frozen=True)
class Terms:
    """How long the office has, from the jurisdiction's dated configuration; `source` says who must confirm it."""

    answer_days: int
    counts_business_days: bool
    source: str
    is_confirmed: bool
    extension: ExtensionTerms | None = None


def due_date(received_at: datetime, terms: Terms, *, zone: ZoneInfo, closed: Container[date]) -> date:
    """Last day to answer: the term starts on the first business day after reception (facts/domain §2.2)."""
    return _count(received_at.astimezone(zone).date(), terms.answer_days, terms, closed)


def extended_date(due_on: date, terms: Terms, closed: Container[date]) -> date | None:
    """The last day to answer with the one extension; None where there is none."""
    extension = terms.extension
    return _count(due_on, extension.days, terms, closed) if extension and extension.days else None


def _count(day: date, left: int, terms: Terms, closed: Container[date]) -> date:
    while left:
        day += timedelta(days=1)
        if not terms.counts_business_days or is_business_day(day, closed):
            left -= 1
    while not is_business_day(day, closed):
        day += timedelta(days=1)
    return day


def is_business_day(day: date, closed: Container[date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed
