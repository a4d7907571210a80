"""A month's figures as they were reported: rows that are written once and never again, with the ids behind each.

What comes late changes the live figure, not this one; the page shows both. Frozen by a loop when the month is old
enough (`frozen_after_days`), and by `canaliza indicators --freeze`.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.errors import MoveRefused
from intake.indicators.catalogue import Indicator, Matrix, ReadingOf
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import MEASURES, Figure, Key, Ledger
from intake.indicators.period import Period, month_of, months_between
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.calendar import IndicatorSnapshot
from intake.tables.petitions import Petition

LOOK_EVERY_S, FIRST_S = 3600.0, 120.0
MONTHS_AT_ONCE = 3  # a look; an office that comes with years of petitions is caught up within a day
log = structlog.get_logger()


@dataclass(frozen=True)
class Frozen:
    """`numerator`, `denominator`: how many. `digest`: SHA-256 of the ids."""

    numerator: int
    denominator: int
    digest: str
    frozen_at: datetime

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


async def keep_snapshots(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(freeze_due, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="indicators.loop")


def freeze_due(office: Office, now: datetime) -> Sequence[str]:
    """Freeze the months that are old enough and are not frozen yet, oldest first; their names. Commits each."""
    today = now.astimezone(office.jurisdiction.zone).date()
    with reading(office.sessions) as session:
        first = session.scalar(select(func.min(Petition.opened_at, type_=Petition.opened_at.type)))
        done = set(session.scalars(select(IndicatorSnapshot.month).distinct()))
    if first is None:
        return []
    months = months_between(first.astimezone(office.jurisdiction.zone).date(), today)
    due = [month for month in months if is_due(office.matrix, month, today) and month.first not in done]
    for month in due[:MONTHS_AT_ONCE]:
        freeze(office, month, now)
    return [month.name for month in due[:MONTHS_AT_ONCE]]


def is_due(matrix: Matrix, month: Period, today: date) -> bool:
    return month.last + timedelta(days=matrix.values.frozen_after_days) < today


def freeze(office: Office, month: Period, now: datetime) -> int:
    """How many figures were new: a frozen one stays as it is. Commits. Raises MoveRefused for a month that is not
    over, or for no month."""
    today = now.astimezone(office.jurisdiction.zone).date()
    if month != month_of(month.first) or month.last >= today:
        raise MoveRefused(f"{month.name} is no month that is over")
    with office.sessions.begin() as session:
        ledger = read_ledger(session, office, month, today)
        rows = [
            _row(ledger, office.matrix, month, one, way, now)
            for one in office.matrix.indicators
            for way in one.readings
        ]
        count = len(insert_once(session, IndicatorSnapshot, rows, IndicatorSnapshot.id))
    log.info("indicators.frozen", month=month.name, figures=count)
    return count


def list_frozen(session: Session, month: Period) -> Mapping[tuple[str, str], Frozen]:
    """By indicator and reading; nothing for what is no month."""
    if not month.is_month:
        return {}
    rows = session.scalars(select(IndicatorSnapshot).where(IndicatorSnapshot.month == month.first))
    return {
        (row.indicator, row.reading): Frozen(row.numerator, row.denominator, row.digest, row.frozen_at) for row in rows
    }


def find_figure(session: Session, month: Period, indicator: str, way: str) -> Figure | None:
    """The rows that a frozen figure was made of."""
    own = IndicatorSnapshot.indicator == indicator, IndicatorSnapshot.reading == way
    row = session.scalars(select(IndicatorSnapshot).where(IndicatorSnapshot.month == month.first, *own)).first()
    return Figure(frozenset(row.keys["numerator"]), frozenset(row.keys["denominator"])) if row else None


def _row(
    ledger: Ledger, matrix: Matrix, month: Period, one: Indicator, way: ReadingOf, now: datetime
) -> dict[str, object]:
    figure = MEASURES[way.measure](ledger, matrix.values)
    keys = {"numerator": _sorted(figure.numerator), "denominator": _sorted(figure.denominator)}
    return {
        "month": month.first,
        "indicator": one.id,
        "reading": way.key,
        "numerator": len(figure.numerator),
        "denominator": len(figure.denominator),
        "keys": keys,
        "digest": hashlib.sha256(json.dumps(keys, sort_keys=True).encode()).hexdigest(),
        "frozen_at": now,
    }


def _sorted(keys: frozenset[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: (isinstance(key, str), key))
