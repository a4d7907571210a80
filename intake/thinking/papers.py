"""Files that show an identity paper, by what is said of them: told to the dialogue, restricted when it says so.

What stands on a picture is not looked at. Never commits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import AttachmentKind, Inbound
from intake.tables.citizens import Conversation
from intake.tables.incoming import Attachment, Message
from nlp.identity_papers import names_identity_paper

BESIDE = timedelta(minutes=2)  # between a picture and the words that are said of it
SHOWING = frozenset({AttachmentKind.PHOTO, AttachmentKind.DOCUMENT, AttachmentKind.VIDEO})


def shows_papers(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> bool:
    """The message's files, or those just before a message that has none."""
    files = [file for file in inbound.attachments if file.kind in SHOWING]
    if any(names_identity_paper(file.file_name or "") for file in files):
        return True
    if inbound.text:
        is_named = names_identity_paper(inbound.text)
        return is_named and bool(files or list_showing(session, conversation, now))
    return bool(files) and any(names_identity_paper(text) for text in _list_said(session, conversation, now))


def restrict(session: Session, conversation: Conversation, message: Message, now: datetime) -> Sequence[Attachment]:
    """The message's own files, or those just before it. Returns those that were not restricted yet."""
    own = session.scalars(select(Attachment).where(Attachment.message_id == message.id)).all()
    found = [file for file in own or list_showing(session, conversation, now) if not file.is_restricted]
    for file in found:
        file.is_restricted = file.kind in SHOWING
    return [file for file in found if file.is_restricted]


def list_showing(session: Session, conversation: Conversation, now: datetime) -> Sequence[Attachment]:
    """Files of the last moments in which a paper could be seen."""
    recent = Message.conversation_id == conversation.id, Message.received_at > now - BESIDE
    wanted = select(Attachment).join(Message, Message.id == Attachment.message_id).where(*recent)
    return session.scalars(wanted.where(Attachment.kind.in_([kind.value for kind in SHOWING]))).all()


def _list_said(session: Session, conversation: Conversation, now: datetime) -> Sequence[str]:
    recent = Message.conversation_id == conversation.id, Message.received_at > now - BESIDE, Message.text != ""
    return session.scalars(select(Message.text).where(*recent)).all()
