"""What a voice note says, written down by a person: from then on its words are the petition's, as if they were written.

Called by the admin. The record keeps that they were heard, who wrote them and when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.events import Transcribed
from bot.messages import AttachmentKind
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require, tell
from intake.errors import NotFound, Stale
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import CLOSED, NEEDS_TRIAGE, Status
from intake.tables.accounts import Staff
from intake.tables.incoming import Attachment, Message, Transcription
from intake.tables.petitions import Petition
from intake.thinking.effects import Moment
from intake.thinking.messages import TEXT_MAX
from intake.thinking.suggestions import suggest
from intake.thinking.understanding import place_option
from nlp.reading import Reading

HEARD = frozenset({AttachmentKind.VOICE, AttachmentKind.AUDIO})


@dataclass(frozen=True)
class Transcript:
    """The newest transcription of a file."""

    id: int
    text: str
    author: str
    at: datetime


def transcribe(office: Office, member: Member, folio: str, attachment_id: int, text: str, after: int) -> str | None:
    """Write down what a voice note says. `after`: the transcription that it corrects, 0: none. Commits.

    Returns the kind of danger that the words tell of: the petition goes first then, but nobody is told by the program,
    hours after it was said and perhaps in other hands: the member decides. Raises NotAllowed, NotFound, Stale.
    """
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        file, message = _find(moment.session, petition, attachment_id)
        if (_newest_id(moment.session, file.id) or 0) != after:
            raise Stale("somebody else wrote it down meanwhile")
        row = Transcription(attachment_id=file.id, staff_id=member.id, text=text[:TEXT_MAX], written_at=moment.now)
        moment.session.add(row)
        moment.session.flush()
        message.transcript = _join(moment.session, message)
        note(moment.session, petition, moment.now, actor_of(member), "transcribed", {"transcription": row.id})
        return _read(moment, petition, row)


def list_transcripts(session: Session, files: Iterable[Attachment]) -> dict[int, Transcript]:
    """By file: its newest transcription."""
    ids = [file.id for file in files if file.kind in HEARD]
    if not ids:
        return {}
    newest = select(func.max(Transcription.id)).where(Transcription.attachment_id.in_(ids))
    wanted = select(Transcription, Staff.name).join(Staff, Staff.id == Transcription.staff_id)
    found = session.execute(wanted.where(Transcription.id.in_(newest.group_by(Transcription.attachment_id))))
    return {row.attachment_id: Transcript(row.id, row.text, name, row.written_at) for row, name in found}


def _find(session: Session, petition: Petition, attachment_id: int) -> tuple[Attachment, Message]:
    file = session.get(Attachment, attachment_id)
    if file is None or file.petition_id != petition.id or file.kind not in HEARD:
        raise NotFound(f"no voice note {attachment_id} in {petition.folio}")
    return file, session.get_one(Message, file.message_id)


def _newest_id(session: Session, attachment_id: int) -> int | None:
    return session.scalar(select(func.max(Transcription.id)).where(Transcription.attachment_id == attachment_id))


def _join(session: Session, message: Message) -> str:
    """Of all files of the message, in their order."""
    files: Sequence[Attachment] = session.scalars(
        select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.id)
    ).all()
    written = list_transcripts(session, files)
    return "\n".join(written[file.id].text for file in files if file.id in written)


def _read(moment: Moment, petition: Petition, row: Transcription) -> str | None:
    """What a message of these words would have changed, while the petition is open."""
    status, reading = Status(petition.status), moment.office.reader.read(row.text, explains=False)
    if status in CLOSED:
        return None
    danger = _mark_danger(moment, petition, reading)
    place = reading.place.chosen if reading.place and petition.municipality is None else None
    if place:
        event = Transcribed(petition.folio, place_option(place), petition.is_sensitive or danger is not None)
        tell(moment, event, f"transcription-{row.id}")  # a new place has it suggested anew
    elif status in NEEDS_TRIAGE:
        suggest(moment.session, moment.office, petition, moment.now)
    return danger


def _mark_danger(moment: Moment, petition: Petition, reading: Reading) -> str | None:
    if reading.emergency is None:
        return None
    kind = reading.emergency.kind.value
    petition.emergency, petition.is_urgent = petition.emergency or kind, True
    note(moment.session, petition, moment.now, "machine", "danger_heard", {"emergency": kind})
    return kind
