"""Consecutive numbers of a kind in a year, given in the transaction of what bears them: without gap, never twice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import insert_once
from intake.tables.correspondence import NumberSeries


def next_number(session: Session, kind: str, year: int) -> int:
    """From 1 on. Whoever asks next waits until this transaction ends; undone, the number is given again."""
    insert_once(session, NumberSeries, [{"kind": kind, "year": year, "last": 0}], NumberSeries.kind)
    own = select(NumberSeries).where(NumberSeries.kind == kind, NumberSeries.year == year)
    row = session.scalars(own.with_for_update().execution_options(populate_existing=True)).one()
    row.last += 1
    session.flush()
    return row.last
