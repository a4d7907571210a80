"""The period that a page of figures is about: what its form offers, what its address names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from intake.indicators.period import Period, get_period, month_of, quarter_of

PeriodName = Annotated[str, Query(max_length=8)]
QUARTERS, MONTHS, YEARS = 6, 13, 2  # offered, the current one included


@dataclass(frozen=True)
class Offer:
    quarters: Sequence[Period]
    months: Sequence[Period]
    years: Sequence[Period]


def read_period(name: str, today: date) -> Period:
    """The current quarter for an empty name. Raises NotFound."""
    return get_period(name) if name else quarter_of(today)


def offer(today: date) -> Offer:
    """Newest first."""
    quarters, months = [quarter_of(today)], [month_of(today)]
    while len(quarters) < QUARTERS:
        quarters.append(quarter_of(quarters[-1].first - timedelta(days=1)))
    while len(months) < MONTHS:
        months.append(month_of(months[-1].first - timedelta(days=1)))
    return Offer(quarters, months, [get_period(str(today.year - n)) for n in range(YEARS)])
