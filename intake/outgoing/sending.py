"""Step 4, out: queued replies leave one at a time per conversation, in order, with no transaction open while they do.

A crash between the provider's acceptance and our commit leaves `sending`: Twilio is asked for its list, Telegram
cannot be asked, so the reply is sent once more and marked (every text carries its folio and is harmless twice).
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.errors import SendError
from bot.messages import ChannelName, Choice, DeliveryStatus, Outbound, Sent, Template
from intake.answers.evidence_links import file_of
from intake.clock import utc_now
from intake.database import one_at_a_time, reading
from intake.errors import LeaseLost
from intake.failpoints import pass_point
from intake.incoming.batches import Batch, Batches, settle
from intake.notices.outbox import wait_s
from intake.office import Office
from intake.outgoing.gate import Gate
from intake.outgoing.notified import ANSWER, WITHOUT_RECEIPTS, note_came
from intake.outgoing.pacing import count_room, find_due, lock_due
from intake.outgoing.receipts import heed
from intake.outgoing.window import may_leave_again, prepare
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.thinking import leases

LEASE = timedelta(seconds=45)  # longer than a provider's whole deadline (10 s; 30 s for a file) and a listing after it
ASKED_S = 20.0  # at most for a whole list of several pages
LEFT = timedelta(seconds=12)  # of a lease, for a call to end within it
LEFT_FOR_FILE = timedelta(seconds=32)  # an upload may take longer
AT_ONCE = 16
KNOWN_AT_MOST = 100  # more than were sent to one person since a reply that is in doubt
ENDS_WITHIN = timedelta(minutes=15)  # invariant I5
ATTEMPTS_MAX = 12  # with the back-off below: about as long
BACK_OFF_S = (1, 2, 5, 10, 30, 60, 120)
FAULT = "fault"  # the error code of what broke on our side
REPLIES = Reply.metadata.tables["replies"]
log = structlog.get_logger()


@dataclass(frozen=True)
class Claim:
    """A reply that this process alone may send until the lease ends. `is_doubtful`: a former try may have been sent.

    `only_asks`: WhatsApp's window closed since that try, so it is looked for and not sent once more as it stands.
    """

    reply_id: int
    lease_number: int
    channel: ChannelName
    address: str
    message: Outbound
    attempts: int
    is_doubtful: bool
    since: datetime
    until: datetime
    is_answer: bool = False
    only_asks: bool = False


# One statement for many: a report may have come first, its higher status stays.
ACCEPT = (
    update(REPLIES)
    .where(
        REPLIES.c.id == bindparam("reply"), REPLIES.c.lease_number == bindparam("lease"), REPLIES.c.state == "sending"
    )
    .values(
        state="accepted",
        external_id=bindparam("given"),
        accepted_at=bindparam("now"),
        lease_until=None,
        error_code=None,
        delivery=func.coalesce(REPLIES.c.delivery, DeliveryStatus.ACCEPTED.value),
    )
)


class Sender:
    """Sends what is due until stopped. One instance a process; a provider that hangs holds up its own messages only."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stopped = False
        self._going: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._settling = Batches(self._settle, at_most=AT_ONCE)
        self._gates = {name: Gate(channel.pace.per_second) for name, channel in office.channels.items()}

    def stop(self) -> None:
        self._stopped = True
        self._awake.set()

    async def run(self, idle_s: float = 0.25) -> None:
        """The wake-up is the normal way; looking every `idle_s` covers a lost one, and what is due later."""
        loop = asyncio.get_running_loop()
        self._office.wake.on_replies(partial(loop.call_soon_threadsafe, self._awake.set))
        while not self._stopped:
            self._awake.clear()
            try:
                started = await self._start_due()
            except Exception as error:  # the loop outlives a database that is away for a moment
                log.error("replies.loop", error=type(error).__name__)
                started = 0
            if not started:
                await self._rest(idle_s)
        await asyncio.gather(*self._going, return_exceptions=True)

    async def send_due(self) -> int:
        """Send what is due and wait for it; the number of replies that were claimed."""
        started = await self._start_due()
        await asyncio.gather(*self._going)
        return started

    async def _start_due(self) -> int:
        free = AT_ONCE - len(self._going)
        turns = {name: gate.count_turns() for name, gate in self._gates.items()}
        claims = await asyncio.to_thread(claim_due, self._office, utc_now(), free, turns) if free else []
        for claim in claims:
            task = asyncio.create_task(self._send(claim))
            self._going.add(task)
            task.add_done_callback(self._gone)
        return len(claims)

    def _gone(self, task: "asyncio.Task[None]") -> None:
        self._going.discard(task)
        if not task.cancelled() and (error := task.exception()):  # its reply is in doubt when its lease has run out
            log.error("replies.task", error=type(error).__name__)
        self._awake.set()  # the citizen's next reply may go now

    async def _rest(self, idle_s: float) -> None:
        """Until somebody calls, or what was too soon for the provider's pace may go."""
        paced = filter(None, (gate.full_for_s() for gate in self._gates.values()))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), min([idle_s, *paced]))

    async def _send(self, claim: Claim) -> None:
        pass_point("replies.claimed")
        try:
            sent = await self._hand_over(claim)
        except SendError as error:
            await asyncio.to_thread(settle_failure, self._office, claim, error)
        except LeaseLost:
            log.warning("replies.lease-lost", reply=claim.reply_id)
        except Exception as error:  # a fault of ours: it ends too, visible to staff, and those behind it go on
            log.error("replies.fault", reply=claim.reply_id, error=type(error).__name__)
            await asyncio.to_thread(settle_failure, self._office, claim, SendError(FAULT, "", ambiguous=True))
        else:
            await self._note(claim, sent)

    async def _hand_over(self, claim: Claim) -> Sent | None:
        """What the provider made of it; None: it is not there, and is not to be sent as it stands.

        Raises SendError, and LeaseLost: this process slept, and another one has the reply or is about to take it.
        """
        sent = await self._find_sent(claim) if claim.is_doubtful else None
        if sent or claim.only_asks:
            return sent
        await self._gates[claim.channel].pass_through()
        pass_point("replies.sending")
        if utc_now() > claim.until - (LEFT_FOR_FILE if claim.message.file else LEFT):
            raise LeaseLost(f"reply {claim.reply_id}")
        channel = self._office.channels[claim.channel]
        return await channel.send(claim.address, claim.message, reply_id=str(claim.reply_id))

    async def _note(self, claim: Claim, sent: Sent | None) -> None:
        if sent is None:
            await asyncio.to_thread(put_back, self._office, claim)
            return
        pass_point("replies.answered")
        await self._settling.put((claim, sent.external_id))

    async def _find_sent(self, claim: Claim) -> Sent | None:
        known = await asyncio.to_thread(list_known, self._office, claim)
        channel = self._office.channels[claim.channel]
        try:
            async with asyncio.timeout(ASKED_S):
                return await channel.find_sent(claim.address, claim.message, since=claim.since, known=known)
        except TimeoutError as error:
            raise SendError("not_listed", "the list takes too long", ambiguous=True) from error
        except SendError as error:
            if error.ambiguous:  # the provider cannot be asked
                return None
            raise replace(error, ambiguous=True) from error  # the doubt stays, it is asked again later

    async def _settle(self, batch: Batch[tuple[Claim, str], None]) -> None:
        try:
            await asyncio.to_thread(settle_all, self._office, [accepted for accepted, _ in batch])
        except Exception as error:  # they stay in doubt, and are asked for when their lease has run out
            log.error("replies.not-settled", replies=len(batch), error=type(error).__name__)
        for _, future in batch:
            settle(future, None)


def claim_due(
    office: Office, now: datetime, at_most: int = AT_ONCE, turns: Mapping[ChannelName, int] | None = None
) -> list[Claim]:
    """Lease the oldest unsent reply of each conversation whose time has come, as fast as its channel takes. Commits.

    `turns`: how many this process itself can hand over to each soon; None: any number.
    """
    with reading(office.sessions) as session:
        if find_due(session, office.channels.values(), now) is None:
            return []
    with office.sessions.begin() as session:
        one_at_a_time(session, "replies.pace")
        room = count_room(session, office.channels, now)
        room = {name: min(free, turns[name]) if turns else free for name, free in room.items()}
        claims: list[Claim] = []
        is_held = True
        while is_held and not claims:  # what stands behind those that were held now may have its template
            is_held = False
            free = [channel for name, channel in office.channels.items() if room[name]]
            for reply, conversation in lock_due(session, free, now, at_most):
                name, is_doubtful = ChannelName(reply.channel), reply.state == "sending"
                if room[name] and (is_doubtful or prepare(session, office, reply, conversation, now)):
                    room[name] -= 1
                    is_closed = is_doubtful and not may_leave_again(session, reply, conversation, now)
                    claim = _claim(reply, conversation, now, only_asks=is_closed)
                    claims.append(_with_file(session, office, reply, claim) if reply.evidence_id else claim)
                is_held = is_held or reply.state == "held"
        return claims


def list_known(office: Office, claim: Claim) -> frozenset[str]:
    """The provider's ids of the newest other replies of the conversation: none of them is the one that is in doubt."""
    own = select(Reply.conversation_id).where(Reply.id == claim.reply_id).scalar_subquery()
    others = select(Reply.external_id).where(Reply.conversation_id == own, Reply.id != claim.reply_id)
    newest = others.where(Reply.external_id.is_not(None)).order_by(Reply.id.desc()).limit(KNOWN_AT_MOST)
    with reading(office.sessions) as session:
        return frozenset(filter(None, session.scalars(newest)))


def settle_all(office: Office, accepted: Sequence[tuple[Claim, str]]) -> None:
    """Note what the provider took, under the ids that it gave; what another process has taken over stays. Commits."""
    rows = [{"reply": c.reply_id, "lease": c.lease_number, "given": given} for c, given in accepted]
    with office.sessions.begin() as session:
        session.connection().execute(ACCEPT, [{**row, "now": utc_now()} for row in rows])
        for claim, _ in accepted:
            if claim.is_answer and claim.channel in WITHOUT_RECEIPTS:
                note_came(session, session.get_one(Reply, claim.reply_id), utc_now())


def settle_failure(office: Office, claim: Claim, error: SendError) -> None:
    """What the error says: again later, held until the citizen writes, a stopped citizen, or failed and visible."""
    log.warning("reply.failed", reply=claim.reply_id, channel=claim.channel, code=error.code, attempt=claim.attempts)
    with office.sessions.begin() as session:
        reply = _leased(session, claim)
        if reply is None:
            return
        reply.lease_until, reply.error_code = None, error.code[:60]
        reply.was_ambiguous = reply.was_ambiguous or error.ambiguous
        reply.state = _state_after(error, claim, age=utc_now() - reply.created_at)
        reply.next_attempt_at = utc_now() + timedelta(seconds=_wait_s(error, claim.attempts))
        if error.ambiguous and reply.state == "queued":
            reply.state = "sending"  # asked for at the provider before it is sent once more
            reply.lease_until = reply.next_attempt_at
        heed(session, reply, error)


def put_back(office: Office, claim: Claim) -> None:
    """The provider does not list it, so it was not sent: it leaves as anything else that is queued. Commits."""
    with office.sessions.begin() as session:
        reply = _leased(session, claim)
        if reply is not None:
            reply.state, reply.lease_until, reply.next_attempt_at = "queued", None, utc_now()


def recover_leases(office: Office) -> None:
    """Start of the only process on SQLite: no one else can hold a lease, so nothing waits for one to run out."""
    with office.sessions.begin() as session:
        for reply in session.scalars(select(Reply).where(Reply.state == "sending")):
            reply.lease_until = utc_now()
        leases.recover(session)


def _claim(reply: Reply, conversation: Conversation, now: datetime, *, only_asks: bool) -> Claim:
    is_doubtful, since = reply.state == "sending", reply.sending_at or now
    reply.was_ambiguous = reply.was_ambiguous or is_doubtful
    reply.state, reply.lease_until = "sending", now + LEASE
    reply.sending_at = since if is_doubtful else now
    reply.lease_number += 1
    reply.attempts += 1
    template = Template(reply.template["content_sid"], tuple(reply.template["variables"])) if reply.template else None
    choices = () if template else tuple(Choice(label, data) for label, data in reply.choices)
    message = Outbound(reply.words, choices, template=template)
    return Claim(
        reply.id,
        reply.lease_number,
        ChannelName(reply.channel),
        conversation.address,
        message,
        reply.attempts,
        is_doubtful,
        since,
        now + LEASE,
        is_answer=reply.purpose == ANSWER,
        only_asks=only_asks,
    )


def _with_file(session: Session, office: Office, reply: Reply, claim: Claim) -> Claim:
    return replace(claim, message=replace(claim.message, file=file_of(session, office, reply)))


def _leased(session: Session, claim: Claim) -> Reply | None:
    """The reply while the lease is still ours, else None: another process has taken it over."""
    wanted = select(Reply).where(
        Reply.id == claim.reply_id, Reply.lease_number == claim.lease_number, Reply.state == "sending"
    )
    return session.scalars(wanted.with_for_update()).first()


def _state_after(error: SendError, claim: Claim, *, age: timedelta) -> str:
    """Who is told to wait again and again is not refused: those tries do not count while the reply is young."""
    is_free_text = claim.message.template is None  # a template is what would leave in its place
    if error.channel_broken or (error.window_closed and is_free_text):
        return "queued"  # waits for a person (alarm); leaves as a template or is held
    is_told_to_wait = error.retry_after_s is not None and age < ENDS_WITHIN
    has_tries = claim.attempts < ATTEMPTS_MAX or is_told_to_wait
    if (error.retryable or error.ambiguous or error.migrated_to) and has_tries:
        return "queued"
    return "ambiguous" if error.ambiguous else "failed"


def _wait_s(error: SendError, attempts: int) -> float:
    return wait_s(attempts, BACK_OFF_S) if error.retry_after_s is None else error.retry_after_s
