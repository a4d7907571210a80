"""Messages that are kept apart until their writer says whether they are of an open petition or another problem.

The dialogue decides (`bot/same_talk`); a timer ends the wait. Never commits.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.events import Reminder
from bot.known import Told
from bot.messages import AttachmentKind, Inbound, InboundKind
from bot.state import Awaiting
from intake.clock import due_date
from intake.database import insert_once
from intake.office import Office
from intake.petitions.folio import hide_folios
from intake.tables.citizens import Conversation
from intake.tables.incoming import Attachment, Message, SetAsideMessage
from intake.tables.outgoing import Timer
from intake.thinking.messages import TEXT_MAX, attach_to_petition
from intake.thinking.understanding import understand


def keep_apart(session: Session, message: Message, *, is_more: bool) -> None:
    """Beside what already is, or instead of it."""
    if not is_more:
        release(session, message.conversation_id)
    insert_once(session, SetAsideMessage, [{"message_id": message.id}])


def take_up(session: Session, conversation: Conversation, petition_id: int) -> list[Message]:
    """All of it belongs to the petition from now on."""
    messages = _list(session, conversation.id)
    for message in messages:
        attach_to_petition(session, message, petition_id)
    release(session, conversation.id)
    return messages


def release(session: Session, conversation_id: int) -> None:
    """Nothing is kept apart any more."""
    own = select(Message.id).where(Message.conversation_id == conversation_id)
    session.flush()
    session.execute(delete(SetAsideMessage).where(SetAsideMessage.message_id.in_(own)))
    is_its = Timer.conversation_id == conversation_id, Timer.kind == Reminder.SET_ASIDE.value
    session.execute(delete(Timer).where(*is_its))


def read_apart(session: Session, office: Office, conversation: Conversation, now: datetime) -> Told | None:
    """What is kept apart, read as a petition of its own, with a folio that is free. `now` is local."""
    messages = _list(session, conversation.id) if _is_any(conversation) else []
    if not messages:
        return None
    jurisdiction = office.jurisdiction
    newest = {message.external_id: message.text for message in messages}
    text = "\n".join(filter(None, newest.values()))[:TEXT_MAX]
    reading = office.reader.read(hide_folios(text, jurisdiction.folio_series), explains=False)
    return Told(
        folio=office.folios.take(session, jurisdiction, now),
        since=now,
        due_on=due_date(now, jurisdiction.terms_at(now), zone=jurisdiction.zone, closed=jurisdiction.closed),
        text=text,
        has_voice=_has_voice(session, messages),
        read=understand(office, text, reading, reading.place),
    )


def is_of_it(session: Session, conversation: Conversation, inbound: Inbound) -> bool:
    """The message corrects one that is kept apart."""
    if inbound.kind != InboundKind.EDIT or not _is_any(conversation):
        return False
    return any(message.external_id == inbound.external_id for message in _list(session, conversation.id))


def _is_any(conversation: Conversation) -> bool:
    state = conversation.state
    return bool(state.get("set_aside")) or state.get("awaiting") == Awaiting.REPEATED.value


def _list(session: Session, conversation_id: int) -> list[Message]:
    rows = select(Message).join(SetAsideMessage, SetAsideMessage.message_id == Message.id)
    return list(session.scalars(rows.where(Message.conversation_id == conversation_id).order_by(Message.id)))


def _has_voice(session: Session, messages: list[Message]) -> bool:
    ids = [message.id for message in messages]
    voice = Attachment.message_id.in_(ids), Attachment.kind == AttachmentKind.VOICE.value
    return session.scalar(select(Attachment.id).where(*voice).limit(1)) is not None
