"""Claims one conversation at a time and has its waiting events processed in the provider's order.

A lease with a fencing number says whose the conversation is: a worker that slept past its lease may not write any more.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bot.errors import Unreadable
from bot.messages import ChannelName
from intake.clock import utc_now
from intake.database import claimable, is_any, reading
from intake.errors import LeaseLost
from intake.failpoints import pass_point
from intake.office import Office
from intake.process import Lease, lock_conversation, process
from intake.receipts import apply_reports
from intake.tables import Conversation, InboundEvent

LEASE = timedelta(seconds=30)
IDLE_S = 0.5  # the wake-up is the normal way; polling covers a lost one and what is due later
ATTEMPTS_MAX = 4
BACK_OFF_S = (1, 5, 30)
log = structlog.get_logger()
OnButton = Callable[[ChannelName, str], None]


class Worker:
    """One thread's loop. `on_button` is told of each processed button press, so that its spinner stops."""

    def __init__(self, office: Office, on_button: OnButton) -> None:
        self._office, self._on_button = office, on_button
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                idle = not self.work_once()
            except Exception as error:  # the loop outlives a database that is away for a moment
                log.error("worker.loop", error=type(error).__name__)
                idle = True
            if idle:
                self._office.wake.wait(IDLE_S)

    def work_once(self) -> bool:
        """One conversation's waiting events, else the waiting delivery reports; False when there was nothing."""
        lease = claim_conversation(self._office, utc_now())
        if lease is None:
            return apply_reports(self._office) > 0
        pass_point("worker.claimed")
        try:
            while event_id := next_event(self._office, lease, utc_now()):
                self._process(lease, event_id)
            release(self._office, lease, utc_now())
        except LeaseLost:
            log.warning("worker.lease-lost", conversation=lease.conversation_id)
        return True

    def _process(self, lease: Lease, event_id: int) -> None:
        try:
            inbound = process(self._office, lease, event_id)
            self._office.wake.replies()
        except LeaseLost:
            raise
        except Exception as error:  # whatever it is, other conversations go on, and staff see the event
            set_aside(self._office, event_id, error, utc_now())
            return
        if inbound and inbound.callback_id:
            self._on_button(inbound.channel, inbound.callback_id)


def claim_conversation(office: Office, now: datetime) -> Lease | None:
    """Lease the conversation that has waited longest. Commits."""
    free = or_(Conversation.lease_until.is_(None), Conversation.lease_until < now)
    waiting = (
        select(Conversation)
        .where(Conversation.work_at <= now, free, Conversation.channel.in_([name.value for name in office.channels]))
        .order_by(Conversation.work_at)
        .limit(1)
    )
    if not is_any(office.sessions, waiting):
        return None
    with office.sessions.begin() as session:
        conversation = session.scalars(claimable(waiting)).first()
        if conversation is None:
            return None
        conversation.lease_number += 1
        conversation.lease_until = now + LEASE
        return Lease(conversation.id, conversation.lease_number)


def next_event(office: Office, lease: Lease, now: datetime) -> int | None:
    """The conversation's first waiting event in the provider's order; None when it must wait for another try."""
    with reading(office.sessions) as session:
        first = session.scalars(_waiting(lease.conversation_id).limit(1)).first()
    is_due = first is not None and (first.next_attempt_at is None or first.next_attempt_at <= now)
    return first.id if first and is_due else None


def release(office: Office, lease: Lease, now: datetime) -> None:
    """Give the conversation back. Its row is locked first: the next query sees what arrived meanwhile."""
    with office.sessions.begin() as session:
        conversation = lock_conversation(session, lease)
        first = session.scalars(_waiting(lease.conversation_id).limit(1)).first()
        conversation.lease_until = None
        conversation.work_at = (first.next_attempt_at or now) if first else None


def set_aside(office: Office, event_id: int, error: Exception, now: datetime) -> None:
    """Count the failure: another try later, or a dead letter that staff see. Unreadable is dead at once. Commits."""
    log.error("event.failed", event_id=event_id, error=type(error).__name__)
    with office.sessions.begin() as session:
        event = session.get_one(InboundEvent, event_id)
        event.attempts += 1
        event.note = f"{type(error).__name__}: {error}"[:500]
        if event.attempts >= ATTEMPTS_MAX or isinstance(error, Unreadable):
            event.state = "dead"
        else:
            event.next_attempt_at = now + timedelta(seconds=BACK_OFF_S[event.attempts - 1])


def revive(session: Session, event: InboundEvent, now: datetime) -> None:
    """A person has a dead letter tried again. Does not commit."""
    event.state, event.attempts, event.next_attempt_at, event.note = "pending", 0, None, None
    if event.conversation_id:
        session.get_one(Conversation, event.conversation_id).work_at = now


def _waiting(conversation_id: int) -> Select[InboundEvent]:
    pending = select(InboundEvent).where(
        InboundEvent.conversation_id == conversation_id, InboundEvent.state == "pending"
    )
    return pending.order_by(InboundEvent.provider_order, InboundEvent.id)
