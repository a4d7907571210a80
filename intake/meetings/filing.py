"""Files of a meeting: its minutes as they were signed, and what proves that an agreement was fulfilled.

A file is cleaned and stored before any transaction; a store that is away is the caller's OSError.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import ANSWERERS, Member
from intake.acting import DECIDERS, require
from intake.answers.attaching import Given
from intake.answers.clean_copies import CleanCopy, make_clean_copy
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.files import key_of, name_without_ending
from intake.meetings.agreeing import get_agreement, may_see, note_agreement
from intake.meetings.planning import get_meeting, note_meeting
from intake.office import Office
from intake.tables.meetings import Agreement, Meeting, MeetingFile

FILES_MAX = 10
NAME_MAX = 80


def put_minutes(office: Office, member: Member, meeting_id: int, given: Given) -> None:
    """Commits. Raises NotAllowed, NotFound, OSError, FormRefused: too_big, type, unreadable, too_many."""
    require(member, DECIDERS)
    copy = make_clean_copy(given.content)
    sha256 = office.files.keep(copy.content)
    with office.sessions.begin() as session:
        get_meeting(session, meeting_id)
        session.get(Meeting, meeting_id, with_for_update=True)  # two at once are not put twice
        if _keep(session, member, meeting_id, None, _named(given.name, copy), copy, sha256):
            note_meeting(session, member, meeting_id, "file")


def put_evidence(office: Office, member: Member, agreement_id: int, given: Given) -> None:
    """Commits. Raises as `put_minutes`; NotFound also for another agency's agreement."""
    require(member, ANSWERERS)
    with reading(office.sessions) as session:
        get_agreement(session, member, agreement_id)
    copy = make_clean_copy(given.content)
    sha256 = office.files.keep(copy.content)
    with office.sessions.begin() as session:
        row = get_agreement(session, member, agreement_id)
        session.get(Agreement, agreement_id, with_for_update=True)
        if _keep(session, member, row.meeting_id, agreement_id, _named(given.name, copy), copy, sha256):
            note_agreement(session, member, agreement_id, "file")


def list_minutes(session: Session, meeting_id: int) -> Sequence[MeetingFile]:
    own = MeetingFile.meeting_id == meeting_id, MeetingFile.agreement_id.is_(None)
    return session.scalars(select(MeetingFile).where(*own).order_by(MeetingFile.id)).all()


def list_evidence(session: Session, agreement_id: int) -> Sequence[MeetingFile]:
    own = MeetingFile.agreement_id == agreement_id
    return session.scalars(select(MeetingFile).where(own).order_by(MeetingFile.id)).all()


def find_meeting_file(session: Session, member: Member, file_id: int) -> MeetingFile:
    """An agency's own people have only what proves their own agreements. Raises NotFound."""
    row = session.get(MeetingFile, file_id)
    if row is None or (member.is_agencys and not (row.agreement_id and may_see(session, member, row.agreement_id))):
        raise NotFound(f"no file {file_id}")
    return row


def _keep(
    session: Session,
    member: Member,
    meeting_id: int,
    agreement_id: int | None,
    name: str,
    copy: CleanCopy,
    sha256: str,
) -> bool:
    """The caller holds what it belongs to. False: it is there already."""
    there = list_evidence(session, agreement_id) if agreement_id else list_minutes(session, meeting_id)
    if any(file.sha256 == sha256 for file in there):
        return False  # sent twice by a browser that went back
    if len(there) >= FILES_MAX:
        raise FormRefused("too_many")
    kept = {"name": name, "media_type": copy.media_type, "size_bytes": len(copy.content), "sha256": sha256}
    own = {"meeting_id": meeting_id, "agreement_id": agreement_id, "put_at": utc_now(), "put_by": member.id}
    session.add(MeetingFile(storage_key=key_of(sha256), **own, **kept))
    return True


def _named(name: str, copy: CleanCopy) -> str:
    return f"{name_without_ending(name, NAME_MAX)}.{copy.ending}"
