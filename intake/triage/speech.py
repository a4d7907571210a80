"""A conversation as staff see it: what the citizen said and what was answered, in order, with files and delivery.

Read only; called by `dossier`. What a liaison gets is the petition's own messages, never the rest of the chat.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.answers.clean_copies import PDF
from intake.outgoing.notified import WITHOUT_RECEIPTS
from intake.outgoing.replies import IN_PERSON
from intake.outgoing.reserved import list_unread
from intake.petitions.case import list_folios
from intake.petitions.inquiries import list_answering
from intake.sheets import can_draw
from intake.tables.incoming import Attachment, Message
from intake.tables.outgoing import Reply, ReservedWords
from intake.tables.petitions import Petition
from intake.thinking.messages import TEXT_MAX
from intake.triage.refetching import Refusal, refusal_of
from intake.triage.takeovers import authors_of
from intake.triage.transcriptions import HEARD, Transcript, list_transcripts
from intake.triage.veil import Veil

ITEMS_AT_MOST = 200  # of each direction; the newest: a chat of months must not make a page of megabytes
GREETING_BEFORE = timedelta(minutes=5)  # what was said just before the petition opened belongs to its picture
# What a browser shows without running anything in it: no SVG, no HTML, no PDF.
SHOWN_AS = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/webp", "image/gif"), "image"),
    **dict.fromkeys(("audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/amr"), "audio"),
    **dict.fromkeys(("audio/x-wav", "audio/wav", "audio/x-flac"), "audio"),
}
RESTRICTED = "restricted"


class Delivery(StrEnum):
    """How far an outbound message has come, in the words that staff read (`delivery.<value>`)."""

    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    SENT_WITHOUT_RECEIPT = "sent_without_receipt"
    DELIVERED = "delivered"
    READ = "read"
    HELD = "held"
    DOUBTFUL = "doubtful"
    FAILED = "failed"
    UNDONE = "undone"
    RESERVED = "reserved"
    IN_PERSON = "in_person"
    TOLD = "told"


@dataclass(frozen=True)
class FileView:
    """A citizen's file. `shown_as`: image, audio, download, or None while it is not here (`state`) or not to be seen
    (`state` restricted). `has_sheet`: of a document its first page can be seen.

    `is_heard`: its words may be written down, in the petition that it belongs to.
    """

    id: int
    kind: str
    name: str
    state: str
    shown_as: str | None
    has_sheet: bool
    size_bytes: int | None
    sha256: str | None
    is_heard: bool
    refusal: Refusal | None
    transcript: Transcript | None


@dataclass(frozen=True)
class Utterance:
    """One message of either direction. `delivery`: of outbound ones; `version` above 1: corrected by its author.

    `template`: the approved one that it left as, its language and version. `is_cut`: it was longer than what is kept of
    a message; the event has the whole. `author`: of an outbound one that a person of the office wrote in the chat.
    `folio`: of the other petition that it belongs to; `emergency`: what danger was read in it; `is_datum`: it answers
    what an agency asked; `is_covered`: something in it is not shown (`veil`). `evidence_id`: an answer's file goes with
    it.
    """

    at: datetime
    is_citizens: bool
    text: str
    purpose: str | None = None
    delivery: Delivery | None = None
    template: Mapping[str, Any] | None = None
    files: tuple[FileView, ...] = ()
    location: tuple[float, float] | None = None
    version: int = 1
    is_forwarded: bool = False
    is_cut: bool = False
    is_datum: bool = False
    unsupported: str | None = None
    author: str | None = None
    folio: str | None = None
    emergency: str | None = None
    is_covered: bool = False
    evidence_id: int | None = None


def list_speech(
    session: Session, petition: Petition, veil: Veil, *, with_rest_of_chat: bool, whole_since: datetime | None = None
) -> list[Utterance]:
    """The petition's messages and replies by time, as the veil's member sees them; `with_rest_of_chat` adds those that
    belong to no petition.

    `whole_since`: from then on those of the chat's other petitions too.
    """
    messages, replies = select(Message), select(Reply)
    if with_rest_of_chat:
        messages = messages.where(_of_chat(petition, Message, Message.received_at, whole_since))
        replies = replies.where(_of_chat(petition, Reply, Reply.created_at, whole_since))
    else:
        messages = messages.where(Message.petition_id == petition.id)
        replies = replies.where(Reply.petition_id == petition.id)
    said = session.scalars(messages.order_by(Message.id.desc()).limit(ITEMS_AT_MOST)).all()
    answered = session.scalars(replies.order_by(Reply.id.desc()).limit(ITEMS_AT_MOST)).all()
    data, authors = list_answering(session, petition), authors_of(session, answered)
    files = _files(session, said, veil, data)
    belonging = {message.petition_id for message in said} | {reply.petition_id for reply in answered}
    folios = list_folios(session, belonging - {petition.id})
    heard = [
        _heard(row, veil, files.get(row.id, ()), folios.get(row.petition_id or 0), is_datum=row.id in data)
        for row in reversed(said)
    ]
    told = [_told(row, veil, authors.get(row.id), folios.get(row.petition_id or 0)) for row in reversed(answered)]
    told += [_reserved(row) for row in list_unread(session, petition)]
    return sorted([*heard, *told], key=lambda item: item.at)  # stable: of equal moments the citizen's words come first


def _of_chat(
    petition: Petition, item: type[Message | Reply], at: InstrumentedAttribute[datetime], whole_since: datetime | None
) -> ColumnElement[bool]:
    """The petition's own may be in a linked chat too; of what belongs to none, only that of the chat it was told in."""
    here = item.conversation_id == petition.conversation_id
    of_none = here & item.petition_id.is_(None) & (at >= petition.opened_at - GREETING_BEFORE)
    return or_(item.petition_id == petition.id, of_none, *([here & (at >= whole_since)] if whole_since else []))


def delivery_of(reply: Reply) -> Delivery:
    if reply.state == IN_PERSON:
        return Delivery.TOLD if reply.delivery else Delivery.IN_PERSON
    if reply.state == "held":
        return Delivery.HELD
    if reply.state == "undone":
        return Delivery.UNDONE
    if reply.state == "failed" or reply.delivery == "failed":
        return Delivery.FAILED
    if reply.state == "ambiguous":
        return Delivery.DOUBTFUL
    if reply.state != "accepted":
        return Delivery.ON_ITS_WAY
    if reply.delivery in (Delivery.DELIVERED, Delivery.READ):
        return Delivery(reply.delivery)
    return Delivery.SENT_WITHOUT_RECEIPT if reply.channel in WITHOUT_RECEIPTS else Delivery.SENT


def _file_view(row: Attachment, transcript: Transcript | None, veil: Veil, *, is_datum: bool) -> FileView:
    is_hidden = veil.hides_file(row, is_asked_for=is_datum)
    is_here = row.state == "stored" and row.storage_key is not None and not is_hidden
    if transcript and not veil.is_open:
        transcript = replace(transcript, text=veil.text(transcript.text))
    return FileView(
        id=row.id,
        kind=row.kind,
        name="" if is_hidden or veil.hides_file_names() else row.declared_name or "",
        state=RESTRICTED if is_hidden else row.state,
        shown_as=SHOWN_AS.get(row.detected_type or "", "download") if is_here else None,
        has_sheet=is_here and row.detected_type == PDF and can_draw(),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        is_heard=row.kind in HEARD and row.petition_id is not None,
        refusal=refusal_of(row) if row.petition_id else None,
        transcript=transcript,
    )


def _files(
    session: Session, messages: Sequence[Message], veil: Veil, data: Container[int]
) -> dict[int, tuple[FileView, ...]]:
    rows = session.scalars(
        select(Attachment).where(Attachment.message_id.in_([m.id for m in messages])).order_by(Attachment.id)
    ).all()
    written = list_transcripts(session, rows)
    found: dict[int, tuple[FileView, ...]] = {}
    for row in rows:
        view = _file_view(row, written.get(row.id), veil, is_datum=row.message_id in data)
        found[row.message_id] = (*found.get(row.message_id, ()), view)
    return found


def _heard(row: Message, veil: Veil, files: tuple[FileView, ...], folio: str | None, *, is_datum: bool) -> Utterance:
    text = veil.text(row.text, is_asked_for=is_datum)
    has_place = row.latitude is not None and row.longitude is not None
    return Utterance(
        at=row.received_at,
        is_citizens=True,
        text=text,
        files=files,
        location=(row.latitude or 0.0, row.longitude or 0.0) if has_place else None,
        version=row.version,
        is_forwarded=row.is_forwarded,
        is_cut=len(row.text) >= TEXT_MAX,
        is_datum=is_datum,
        unsupported=row.unsupported,
        folio=folio,
        emergency=row.emergency,
        is_covered=text != row.text or any(file.state == RESTRICTED for file in files),
    )


def _reserved(row: ReservedWords) -> Utterance:
    return Utterance(row.created_at, is_citizens=False, text=row.text, purpose=row.purpose, delivery=Delivery.RESERVED)


def _told(row: Reply, veil: Veil, author: str | None, folio: str | None) -> Utterance:
    return Utterance(
        at=row.created_at,
        is_citizens=False,
        text=veil.text(row.words),
        purpose=row.purpose,
        delivery=delivery_of(row),
        template=row.template,
        author=author,
        folio=folio,
        evidence_id=row.evidence_id,
    )
