"""What waits, what failed and since when, in an office's rows: for metrics and for `canaliza doctor`. Only reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.outgoing.dead_letters import DAY, UNSENT
from intake.outgoing.pacing import GOING
from intake.tables.answers import Approval
from intake.tables.incoming import Flood, InboundEvent
from intake.tables.outgoing import Reply

IN_SIGHT = timedelta(days=90)  # of what could not be sent: older ones were looked at, and would be counted for ever


def count_waiting(session: Session) -> int:
    """Messages that nobody has worked on."""
    waiting = select(func.count()).where(InboundEvent.state == "pending", InboundEvent.kind == "message")
    return session.scalar(waiting) or 0


def oldest_reply(session: Session) -> datetime | None:
    """When the oldest one that has not left was queued; what waits for the citizen to write is none."""
    return session.scalar(select(func.min(Reply.created_at)).where(Reply.state.in_(GOING)))


def oldest_approved(session: Session) -> datetime | None:
    """When the oldest answer that has not left was approved; `leaves_at` is another at each try that fails."""
    return session.scalar(select(func.min(Approval.decided_at)).where(Approval.leaves_at.is_not(None)))


def count_states(session: Session, state: InstrumentedAttribute[str], names: Iterable[str]) -> dict[str, int]:
    """Rows in each of those states, by an index of the column."""
    counts = session.execute(select(state, func.count()).where(state.in_([*names])).group_by(state))
    return dict.fromkeys(names, 0) | {row[0]: row[1] for row in counts}


def count_unsent(session: Session, now: datetime) -> dict[str, int]:
    """Replies that could not be sent, or perhaps were, by state."""
    unsent = select(Reply.state, func.count()).where(Reply.state.in_(UNSENT), Reply.next_attempt_at > now - IN_SIGHT)
    return dict.fromkeys(UNSENT, 0) | {row[0]: row[1] for row in session.execute(unsent.group_by(Reply.state))}


def count_undelivered(session: Session, now: datetime) -> dict[str, int]:
    """Replies of the last 24 hours that failed, by channel."""
    failed = select(Reply.channel, func.count()).where(Reply.state.in_(UNSENT), Reply.next_attempt_at > now - DAY)
    return {row[0]: row[1] for row in session.execute(failed.group_by(Reply.channel))}


def count_flooded(session: Session, now: datetime) -> dict[str, int]:
    """What became of the messages of floods that went on within the last 24 hours, without those that were heard."""
    sums = select(func.sum(Flood.kept), func.sum(Flood.dropped), func.sum(Flood.buttons))
    row = session.execute(sums.where(Flood.last_at > now - DAY)).one()
    return {name: count or 0 for name, count in zip(("kept", "dropped", "buttons"), row, strict=True)}
