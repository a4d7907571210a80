"""Whose a conversation is: claimed with a fencing number, renewed while its worker lives, free again when it does not.

A worker that slept past its lease finds that the number is not its own any more: it may not write.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import claimable, reading, without_index
from intake.errors import LeaseLost
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent

LEASE = timedelta(seconds=2.5)  # after it a dead worker's conversations go on elsewhere
RENEW_EVERY_S = 0.7  # three chances within a lease
AT_ONCE = 8  # conversations a claim: on PostgreSQL 10,500 a second instead of 3,200 at one (measured, DESIGN)
log = structlog.get_logger()


# Made once: making a statement takes longer than running it.
IN_ORDER = InboundEvent.provider_order, InboundEvent.id
FIRST = (
    select(InboundEvent.next_attempt_at)
    .where(InboundEvent.conversation_id == bindparam("conversation"), InboundEvent.state == "pending")
    .order_by(*IN_ORDER)
    .limit(1)
)
PLACED = (
    select(
        InboundEvent.id,
        func.row_number().over(partition_by=InboundEvent.conversation_id, order_by=IN_ORDER).label("place"),
    )
    .where(
        InboundEvent.conversation_id.in_(bindparam("conversations", expanding=True)), InboundEvent.state == "pending"
    )
    .subquery()
)
WAITING = (
    select(InboundEvent)
    .join(PLACED, PLACED.c.id == InboundEvent.id)
    .where(PLACED.c.place <= bindparam("at_most", type_=Integer))
    .order_by(PLACED.c.place)
)
OURS = (
    select(Conversation)
    .where(Conversation.id == bindparam("conversation"), Conversation.lease_number == bindparam("number"))
    .with_for_update()
)
CONVERSATIONS = Conversation.metadata.tables["conversations"]
FREE = (
    select(Conversation.id)
    .where(
        Conversation.work_at <= bindparam("now"),
        or_(Conversation.lease_until.is_(None), Conversation.lease_until < bindparam("now")),
        without_index(Conversation.channel).in_(bindparam("channels", expanding=True)),
    )
    .order_by(Conversation.work_at)
    .limit(bindparam("at_most", type_=Integer))
)
CLAIMED = claimable(FREE).cte("claimed")
CLAIM = (
    update(CONVERSATIONS)
    .where(CONVERSATIONS.c.id.in_(select(CLAIMED.c.id)))
    .values(lease_number=CONVERSATIONS.c.lease_number + 1, lease_until=bindparam("until"))
    .returning(CONVERSATIONS.c.work_at, CONVERSATIONS.c.id, CONVERSATIONS.c.lease_number)
)


@dataclass(frozen=True)
class Lease:
    """The right to write to one conversation, while its number is the latest."""

    conversation_id: int
    number: int


def claim_conversations(office: Office, now: datetime, at_most: int = AT_ONCE) -> list[Lease]:
    """Lease the conversations that have waited longest. Commits."""
    wanted = {"now": now, "channels": [name.value for name in office.channels]}
    with reading(office.sessions) as session:
        if session.connection().execute(FREE, wanted | {"at_most": 1}).first() is None:
            return []
    with office.sessions.begin() as session:
        claimed = session.connection().execute(CLAIM, wanted | {"at_most": at_most, "until": now + LEASE}).all()
    return [Lease(id_, number) for _, id_, number in sorted(map(tuple, claimed))]


def lock_conversation(session: Session, lease: Lease) -> Conversation:
    """The conversation's row, held until the commit. Raises LeaseLost when the lease is not the latest."""
    ours = {"conversation": lease.conversation_id, "number": lease.number}
    conversation = session.scalars(OURS, ours).first()
    if conversation is None:
        raise LeaseLost(f"conversation {lease.conversation_id}")
    return conversation


def give_back(session: Session, conversation: Conversation, now: datetime) -> None:
    """Free again. Its row is locked already: what came meanwhile is seen, what comes now waits. Does not commit."""
    first = session.connection().execute(FIRST, {"conversation": conversation.id}).first()
    conversation.lease_until = None
    conversation.work_at = (first[0] or now) if first else None


def list_waiting(session: Session, leases: Iterable[Lease], at_most: int) -> dict[int, list[InboundEvent]]:
    """At most so many of each conversation, in the provider's order; with one statement for all of a claim."""
    found: dict[int, list[InboundEvent]] = {lease.conversation_id: [] for lease in leases}
    for event in session.scalars(WAITING, {"conversations": list(found), "at_most": at_most}):
        found[event.conversation_id or 0].append(event)
    return found


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
