"""Claims conversations and has their waiting events processed, each conversation's in the provider's order."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

import structlog
from sqlalchemy.orm import Session

from bot.errors import Unreadable
from bot.messages import ChannelName
from intake.clock import utc_now
from intake.database import reading
from intake.errors import LeaseLost
from intake.failpoints import pass_point
from intake.office import Office
from intake.outgoing.receipts import apply_reports
from intake.petitions.comparing import compare_next
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent
from intake.thinking.leases import Keeper, Lease, claim_conversations, give_back, list_waiting, lock_conversation
from intake.thinking.process import process

COMPARES_EVERY_S = 0.5
IDLE_S = 0.5  # the wake-up is the normal way; polling covers a lost one and what is due later
EVENTS_A_CLAIM = 20  # of one conversation: who writes without end does not keep others waiting
REPORTS_EVERY = 20  # claims: delivery reports may wait for messages, but not until nobody writes any more
ATTEMPTS_MAX = 4
BACK_OFF_S = (1, 5, 30)
log = structlog.get_logger()
OnButton = Callable[[ChannelName, str], None]


class Worker:
    """One thread's loop. `on_button` is told of each processed button press, so that its spinner stops.

    `compares_every_s`: at the least; between two messages of many there is always a moment in which nothing waits.
    """

    def __init__(
        self, office: Office, on_button: OnButton, keeper: Keeper | None = None, *, compares_every_s: float = 0.0
    ) -> None:
        self._office, self._on_button, self._compares_every_s = office, on_button, compares_every_s
        self._compare_at = 0.0
        self._keeper = keeper or Keeper(office)
        self._stopped = threading.Event()
        self._claims = 0

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
        """Some conversations' waiting events, else delivery reports, else a comparison; False: there was nothing."""
        leases = claim_conversations(self._office, utc_now())
        self._claims += 1
        if leases and self._claims % REPORTS_EVERY == 0:
            apply_reports(self._office)
        if not leases:
            return apply_reports(self._office) > 0 or self._compare()
        pass_point("worker.claimed")
        self._keeper.hold(leases)
        try:
            for lease, events in due_events(self._office, leases, utc_now()):
                self._work(lease, events)
                self._keeper.drop([lease])
        finally:
            self._keeper.drop(leases)
        return True

    def _compare(self) -> bool:
        if time.monotonic() < self._compare_at:
            return False
        self._compare_at = time.monotonic() + self._compares_every_s
        return compare_next(self._office)

    def _work(self, lease: Lease, events: Sequence[InboundEvent]) -> None:
        """A conversation's events until one must wait for another try; the last one gives the conversation back."""
        try:
            left = len(events)
            while left and self._process(lease, events[-left], is_last=left == 1):
                left -= 1
            if left or not events:
                release(self._office, lease, utc_now())
        except LeaseLost:
            log.warning("worker.lease-lost", conversation=lease.conversation_id)

    def _process(self, lease: Lease, event: InboundEvent, *, is_last: bool) -> bool:
        """False when the event failed: it was set aside, and what comes after it may not overtake it."""
        try:
            inbound = process(self._office, lease, event, is_last=is_last)
        except LeaseLost:
            raise
        except Exception as error:  # whatever it is, other conversations go on, and staff see the event
            set_aside(self._office, event.id, error, utc_now())
            return False
        self._office.wake.replies()
        if inbound and inbound.callback_id:
            self._on_button(inbound.channel, inbound.callback_id)
        return True


def due_events(office: Office, leases: Sequence[Lease], now: datetime) -> list[tuple[Lease, list[InboundEvent]]]:
    """Each conversation's waiting events in the provider's order, up to one that must wait for another try."""
    with reading(office.sessions) as session:
        found = list_waiting(session, leases, EVENTS_A_CLAIM)
    return [(lease, list(takewhile(partial(_is_due, now), found[lease.conversation_id]))) for lease in leases]


def _is_due(now: datetime, event: InboundEvent) -> bool:
    return event.next_attempt_at is None or event.next_attempt_at <= now


def release(office: Office, lease: Lease, now: datetime) -> None:
    """Give the conversation back. Commits. Raises LeaseLost."""
    with office.sessions.begin() as session:
        give_back(session, lock_conversation(session, lease), now)


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
