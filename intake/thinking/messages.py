"""A citizen's message as rows: the text with what the mind read, its files as rows still to be fetched."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.messages import Attachment as Source
from bot.messages import Inbound, InboundKind
from intake.tables.citizens import Conversation
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.writing import write_changed, write_new
from nlp.reading import Reading

# Characters of one message, and of a petition's text. Telegram stops at 4,096 (CHANNELS A1), what Twilio does with a
# long one is not known (A2), a compatible server may let anything through. The event keeps the whole, up to 1 MiB.
TEXT_MAX = 20_000
UNIQUE_MAX = 300
OVERTAKEN = 0  # the version of a message that came after its correction

# Made once: making a statement takes longer than running it.
VERSIONS = (
    select(Message)
    .where(Message.conversation_id == bindparam("conversation"), Message.external_id == bindparam("external"))
    .order_by(Message.version)
)
OF_PETITION = select(Message).where(Message.petition_id == bindparam("petition")).order_by(Message.id)
FILES = select(Attachment).where(Attachment.message_id == bindparam("message"))


def keep_message(
    session: Session,
    event: InboundEvent,
    inbound: Inbound,
    reading: Reading,
    *,
    basis: dict[str, Any] | None = None,
    earlier: Sequence[Message] | None = None,
    version: int | None = None,
) -> Message:
    """Add the message (a further version when it is an edit) and its attachments. Does not commit.

    `basis`: what the dialogue decides on, when it is asked. `earlier`: its versions, where they are known already.
    """
    if earlier is None:
        earlier = find_versions(session, event.conversation_id or 0, inbound.external_id)
    message = Message(
        conversation_id=event.conversation_id,
        event_id=event.id,
        petition_id=earlier[-1].petition_id if earlier else None,
        external_id=inbound.external_id,
        version=len(earlier) + 1 if version is None else version,
        kind=reading.kind.value,
        emergency=reading.emergency.kind.value if reading.emergency else None,
        text=written_of(inbound),
        latitude=inbound.location.latitude if inbound.location else None,
        longitude=inbound.location.longitude if inbound.location else None,
        reply_to=inbound.reply_to,
        group_id=inbound.group_id,
        is_forwarded=inbound.is_forwarded,
        unsupported=inbound.unsupported,
        basis=basis,
        sent_at=inbound.sent_at,
        received_at=event.received_at,
    )
    write_new(session, message)
    if new := list_new_files(session, earlier, inbound):
        session.add_all(_attachments(message, inbound, new, event.received_at))
        session.flush()
    return message


def keep_overtaken(
    session: Session, event: InboundEvent, inbound: Inbound, reading: Reading, earlier: Sequence[Message]
) -> None:
    """A message that comes after its own correction stands before it; one that came already leaves nothing. What was
    heard of it holds. Does not commit."""
    if earlier[0].version == OVERTAKEN:
        return
    if earlier[0].text != written_of(inbound) or list_new_files(session, earlier, inbound):
        keep_message(session, event, inbound, reading, earlier=earlier, version=OVERTAKEN)


def list_new_files(session: Session, earlier: Sequence[Message], inbound: Inbound) -> list[Source]:
    """An edit bears the message's files again, or others in their place."""
    if not earlier or not inbound.attachments:
        return list(inbound.attachments)
    own = select(Attachment.unique_id).where(Attachment.message_id.in_([message.id for message in earlier]))
    known = set(session.scalars(own))
    return [file for file in inbound.attachments if file.unique_id[:UNIQUE_MAX] not in known]


def written_of(inbound: Inbound) -> str:
    """What is kept as the message's text."""
    return "\n".join(filter(None, (inbound.text, inbound.card)))


def find_versions(session: Session, conversation_id: int, external_id: str) -> list[Message]:
    """Versions of one message, oldest first."""
    return list(session.scalars(VERSIONS, {"conversation": conversation_id, "external": external_id}))


def attach_to_petition(session: Session, message: Message, petition_id: int, *, has_files: bool = True) -> None:
    """The message and its files, which are not looked for where it is known that it has none, belong to the petition
    from now on."""
    message.petition_id = petition_id
    write_changed(session, message)
    for attachment in session.scalars(FILES, {"message": message.id}) if has_files else ():
        attachment.petition_id = petition_id


def petition_text(session: Session, petition_id: int, *, further: Inbound | None = None) -> str:
    """What the citizen wrote and was heard to say, newest version of each message, in order, from the beginning on;
    what was said twice once.

    `further`: a message that is about to join, or to be a new version. Bounded: it is read anew with each further
    message. The messages keep every word.
    """
    return _joined(session.scalars(OF_PETITION, {"petition": petition_id}).all(), further)


def matter_text(session: Session, petition_id: int) -> str:
    """The same without what only tells where it is: a landmark says nothing of whose the matter is. All of it where
    nothing else was written."""
    rows = session.scalars(OF_PETITION, {"petition": petition_id}).all()
    return _joined([row for row in rows if not row.is_place]) or _joined(rows)


def text_alone(message: Message) -> str:
    """What is told by a petition that has no other message."""
    return _joined([message])


def _joined(rows: Sequence[Message], further: Inbound | None = None) -> str:
    written = {row.external_id: row.text for row in rows if row.version != OVERTAKEN}
    if further:
        written[further.external_id] = further.text
    heard = {row.external_id: row.transcript for row in rows if row.transcript}
    lines = dict.fromkeys(line for key, text in written.items() for line in (text, heard.get(key)) if line)
    return "\n".join(lines)[:TEXT_MAX]


def stop_or_resume(conversation: Conversation, kind: InboundKind) -> None:
    conversation.is_stopped = kind == InboundKind.STOPPED


def _attachments(message: Message, inbound: Inbound, files: Sequence[Source], now: datetime) -> list[Attachment]:
    return [
        Attachment(
            message_id=message.id,
            petition_id=message.petition_id,
            channel=inbound.channel.value,
            kind=item.kind.value,
            external_id=item.external_id,
            unique_id=item.unique_id[:UNIQUE_MAX],
            declared_name=(item.file_name or "")[:300] or None,
            declared_type=(item.mime_type or "")[:100] or None,
            next_attempt_at=now,
        )
        for item in files
    ]
