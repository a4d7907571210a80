"""When the reminder before a term's end is due. Pure; for `timers`, which has it go off, and `recounting`."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.clock import is_business_day

TERM_AT = time(10)


def term_at(due_on: date, zone: ZoneInfo, closed: Container[date]) -> datetime:
    """On the business day before the last one on which the answer is due."""
    day = due_on - timedelta(days=1)
    while not is_business_day(day, closed):
        day -= timedelta(days=1)
    return datetime.combine(day, TERM_AT, zone)
