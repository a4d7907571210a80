"""Step 2, keep: a provider's request becomes one row, committed, before anyone answers 2xx. No parsing, no thinking.

Called by the webhooks and by `canaliza poll`. What arrives while a batch is being committed is the next batch: a commit
each does 2,780/s on SQLite, together 7,180/s (measured, DESIGN).
"""

import asyncio
import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.messages import ChannelName, EventKey, WebhookRequest
from bot.telegram_updates import subject_of
from intake.clock import utc_now
from intake.database import Wake, insert_once, insert_or_touch, reading
from intake.errors import Busy
from intake.failpoints import pass_point
from intake.incoming.batches import Batch, Batches, settle
from intake.incoming.spool import Arrival, Spool
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent

BATCH_MAX = 200
# Providers that count anew after a week's rest, or for another bot (CHANNELS §0.5): a number alone is no copy.
SUBJECTS = {ChannelName.TELEGRAM: subject_of}
COPIES_FOR = timedelta(days=2)  # Telegram keeps an update for a day, and offers it again that long
STORED = select(InboundEvent.body, InboundEvent.received_at).where(
    InboundEvent.channel == bindparam("channel"), InboundEvent.provider_id == bindparam("own")
)
Waiting = Batch[Arrival, bool]
log = structlog.get_logger()


class Receiver:
    """Gathers arrivals and commits them together; `keep` returns when its arrival is durable: in the database, or in
    the spool while the database is away, and then until the spool is empty: nothing overtakes what waits there."""

    def __init__(self, sessions: sessionmaker[Session], wake: Wake, spool: Spool) -> None:
        self._sessions, self._wake, self._spool = sessions, wake, spool
        self._batches = Batches(self._write, at_most=BATCH_MAX)
        self._waking: asyncio.Task[None] | None = None
        self._is_wake_due = False

    async def keep(self, channel: ChannelName, kind: str, key: EventKey, request: WebhookRequest) -> bool:
        """Store the request once. True when it is new or waits in the spool, False for a further copy.

        Raises Busy: nothing was stored.
        """
        arrival = Arrival(channel, kind, key, request, utc_now())
        is_new = await self._batches.put(arrival)
        if is_new or channel not in SUBJECTS:
            return is_new
        another = await asyncio.to_thread(self._find_another, arrival)
        return await self._batches.put(another) if another else False

    def _find_another(self, arrival: Arrival) -> Arrival | None:
        """The arrival under a name of its own where its number was another event's. Raises Busy."""
        try:
            with reading(self._sessions) as session:
                own = {"channel": arrival.channel.value, "own": arrival.key.provider_id}
                body, received_at = session.execute(STORED, own).one()
        except SQLAlchemyError as error:
            raise Busy("the events cannot be compared now") from error
        subject_of = SUBJECTS[arrival.channel]
        subject = subject_of(arrival.request.body)
        if subject_of(body) == subject if body else arrival.received_at - received_at < COPIES_FOR:
            return None  # of what was forgotten only the number is known, and when it came
        log.warning("receive.number-again", channel=arrival.channel.value)
        name = f"{arrival.key.provider_id}~{hashlib.sha256(subject.encode()).hexdigest()[:16]}"
        return replace(arrival, key=replace(arrival.key, provider_id=name))

    async def _write(self, batch: Waiting) -> None:
        try:
            await self._write_batch(batch)
        except Exception as error:  # whatever it is, nobody is told that it is kept
            log.error("receive.failed", events=len(batch), error=type(error).__name__)
            raise Busy("the events could not be kept") from error

    async def _write_batch(self, batch: Waiting) -> None:
        if not self._spool.is_empty():
            batch = await self._put_aside(batch)
        if not batch:
            return
        try:
            fresh = await asyncio.to_thread(store, self._sessions, [arrival for arrival, _ in batch])
        except SQLAlchemyError as error:
            log.error("receive.failed", events=len(batch), error=type(error).__name__)
            for _, future in await self._put_aside(batch):
                settle(future, Busy("the database cannot take events now"))
            return
        for (_, future), is_new in zip(batch, fresh, strict=True):
            settle(future, is_new)
        if any(fresh):
            self._wake_workers()

    def _wake_workers(self) -> None:
        """On PostgreSQL that is a further round trip, for which the next batch does not wait."""
        self._is_wake_due = True
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._wake_while_due())

    async def _wake_while_due(self) -> None:
        while self._is_wake_due:
            self._is_wake_due = False
            await asyncio.to_thread(self._wake.now)

    async def _put_aside(self, batch: Waiting) -> Waiting:
        """Into the spool what belongs there; what does not, or cannot be kept there either, is given back."""
        spooled = [waiting for waiting in batch if self._spool.takes(waiting[0])]
        if not spooled:
            return batch
        try:
            await asyncio.to_thread(self._spool.keep, [arrival for arrival, _ in spooled])
        except OSError as error:
            log.error("spool.failed", events=len(spooled), error=type(error).__name__)
            return batch
        for _, future in spooled:
            settle(future, True)
        return [waiting for waiting in batch if not self._spool.takes(waiting[0])]


def store(sessions: sessionmaker[Session], arrivals: Sequence[Arrival]) -> list[bool]:
    """Insert what is new, in one transaction; True at the place of each new arrival (the first of equal ones)."""
    with sessions.begin() as session:
        conversation_ids = _lock_conversations(session, arrivals)
        rows = [_row(arrival, conversation_ids.get(_conversation_key(arrival))) for arrival in arrivals]
        inserted = insert_once(session, InboundEvent, _unique(rows), InboundEvent.channel, InboundEvent.provider_id)
        pass_point("receive.inserted")
    pass_point("receive.committed")
    left = {(channel, provider_id) for channel, provider_id in inserted}
    return [_take(left, (arrival.channel.value, arrival.key.provider_id)) for arrival in arrivals]


def _lock_conversations(session: Session, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], int]:
    """Touch each conversation, in one order: its row lock comes before the event ids are allocated, so two processes
    cannot misorder one chat, and the sorting keeps them from waiting for each other in a ring.

    Since when it waits stays as it is: who writes again must not go to the end of the row."""
    messages = sorted((a for a in arrivals if a.kind == "message"), key=_conversation_key)
    rows = [_conversation_row(next(group)) for _, group in itertools.groupby(messages, key=_conversation_key)]
    if not rows:
        return {}
    returned = insert_or_touch(
        session,
        Conversation,
        rows,
        keys=("channel", "address"),
        touch=("work_at",),
        returning=(Conversation.channel, Conversation.address, Conversation.id),
    )
    return {(channel, address): identity for channel, address, identity in returned}


def _conversation_key(arrival: Arrival) -> tuple[str, str]:
    return arrival.channel.value, arrival.key.address


def _conversation_row(arrival: Arrival) -> dict[str, object]:
    now = arrival.received_at
    return {
        "channel": arrival.channel.value,
        "address": arrival.key.address,
        "created_at": now,
        "work_at": now,
        "state": {},
        "is_stopped": False,
        "lease_number": 0,
    }


def _row(arrival: Arrival, conversation_id: int | None) -> dict[str, object]:
    return {
        "channel": arrival.channel.value,
        "provider_id": arrival.key.provider_id,
        "kind": arrival.kind,
        "conversation_id": conversation_id,
        "provider_order": arrival.key.order,
        "body": arrival.request.body,
        "query": arrival.request.query,
        "received_at": arrival.received_at,
        "state": "pending",
        "attempts": 0,
    }


def _unique(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return list({(row["channel"], row["provider_id"]): row for row in reversed(rows)}.values())[::-1]


def _take(left: set[tuple[str, str]], key: tuple[str, str]) -> bool:
    if key not in left:
        return False
    left.remove(key)
    return True
