"""WhatsApp's 24 hours: when they are open, and what becomes of a reply when they are not: a template, or it is held.

Called by `sending` for each reply that is due, and by `process` when the citizen wrote.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.database import insert_once
from intake.office import Office
from intake.replies import new_row
from intake.tables import Conversation, Message, Reply
from intake.templates import ApprovedTemplate, Carries

OPEN_FOR = timedelta(hours=23, minutes=50)  # counted at WhatsApp: stop ten minutes early (CHANNELS A2)
INVITATION = "invitation"  # purpose of a template that asks the citizen to write


class Way(StrEnum):
    """How a reply would leave at this moment."""

    FREE = "free"
    TEMPLATE = "template"
    INVITED = "invited"  # held, and a template asks the citizen to write
    HELD = "held"


def way_of(session: Session, office: Office, conversation: Conversation, purpose: str, now: datetime) -> Way:
    """What staff are told before they answer; the reply's own fields may still be too few for its template."""
    if _is_free(session, conversation, now):
        return Way.FREE
    template = office.jurisdiction.templates.get(purpose)
    if template is None:
        return Way.HELD
    return Way.TEMPLATE if template.carries == Carries.ALL else Way.INVITED


def prepare(session: Session, office: Office, reply: Reply, conversation: Conversation, now: datetime) -> bool:
    """Whether the reply may leave: as free text or as the template that it is given here; else it is held now."""
    if reply.purpose == INVITATION or _is_free(session, conversation, now):
        return True
    template = office.jurisdiction.templates.get(reply.purpose)
    filled = template.fill(reply.fields or {}) if template else None
    if template is None or filled is None:
        reply.state = "held"
        return False
    record = _record(template, filled[0].variables)
    if template.carries == Carries.NOTICE:
        reply.state = "held"
        _invite(session, reply, conversation, record, filled[1], now)
        return False
    reply.template, reply.text, reply.choices = record, filled[1], []
    return True


def note_closed(session: Session, conversation: Conversation) -> None:
    """WhatsApp says that the window is closed, whatever was counted here. Does not commit."""
    for own in session.scalars(_of_same_person(conversation)):
        own.last_inbound_at = None


def reopen(session: Session, conversation: Conversation) -> None:
    """The citizen wrote: what was held leaves, what would have asked them to write does not. Does not commit."""
    if conversation.channel != ChannelName.WHATSAPP:
        return
    own = _of_same_person(conversation).with_only_columns(Conversation.id)
    moot = Reply.conversation_id.in_(own), Reply.purpose == INVITATION, Reply.state == "queued"
    session.execute(delete(Reply).where(*moot))
    for reply in session.scalars(select(Reply).where(Reply.conversation_id.in_(own), Reply.state == "held")):
        reply.state = "queued"


def _is_free(session: Session, conversation: Conversation, now: datetime) -> bool:
    """Counted per person, not per spelling of a number: +52 and +521 are one to WhatsApp (CHANNELS §0.8)."""
    own = conversation.last_inbound_at
    if conversation.channel != ChannelName.WHATSAPP or (own is not None and now - own < OPEN_FOR):
        return True
    last = session.scalar(_of_same_person(conversation).with_only_columns(func.max(Conversation.last_inbound_at)))
    return last is not None and now - last < OPEN_FOR


def _of_same_person(conversation: Conversation) -> Select[Conversation]:
    wanted = select(Conversation).where(Conversation.channel == conversation.channel)
    if conversation.citizen_id is None:
        return wanted.where(Conversation.id == conversation.id)
    return wanted.where(Conversation.citizen_id == conversation.citizen_id)


def _record(template: ApprovedTemplate, variables: tuple[str, ...]) -> dict[str, object]:
    """What is kept of the template with each send."""
    return {
        "content_sid": template.content_sid,
        "language": template.language,
        "version": template.version,
        "variables": list(variables),
    }


def _invite(
    session: Session, reply: Reply, conversation: Conversation, record: dict[str, object], text: str, now: datetime
) -> None:
    """Once while the window stays closed, however much is held: its key is the last message that was heard."""
    heard = session.scalar(select(func.max(Message.id)).where(Message.conversation_id == conversation.id)) or 0
    row = new_row(conversation, f"invitation-{conversation.id}-{heard}", INVITATION, text, now)
    insert_once(session, Reply, [row | {"petition_id": reply.petition_id, "template": record}], Reply.id)
