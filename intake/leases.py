"""Whose a conversation is: claimed with a fencing number, renewed while its worker lives, free again when it does not.

A worker that slept past its lease finds that the number is not its own any more: it may not write.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.errors import LeaseLost
from intake.office import Office
from intake.tables import Conversation, InboundEvent

LEASE = timedelta(seconds=2.5)  # after it a dead worker's conversations go on elsewhere
RENEW_EVERY_S = 0.7  # three chances within a lease
AT_ONCE = 8  # conversations a claim: on PostgreSQL 10,500 a second instead of 3,200 at one (measured, DESIGN)
log = structlog.get_logger()


@dataclass(frozen=True)
class Lease:
    """The right to write to one conversation, while its number is the latest."""

    conversation_id: int
    number: int


def claim_conversations(office: Office, now: datetime, at_most: int = AT_ONCE) -> list[Lease]:
    """Lease the conversations that have waited longest. Commits."""
    free = or_(Conversation.lease_until.is_(None), Conversation.lease_until < now)
    waiting = (
        select(Conversation)
        .where(Conversation.work_at <= now, free, Conversation.channel.in_([name.value for name in office.channels]))
        .order_by(Conversation.work_at)
        .limit(at_most)
    )
    if not is_any(office.sessions, waiting):
        return []
    with office.sessions.begin() as session:
        claimed = session.scalars(claimable(waiting)).all()
        for conversation in claimed:
            conversation.lease_number += 1
            conversation.lease_until = now + LEASE
        return [Lease(conversation.id, conversation.lease_number) for conversation in claimed]


def lock_conversation(session: Session, lease: Lease) -> Conversation:
    """The conversation's row, held until the commit. Raises LeaseLost when the lease is not the latest."""
    conversation = session.scalars(select(Conversation).where(_is(lease)).with_for_update()).first()
    if conversation is None:
        raise LeaseLost(f"conversation {lease.conversation_id}")
    return conversation


def give_back(session: Session, conversation: Conversation, now: datetime) -> None:
    """Free again. Its row is locked already: what came meanwhile is seen, what comes now waits. Does not commit."""
    first = session.scalars(waiting_events(conversation.id).limit(1)).first()
    conversation.lease_until = None
    conversation.work_at = (first.next_attempt_at or now) if first else None


def waiting_events(conversation_id: int) -> Select[InboundEvent]:
    """In the provider's order."""
    pending = select(InboundEvent).where(
        InboundEvent.conversation_id == conversation_id, InboundEvent.state == "pending"
    )
    return pending.order_by(InboundEvent.provider_order, InboundEvent.id)


class Keeper:
    """Renews what this process's workers hold, in a thread of its own: slow is not dead."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._held: set[Lease] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def hold(self, leases: Iterable[Lease]) -> None:
        with self._lock:
            self._held.update(leases)

    def drop(self, leases: Iterable[Lease]) -> None:
        with self._lock:
            self._held.difference_update(leases)

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.wait(RENEW_EVERY_S):
            try:
                self.renew(utc_now())
            except Exception as error:  # the thread outlives a database that is away for a moment
                log.error("leases.loop", error=type(error).__name__)

    def renew(self, now: datetime) -> None:
        """Those that are still ours. A row that is being written to is left out: nobody can claim it. Commits."""
        with self._lock:
            held = list(self._held)
        if not held:
            return
        ours = select(Conversation).where(or_(*map(_is, held)), Conversation.lease_until.is_not(None))
        with self._office.sessions.begin() as session:
            for conversation in session.scalars(claimable(ours)):
                conversation.lease_until = now + LEASE


def recover(session: Session) -> None:
    """Start of the only process on SQLite: no one else can hold a lease, so nothing waits for one to run out."""
    for conversation in session.scalars(select(Conversation).where(Conversation.lease_until.is_not(None))):
        conversation.lease_until = None


def _is(lease: Lease) -> ColumnElement[bool]:
    return and_(Conversation.id == lease.conversation_id, Conversation.lease_number == lease.number)
