"""The ways along the petitions' indexes: in the line's order or the newest first, from any key on. Read only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all
from sqlalchemy.orm import Session

from intake.petitions.states import Status
from intake.tables.petitions import Petition
from intake.triage.lists import PAGE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Order:
    """One way to walk a queue: by which columns, from which key on."""

    by: Callable[[Any], tuple[ColumnElement[Any], ...]]
    key: Callable[[Petition], str]
    after: Callable[[str], list[ColumnElement[bool]]]


def walk_ids(
    session: Session,
    order: Order,
    statuses: frozenset[Status],
    conditions: Sequence[ColumnElement[bool]],
    limit: int = PAGE + 1,
) -> list[int]:
    queue = merge_statuses(statuses, conditions, limit, order).subquery()
    return list(session.scalars(select(queue.c.id).order_by(*order.by(queue.c))))


def merge_statuses(
    statuses: frozenset[Status], conditions: Sequence[ColumnElement[bool]], limit: int, order: Order
) -> Select[Any]:
    """Each status is read along its index and no farther than the limit; then merged."""
    merged = union_all(*(_status_part(one.value, conditions, limit, order) for one in sorted(statuses))).subquery()
    return select(merged).order_by(*order.by(merged.c)).limit(limit)


def _status_part(status: str, conditions: Sequence[ColumnElement[bool]], limit: int, order: Order) -> Select[Any]:
    columns = Petition.id, Petition.is_urgent, Petition.tier, Petition.due_on, Petition.opened_at
    part = select(*columns).where(Petition.status == status, *conditions)
    return select(part.order_by(*order.by(Petition.__table__.c)).limit(limit).subquery())


def newest_first(columns: Any) -> tuple[ColumnElement[Any], ...]:
    return columns.is_urgent.desc(), columns.opened_at.desc(), columns.id.desc()


def _newest_key(petition: Petition) -> str:
    return place_key(petition.is_urgent, petition.opened_at, petition.id)


def _in_line(columns: Any) -> tuple[ColumnElement[Any], ...]:
    """As `line.place_of`."""
    return columns.tier, columns.due_on, columns.opened_at, columns.id


def _line_key(petition: Petition) -> str:
    return f"{petition.tier}.{petition.due_on.toordinal()}.{age_of(petition.opened_at)}.{petition.id}"


def _after_in_line(key: str) -> list[ColumnElement[bool]]:
    try:
        tier, day, age, petition_id = (int(part) for part in key.split("."))
        due_on, opened_at = date.fromordinal(day), EPOCH + timedelta(microseconds=age)
    except (ValueError, OverflowError):
        return []
    place = tuple_(Petition.tier, Petition.due_on, Petition.opened_at, Petition.id)
    return [place > tuple_(min(max(tier, 0), 9), due_on, opened_at, min(petition_id, 2**63 - 1))]


def place_key(is_urgent: bool, opened_at: datetime, petition_id: int) -> str:
    return f"{int(is_urgent)}.{age_of(opened_at)}.{petition_id}"


def age_of(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _after(key: str) -> list[ColumnElement[bool]]:
    try:
        urgent, age, petition_id = (int(part) for part in key.split("."))
        opened_at = EPOCH + timedelta(microseconds=age)
    except (ValueError, OverflowError):
        return []
    place = tuple_(Petition.is_urgent, Petition.opened_at, Petition.id)
    return [place < tuple_(bool(urgent), opened_at, min(petition_id, 2**63 - 1))]


def values_of(statuses: frozenset[Status]) -> list[str]:
    return sorted(status.value for status in statuses)


LINE = Order(_in_line, _line_key, _after_in_line)
NEWEST = Order(newest_first, _newest_key, _after)
