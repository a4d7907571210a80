"""WhatsApp's 24 hours: when they are open, and what becomes of a reply when they are not: a template, or it is held.

Called by `sending` for each reply that is due, and by `process` when the citizen wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.database import claimable, insert_once, without_index
from intake.office import Office
from intake.outgoing.replies import new_row
from intake.outgoing.templates import ApprovedTemplate, Carries
from intake.tables.citizens import Conversation
from intake.tables.incoming import Message
from intake.tables.outgoing import Reply

OPEN_FOR = timedelta(hours=23, minutes=50)  # counted at WhatsApp: stop ten minutes early (CHANNELS A2)
INVITATION = "invitation"  # purpose of a template that asks the citizen to write


class Way(StrEnum):
    """How a reply would leave at this moment."""

    FREE = "free"
    TEMPLATE = "template"
    INVITED = "invited"  # held, and a template asks the citizen to write
    HELD = "held"
    IN_PERSON = "in_person"  # there is no chat: a person says it


@dataclass(frozen=True)
class Foreseen:
    """`template`: the record of the one that leaves in the reply's place, or that asks the citizen to write."""

    way: Way
    template: dict[str, object] | None = None


def way_of(session: Session, office: Office, conversation: Conversation, purpose: str, now: datetime) -> Way:
    """What staff are told before they answer; the reply's own fields may still be too few for its template."""
    if conversation.channel == ChannelName.DESK:
        return Way.IN_PERSON
    if is_free(session, conversation, now):
        return Way.FREE
    template = office.jurisdiction.templates.get(purpose)
    if template is None:
        return Way.HELD
    return Way.TEMPLATE if template.carries == Carries.ALL else Way.INVITED


def prepare(session: Session, office: Office, reply: Reply, conversation: Conversation, now: datetime) -> bool:
    """Whether the reply may leave: as free text or as the template that it is given here; else it is held now.

    While the person is writing, neither: it stays queued for a moment, and their message opens the window for it.
    """
    if reply.purpose == INVITATION:
        return True
    foreseen = foresee(session, office, conversation, reply.purpose, reply.fields or {}, now)
    if foreseen.way in (Way.FREE, Way.TEMPLATE):
        reply.template = foreseen.template
        return True
    if _is_silent(session, conversation, now):
        reply.state = "held"
        if foreseen.template:
            _invite(session, reply, conversation, foreseen.template, now)
    return False


def foresee(
    session: Session,
    office: Office,
    conversation: Conversation,
    purpose: str,
    fields: Mapping[str, str],
    now: datetime,
) -> Foreseen:
    """What would become of such a reply at that moment. Changes nothing."""
    if is_free(session, conversation, now):
        return Foreseen(Way.FREE)
    template = office.jurisdiction.templates.get(purpose)
    record = _record(template, fields) if template else None
    if template is None or record is None:
        return Foreseen(Way.HELD)
    return Foreseen(Way.TEMPLATE if template.carries == Carries.ALL else Way.INVITED, record)


def may_leave_again(session: Session, reply: Reply, conversation: Conversation, now: datetime) -> bool:
    """Whether what was perhaps sent may be sent once more as it stands."""
    return reply.template is not None or is_free(session, conversation, now)


def note_closed(session: Session, conversation: Conversation, sent_at: datetime | None) -> None:
    """WhatsApp says that the window was closed for what was sent then, whatever was counted here. What the person wrote
    since has opened it anew: such a report may be late. Does not commit."""
    for own in session.scalars(_of_same_person(conversation)):
        if own.last_inbound_at and (sent_at is None or own.last_inbound_at <= sent_at):
            own.last_inbound_at = None


def reopen(session: Session, conversation: Conversation) -> None:
    """The citizen wrote: what was held leaves, what would have asked them to write does not. Does not commit."""
    if conversation.channel != ChannelName.WHATSAPP:
        return
    own = _of_same_person(conversation).with_only_columns(Conversation.id)
    state = without_index(Reply.state)  # a person's replies are few, those that wait for a provider may be many
    session.execute(delete(Reply).where(Reply.conversation_id.in_(own), Reply.purpose == INVITATION, state == "queued"))
    for reply in session.scalars(select(Reply).where(Reply.conversation_id.in_(own), state == "held")):
        reply.state = "queued"


def is_free(session: Session, conversation: Conversation, now: datetime) -> bool:
    """Counted per person, not per spelling of a number: +52 and +521 are one to WhatsApp (CHANNELS §0.8)."""
    own = conversation.last_inbound_at
    if conversation.channel != ChannelName.WHATSAPP or (own is not None and now - own < OPEN_FOR):
        return True
    last = session.scalar(_of_same_person(conversation).with_only_columns(func.max(Conversation.last_inbound_at)))
    return last is not None and now - last < OPEN_FOR


def _is_silent(session: Session, conversation: Conversation, now: datetime) -> bool:
    """Nothing of the person's is being worked on: their conversations are locked for us, and closed still."""
    own = _of_same_person(conversation)
    known = session.scalars(own.with_only_columns(Conversation.id)).all()
    locked = session.scalars(claimable(own).execution_options(populate_existing=True)).all()
    return len(locked) == len(known) and not is_free(session, conversation, now)


def _of_same_person(conversation: Conversation) -> Select[Conversation]:
    wanted = select(Conversation).where(Conversation.channel == conversation.channel)
    if conversation.citizen_id is None:
        return wanted.where(Conversation.id == conversation.id)
    return wanted.where(Conversation.citizen_id == conversation.citizen_id)


def _record(template: ApprovedTemplate, fields: Mapping[str, str]) -> dict[str, object] | None:
    """What is kept of the template with each send; None when a variable has nothing to be filled with."""
    filled = template.fill(fields)
    return filled and {
        "content_sid": template.content_sid,
        "language": template.language,
        "version": template.version,
        "variables": list(filled[0].variables),
        "text": filled[1],
    }


def _invite(
    session: Session, reply: Reply, conversation: Conversation, record: dict[str, object], now: datetime
) -> None:
    """Once while the window stays closed, however much is held: its key is the last message that was heard."""
    heard = session.scalar(select(func.max(Message.id)).where(Message.conversation_id == conversation.id)) or 0
    row = new_row(conversation, f"invitation-{conversation.id}-{heard}", INVITATION, str(record["text"]), now)
    insert_once(session, Reply, [row | {"petition_id": reply.petition_id, "template": record}])
