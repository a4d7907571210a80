"""Step 5, confirm: what the providers report of a reply moves it up its ladder, never down, in any order."""

import re
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.errors import ChannelError, SendError
from bot.messages import DeliveryStatus, Ignored, StatusReport, WebhookRequest
from intake.clock import utc_now
from intake.database import claimable, is_any, one_at_a_time
from intake.erasing.placeholders import GONE
from intake.office import Office
from intake.outgoing.notified import CAME, note_came
from intake.outgoing.window import note_closed
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent
from intake.tables.outgoing import Reply

RANK = {
    DeliveryStatus.ACCEPTED: 0,
    DeliveryStatus.SENT: 1,
    DeliveryStatus.FAILED: 2,
    DeliveryStatus.DELIVERED: 3,
    DeliveryStatus.READ: 4,
}
AT_ONCE = 50
REPORTED_TRIES_MAX, RETRY_S = 4, 30.0  # of a reply that Twilio accepted and could not deliver for now
WAITING = ("queued", "held")  # to be sent anew after a failed report
OWN_ID = re.compile(r"[0-9]{1,18}")
log = structlog.get_logger()


def apply_reports(office: Office) -> int:
    """Apply the delivery reports that wait; the number of them. Commits.

    One worker at a time: two that read a reply at once would write «read» and then «delivered» over it.
    """
    waiting = select(InboundEvent).where(InboundEvent.state == "pending", InboundEvent.kind == "status")
    if not is_any(office.sessions, waiting):
        return 0
    with office.sessions.begin() as session:
        one_at_a_time(session, "receipts")
        events = session.scalars(claimable(waiting.order_by(InboundEvent.id).limit(AT_ONCE))).all()
        for event in events:
            _apply_or_set_aside(session, office, event)
        return len(events)


def _apply_or_set_aside(session: Session, office: Office, event: InboundEvent) -> None:
    """One report that cannot be applied is a dead letter; those behind it are applied all the same."""
    try:
        with session.begin_nested():
            _apply(session, office, event)
    except OperationalError:  # the database is away: nothing is wrong with the report
        raise
    except Exception as error:
        log.error("report.failed", event_id=event.id, error=type(error).__name__)
        event.processed_at, event.state, event.note = utc_now(), "dead", type(error).__name__


def _apply(session: Session, office: Office, event: InboundEvent) -> None:
    event.processed_at, event.state = utc_now(), "processed"
    try:
        report = office.channel(event.channel).parse_status(WebhookRequest(event.body, {}, event.query))
    except (ChannelError, KeyError) as error:
        event.state, event.note = "dead", str(error)[:500]
        return
    if isinstance(report, Ignored):
        event.state, event.note = "ignored", report.reason[:500]
        return
    reply = _find_reply(session, event.channel, report)
    if reply is None:
        event.state, event.note = "ignored", "no such reply"
    elif report.status is not None:
        _raise(session, reply, report, report.status)


def _find_reply(session: Session, channel: str, report: StatusReport) -> Reply | None:
    """By the provider's id, else by our own id in the callback's address: a report may overtake the send's answer."""
    by_theirs = select(Reply).where(Reply.channel == channel, Reply.external_id == report.external_id)
    found = session.scalars(by_theirs.limit(1)).first()
    if found or not OWN_ID.fullmatch(report.reply_id or ""):
        return found
    ours = session.get(Reply, int(report.reply_id or 0))
    return ours if ours and ours.channel == channel and ours.external_id in (None, report.external_id) else None


def _raise(session: Session, reply: Reply, report: StatusReport, status: DeliveryStatus) -> None:
    if reply.delivery and RANK[status] <= RANK[DeliveryStatus(reply.delivery)]:
        return
    if reply.state in WAITING and status not in CAME:
        return  # of a try that failed, and that says no more than that
    reply.delivery = status.value
    if status == DeliveryStatus.FAILED:
        _note_failed(session, reply, report)
    elif status in CAME:
        _note_delivered(session, reply, report)


def _note_delivered(session: Session, reply: Reply, report: StatusReport) -> None:
    """It came, whatever is known of its sending: there is no doubt any more, and it is not sent anew."""
    if reply.state != "accepted":
        reply.state, reply.error_code, reply.lease_until = "accepted", None, None
        reply.external_id, reply.accepted_at = report.external_id, reply.accepted_at or utc_now()
    note_came(session, reply, utc_now())


def _note_failed(session: Session, reply: Reply, report: StatusReport) -> None:
    """What the refusal asks for, as for a refused send: most of Twilio's come only here (CHANNELS A2)."""
    log.warning("reply.undelivered", reply=reply.id, code=report.error_code)
    error = report.error or SendError(report.error_code or "unknown", "reported by the provider")
    reply.error_code, reply.state = error.code[:60], "failed"
    conversation = session.get_one(Conversation, reply.conversation_id, with_for_update=True)
    if conversation.address.startswith(GONE):
        return
    is_another_way = error.window_closed and reply.template is None  # as a template, or held
    if is_another_way or (error.retryable and reply.attempts < REPORTED_TRIES_MAX):
        reply.state = "queued"
        reply.delivery = reply.external_id = None
        reply.next_attempt_at = utc_now() + timedelta(seconds=error.retry_after_s or RETRY_S)
    heed(session, reply, error)


def heed(session: Session, reply: Reply, error: SendError) -> None:
    """What a refusal, at once or reported later, says of the whole conversation. Does not commit."""
    conversation = session.get_one(Conversation, reply.conversation_id, with_for_update=True)
    if error.window_closed:
        note_closed(session, conversation, reply.sending_at)
    if error.citizen_stopped:
        conversation.is_stopped = True
    if error.migrated_to and not conversation.address.startswith(GONE):
        _follow(session, conversation, error.migrated_to)


def _follow(session: Session, conversation: Conversation, address: str) -> None:
    """The chat has another address. What is known already has a conversation of its own: what waits leaves there."""
    there = select(Conversation).where(Conversation.channel == conversation.channel, Conversation.address == address)
    known = session.scalars(there).first()
    if known is None:
        conversation.address = address
        return
    own = select(Reply).where(Reply.conversation_id == conversation.id, Reply.state.in_(WAITING))
    for reply in session.scalars(own):
        reply.conversation_id = known.id
