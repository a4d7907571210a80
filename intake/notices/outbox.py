"""What letters and notices to systems have in common: rows that wait, are leased, sent with no transaction open,
marked.

Citizens' replies go another way (`sending`): theirs keep their order.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.tables.outbox import Outgoing

One = TypeVar("One", bound=Outgoing)


def is_due(table: type[Outgoing], now: datetime) -> Sequence[Any]:
    """Conditions: it waits, its time has come, and nobody is sending it."""
    is_free = or_(table.lease_until.is_(None), table.lease_until < now)
    return table.state == "waiting", table.next_attempt_at <= now, is_free


def lease(row: Outgoing, until: datetime) -> None:
    """This process alone may send it until then. Does not commit."""
    row.lease_number += 1
    row.lease_until, row.attempts = until, row.attempts + 1


def find_leased(session: Session, table: type[One], row_id: int, lease_number: int) -> One | None:
    """None where another process has taken it over, or it is done."""
    own = select(table).where(table.id == row_id, table.lease_number == lease_number, table.state == "waiting")
    return session.scalars(own.with_for_update()).first()


def mark(
    row: Outgoing, outcome: str, now: datetime, back_off_s: Sequence[float], *, is_sent: bool, is_final: bool
) -> None:
    """Sent, later again, or dead. Does not commit."""
    row.lease_until, row.outcome = None, outcome
    if is_sent:
        row.state, row.sent_at = "sent", now
        return
    row.next_attempt_at = now + timedelta(seconds=wait_s(row.attempts, back_off_s))
    if is_final or row.next_attempt_at > row.give_up_at:
        row.state = "dead"


def wait_s(attempts: int, back_off_s: Sequence[float]) -> float:
    """After so many failed tries; the last pause again and again. Not all at the same moment."""
    base = back_off_s[min(attempts, len(back_off_s)) - 1]
    return base * random.uniform(0.8, 1.2)  # noqa: S311 — jitter, not a secret
