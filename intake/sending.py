"""Step 4, out: queued replies leave one at a time per conversation, in order, with no transaction open while they do.

A crash between the provider's acceptance and our commit leaves `sending`: Twilio is asked for its list, Telegram
cannot be asked, so the reply is sent once more and marked (every text carries its folio and is harmless twice).
"""

import asyncio
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.errors import SendError
from bot.messages import ChannelName, Choice, Outbound
from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.failpoints import pass_point
from intake.office import Office
from intake.receipts import note_accepted
from intake.tables import Conversation, Reply

LEASE = timedelta(seconds=45)  # longer than a provider's whole deadline (10 s) and a listing after it
AT_ONCE = 16
ATTEMPTS_MAX = 12  # with the back-off below: about 15 minutes (invariant I5)
BACK_OFF_S = (1, 2, 5, 10, 30, 60, 120)
WINDOW = timedelta(hours=23, minutes=50)  # WhatsApp's 24 h counted at WhatsApp: stop ten minutes early (CHANNELS A2)
UNSENT = ("queued", "held", "sending")
log = structlog.get_logger()


@dataclass(frozen=True)
class Claim:
    """A reply that this process alone may send until the lease ends. `is_doubtful`: a former try may have been sent."""

    reply_id: int
    lease_number: int
    channel: ChannelName
    address: str
    message: Outbound
    attempts: int
    is_doubtful: bool
    since: datetime


class Sender:
    """Sends what is due until stopped. One instance a process; its provider calls run side by side."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True

    async def run(self, idle_s: float = 0.2) -> None:
        while not self._stopped:
            try:
                sent = await self.send_due()
            except Exception as error:  # the loop outlives a database that is away for a moment
                log.error("replies.loop", error=type(error).__name__)
                sent = 0
            if not sent:
                await asyncio.sleep(idle_s)

    async def send_due(self) -> int:
        """Claim what is due and send it; the number of replies that were claimed."""
        claims = await asyncio.to_thread(claim_due, self._office, utc_now())
        await asyncio.gather(*(self._send(claim) for claim in claims))
        return len(claims)

    async def _send(self, claim: Claim) -> None:
        pass_point("replies.claimed")
        channel = self._office.channels[claim.channel]
        try:
            sent = (
                await channel.find_sent(claim.address, claim.message, since=claim.since) if claim.is_doubtful else None
            )
        except SendError as error:
            if not error.ambiguous:  # Twilio's list was not to be had: the doubt stays, it is asked again later
                await asyncio.to_thread(settle_failure, self._office, claim, replace(error, ambiguous=True))
                return
            sent = None
        try:
            pass_point("replies.sending")
            sent = sent or await channel.send(claim.address, claim.message, reply_id=str(claim.reply_id))
        except SendError as error:
            await asyncio.to_thread(settle_failure, self._office, claim, error)
            return
        pass_point("replies.answered")
        await asyncio.to_thread(settle_accepted, self._office, claim, sent.external_id)


def claim_due(office: Office, now: datetime) -> list[Claim]:
    """Lease the oldest unsent reply of each conversation whose time has come. Commits."""
    due = _due(office, now)
    if not is_any(office.sessions, due):
        return []
    with office.sessions.begin() as session:
        rows = session.execute(claimable(due, of=Reply)).all()
        return [_claim(reply, conversation, now) for reply, conversation in rows if _may_go(reply, conversation, now)]


def settle_accepted(office: Office, claim: Claim, external_id: str) -> None:
    with office.sessions.begin() as session:
        reply = _leased(session, claim)
        if reply:
            reply.state, reply.external_id, reply.accepted_at = "accepted", external_id, utc_now()
            reply.lease_until = reply.error_code = None
            note_accepted(session, office, reply)


def settle_failure(office: Office, claim: Claim, error: SendError) -> None:
    """What the error says: again later, held until the citizen writes, a stopped citizen, or failed and visible."""
    log.warning("reply.failed", reply=claim.reply_id, channel=claim.channel, code=error.code, attempt=claim.attempts)
    with office.sessions.begin() as session:
        reply = _leased(session, claim)
        if reply is None:
            return
        reply.lease_until, reply.error_code = None, error.code[:60]
        reply.was_ambiguous = reply.was_ambiguous or error.ambiguous
        reply.state = _state_after(error, claim)
        reply.next_attempt_at = utc_now() + timedelta(seconds=_wait_s(error, claim.attempts))
        if error.ambiguous and reply.state == "queued":
            reply.state = "sending"  # asked for at the provider before it is sent once more
            reply.lease_until = reply.next_attempt_at
        if error.citizen_stopped:
            session.get_one(Conversation, reply.conversation_id).is_stopped = True
        if error.migrated_to:
            session.get_one(Conversation, reply.conversation_id).address = error.migrated_to


def recover_leases(office: Office) -> None:
    """Start of the only process on SQLite: no one else can hold a lease, so nothing waits for one to run out."""
    with office.sessions.begin() as session:
        for reply in session.scalars(select(Reply).where(Reply.state == "sending")):
            reply.lease_until = utc_now()
        for conversation in session.scalars(select(Conversation).where(Conversation.lease_until.is_not(None))):
            conversation.lease_until = None


def _due(office: Office, now: datetime) -> Select[Reply, Conversation]:
    earlier = aliased(Reply)
    is_first = ~exists().where(
        earlier.conversation_id == Reply.conversation_id, earlier.id < Reply.id, earlier.state.in_(UNSENT)
    )
    is_ready = (Reply.state == "queued") & (Reply.next_attempt_at <= now)
    is_doubtful = (Reply.state == "sending") & (Reply.lease_until <= now)
    return (
        select(Reply, Conversation)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(or_(is_ready, is_doubtful), is_first, Reply.channel.in_([name.value for name in office.channels]))
        .order_by(Reply.id)
        .limit(AT_ONCE)
    )


def _may_go(reply: Reply, conversation: Conversation, now: datetime) -> bool:
    """WhatsApp takes free text only for 24 hours after the citizen's last message; until then the reply is held."""
    if reply.channel != ChannelName.WHATSAPP or reply.state == "sending":
        return True
    if conversation.last_inbound_at and now - conversation.last_inbound_at < WINDOW:
        return True
    reply.state = "held"
    return False


def _claim(reply: Reply, conversation: Conversation, now: datetime) -> Claim:
    is_doubtful, since = reply.state == "sending", reply.sending_at or now
    reply.was_ambiguous = reply.was_ambiguous or is_doubtful
    reply.state, reply.lease_until = "sending", now + LEASE
    reply.sending_at = since if is_doubtful else now
    reply.lease_number += 1
    reply.attempts += 1
    choices = tuple(Choice(label, data) for label, data in reply.choices)
    message = Outbound(reply.text, choices)
    return Claim(
        reply.id,
        reply.lease_number,
        ChannelName(reply.channel),
        conversation.address,
        message,
        reply.attempts,
        is_doubtful,
        since,
    )


def _leased(session: Session, claim: Claim) -> Reply | None:
    """The reply while the lease is still ours, else None: another process has taken it over."""
    wanted = select(Reply).where(
        Reply.id == claim.reply_id, Reply.lease_number == claim.lease_number, Reply.state == "sending"
    )
    return session.scalars(wanted.with_for_update()).first()


def _state_after(error: SendError, claim: Claim) -> str:
    if error.window_closed:
        return "held"
    if error.channel_broken or error.migrated_to:
        return "queued"  # waits for a person (alarm) or goes to the new address
    if (error.retryable or error.ambiguous) and claim.attempts < ATTEMPTS_MAX:
        return "queued"
    return "ambiguous" if error.ambiguous else "failed"


def _wait_s(error: SendError, attempts: int) -> float:
    if error.retry_after_s is not None:
        return error.retry_after_s
    base = BACK_OFF_S[min(attempts, len(BACK_OFF_S)) - 1]
    return base * random.uniform(0.8, 1.2)  # noqa: S311 — jitter, not a secret
