"""Time: one `utc_now`, the office's zone, and business-day terms. Pure but for `utc_now`."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

SATURDAY = 5
SLIP = timedelta(days=1)


class Onward:
    """The machine's clock, but not earlier than it was in this process.

    Set back by an hour, it would hold back for an hour what was due, and each pace and lease that was counted. Time
    goes on at half its speed instead until the machine's has come up with it. What was more than a day ahead was a
    slip: terms and folios would be dated by it for as long as the process lives, so the machine is believed.
    """

    def __init__(self) -> None:
        self._latest, self._at_s = datetime.min.replace(tzinfo=UTC), 0.0
        self._lock = Lock()

    def now(self, machine: datetime, counted_s: float) -> datetime:
        """`counted_s`: of a counter that nobody sets."""
        with self._lock:
            if machine < self._latest <= machine + SLIP:
                machine = self._latest + timedelta(seconds=max(counted_s - self._at_s, 0.0) / 2)
            self._latest, self._at_s = machine, counted_s
            return machine


_fixed: ContextVar[datetime | None] = ContextVar("canaliza_fixed_time", default=None)
_onward = Onward()


def utc_now() -> datetime:
    return _fixed.get() or _onward.now(datetime.now(UTC), monotonic())


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
class PauseTerms:
    """How many business days the term may stand still while the citizen is asked for a datum; 0: it never does."""

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
    pause: PauseTerms | None = None


def due_date(received_at: datetime, terms: Terms, *, zone: ZoneInfo, closed: Container[date]) -> date:
    """Last day to answer: the term starts on the first business day after reception (facts/domain §2.2)."""
    return _count(received_at.astimezone(zone).date(), terms.answer_days, terms, closed)


def extended_date(due_on: date, terms: Terms, closed: Container[date]) -> date | None:
    """The last day to answer with the one extension; None where there is none."""
    extension = terms.extension
    return _count(due_on, extension.days, terms, closed) if extension and extension.days else None


def _count(day: date, left: int, terms: Terms, closed: Container[date]) -> date:
    if terms.counts_business_days:
        return business_day_after(day, left, closed)
    return business_day_after(day + timedelta(days=left), 0, closed)


def business_days(after: date, until: date, closed: Container[date]) -> int:
    """Business days of `(after, until]`; 0 when `until` is not later."""
    days = (date.fromordinal(n) for n in range(after.toordinal() + 1, until.toordinal() + 1))
    return sum(is_business_day(day, closed) for day in days)


def business_day_after(day: date, count: int, closed: Container[date]) -> date:
    """The `count`-th business day after `day`; for 0 the day itself, or the next one on which there is office."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day, closed)
    while not is_business_day(day, closed):
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class Recount:
    """A term that began on the day after `start` and was to end on `due_on`, by the calendar `before`."""

    start: date
    due_on: date
    before: Container[date]


def recounted(term: Recount, after: Container[date], *, today: date) -> date:
    """The last day of the same number of business days by the calendar `after`.

    A term that still ran does not end in the past for it: today is then its last day, or the next day with office.
    """
    count = business_days(term.start, term.due_on, term.before)
    due_on = business_day_after(term.start, count, after)
    return max(due_on, business_day_after(today, 0, after)) if term.due_on >= today else due_on


def shifted(due_on: date, was: date, becomes: date, closed: Container[date], *, today: date) -> date:
    """`due_on` later or earlier by the business days by which `becomes` is from `was`: what a term was extended by or
    stood still for stays. A term that still ran does not end in the past for it, as in `recounted`."""
    if becomes >= was:
        found = business_day_after(due_on, business_days(was, becomes, closed), closed)
    else:
        found = business_day_before(due_on, business_days(becomes, was, closed), closed)
    return max(found, business_day_after(today, 0, closed)) if due_on >= today else found


def business_day_before(day: date, count: int, closed: Container[date]) -> date:
    """The `count`-th business day before `day`; for 0 the day itself."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_business_day(day, closed)
    return day


def is_business_day(day: date, closed: Container[date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed
