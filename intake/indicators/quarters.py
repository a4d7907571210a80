"""A quarter as it was reported: the sum of its frozen months' rows, where months can be summed. Read only.

Petitions are received, told and ended in one month each, so that rows add up; shares of agencies do not
(`NOT_ADDING`): theirs is as it is at the cut.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.indicators.catalogue import Matrix
from intake.indicators.measures import NOT_ADDING, Figure, Key
from intake.indicators.period import Period, months_between
from intake.office import Office
from intake.tables.calendar import IndicatorSnapshot
from intake.tables.petitions import Petition

By = tuple[str, str]  # indicator and reading


@dataclass(frozen=True)
class Summed:
    """`frozen_at`: when the last of its months was."""

    figure: Figure
    frozen_at: datetime


def sum_months(session: Session, office: Office, quarter: Period) -> Mapping[By, Summed]:
    """By indicator and reading; nothing for what has a month that is not frozen. Months before the office's first
    petition are empty and need not be."""
    first = session.scalar(select(func.min(Petition.opened_at, type_=Petition.opened_at.type)))
    if first is None:
        return {}
    began = first.astimezone(office.jurisdiction.zone).date()
    wanted = {month.first for month in months_between(quarter.first, quarter.last) if month.last >= began}
    rows: dict[By, list[IndicatorSnapshot]] = defaultdict(list)
    for row in session.scalars(select(IndicatorSnapshot).where(IndicatorSnapshot.month.in_(wanted))):
        rows[row.indicator, row.reading].append(row)
    return {
        by: _sum(months) for by, months in rows.items() if _adds_up(office.matrix, by) and _months(months) == wanted
    }


def _months(rows: list[IndicatorSnapshot]) -> set[date]:
    return {row.month for row in rows}


def _adds_up(matrix: Matrix, by: By) -> bool:
    """A reading that the matrix has no more is reported no more either."""
    ways = {(one.id, way.key): way.measure for one in matrix.indicators for way in one.readings}
    return by in ways and ways[by] not in NOT_ADDING


def _sum(months: list[IndicatorSnapshot]) -> Summed:
    above: set[Key] = set()
    below: set[Key] = set()
    for month in months:
        above.update(month.keys["numerator"])
        below.update(month.keys["denominator"])
    return Summed(Figure(frozenset(above), frozenset(below)), max(month.frozen_at for month in months))
