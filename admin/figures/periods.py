"""The period that a page of figures is about: what its form offers, what its address names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from admin.pages import Pages
from intake.accounts.staff import Member
from intake.indicators.period import Period, get_period, month_of, quarter_of
from intake.transparency.terms import load_terms

PeriodName = Annotated[str, Query(max_length=8)]
QUARTERS, MONTHS, YEARS = 6, 13, 2  # offered, the current one included


def hidden_under(pages: Pages, member: Member) -> int:
    """Which counts the member is not told: from 1 to under it; 0: sees every one and opens its rows."""
    return 0 if member.is_overseer else load_terms(pages.office.jurisdiction.folder).k


@dataclass(frozen=True)
class Offer:
    quarters: Sequence[Period]
    months: Sequence[Period]
    years: Sequence[Period]


def read_period(name: str, today: date, *, wholes_only: bool = False) -> Period:
    """The current quarter for an empty name. `wholes_only`: the quarter that it begins in, whatever it is: of a month
    and its quarter the difference would tell what both keep back. Raises NotFound."""
    period = get_period(name) if name else quarter_of(today)
    return quarter_of(period.first) if wholes_only else period


def offer(today: date, *, wholes_only: bool = False) -> Offer:
    """Newest first."""
    quarters, months = [quarter_of(today)], [month_of(today)]
    while len(quarters) < QUARTERS:
        quarters.append(quarter_of(quarters[-1].first - timedelta(days=1)))
    while len(months) < MONTHS:
        months.append(month_of(months[-1].first - timedelta(days=1)))
    if wholes_only:
        return Offer(quarters, (), ())
    return Offer(quarters, months, [get_period(str(today.year - n)) for n in range(YEARS)])
