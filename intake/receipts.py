"""Step 5, confirm: what the providers report of a reply moves it up its ladder, never down, in any order."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import ChannelError, SendError
from bot.messages import DeliveryStatus, Ignored, StatusReport, WebhookRequest
from intake.clock import utc_now
from intake.database import claimable, is_any, one_at_a_time
from intake.office import Office
from intake.petitions import move_if_allowed
from intake.states import Status
from intake.tables import Conversation, InboundEvent, Petition, Reply
from intake.window import note_closed

RANK = {
    DeliveryStatus.ACCEPTED: 0,
    DeliveryStatus.SENT: 1,
    DeliveryStatus.FAILED: 2,
    DeliveryStatus.DELIVERED: 3,
    DeliveryStatus.READ: 4,
}
AT_ONCE = 50
REPORTED_TRIES_MAX, RETRY_S = 4, 30.0  # of a reply that Twilio accepted and could not deliver for now
ANSWER = "notice.answered"
WITHOUT_RECEIPTS = frozenset({"telegram", "console"})  # accepted is all that Telegram ever reports (CHANNELS A3)
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
            _apply(session, office, event)
        return len(events)


def note_accepted(session: Session, reply: Reply) -> None:
    """The provider accepted an answer: where no receipt will come, that is all that can be known. Does not commit."""
    if reply.state == "accepted" and reply.channel in WITHOUT_RECEIPTS:
        _note_notified(session, reply, utc_now())


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
    if found or not (report.reply_id or "").isdigit():
        return found
    ours = session.get(Reply, int(report.reply_id or 0))
    return ours if ours and ours.channel == channel and ours.external_id in (None, report.external_id) else None


def _raise(session: Session, reply: Reply, report: StatusReport, status: DeliveryStatus) -> None:
    before = DeliveryStatus(reply.delivery) if reply.delivery else DeliveryStatus.ACCEPTED
    if RANK[status] <= RANK[before] and reply.delivery:
        return
    reply.delivery = status.value
    if status == DeliveryStatus.FAILED:
        _note_failed(session, reply, report)
    elif RANK[status] >= RANK[DeliveryStatus.DELIVERED]:
        _note_notified(session, reply, utc_now())


def _note_failed(session: Session, reply: Reply, report: StatusReport) -> None:
    """What the refusal asks for, as for a refused send: most of Twilio's come only here (CHANNELS A2)."""
    log.warning("reply.undelivered", reply=reply.id, code=report.error_code)
    error = report.error or SendError(report.error_code or "unknown", "reported by the provider")
    reply.error_code, reply.state = error.code[:60], "failed"
    if error.window_closed or (error.retryable and reply.attempts < REPORTED_TRIES_MAX):
        reply.state = "queued"
        reply.delivery = reply.external_id = None
        reply.next_attempt_at = utc_now() + timedelta(seconds=error.retry_after_s or RETRY_S)
    heed(session, reply, error)


def heed(session: Session, reply: Reply, error: SendError) -> None:
    """What a refusal, at once or reported later, says of the whole conversation. Does not commit."""
    conversation = session.get_one(Conversation, reply.conversation_id)
    if error.window_closed:
        note_closed(session, conversation)
    if error.citizen_stopped:
        conversation.is_stopped = True
    if error.migrated_to:
        conversation.address = error.migrated_to


def _note_notified(session: Session, reply: Reply, now: datetime) -> None:
    """The answer reached the citizen: NOTIFICADA, the one move that the machine makes by itself."""
    if reply.purpose != ANSWER or reply.petition_id is None:
        return
    petition = session.get_one(Petition, reply.petition_id)
    move_if_allowed(session, petition, [Status.NOTIFICADA], now, "machine", reply=reply.id)
