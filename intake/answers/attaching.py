"""Puts files to an answer that is being written, and takes them away; hands them out to staff. Called by the admin.

A file is read, cleaned and stored before any transaction; a store that is away is the caller's OSError.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.answers.approvals import find_waiting
from intake.answers.clean_copies import CleanCopy, make_clean_copy
from intake.answers.evidence import list_of_draft
from intake.answers.evidence_views import EvidenceView, view_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.files import key_of, name_without_ending
from intake.office import Office
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.answers import Evidence
from intake.tables.petitions import Referral
from intake.triage.dossier import find_referral

FILES_MAX = 3  # a person reads a chat: more belongs into one document
NAME_MAX = 80


class FileRefused(FormRefused):
    """`name`: of the file that is not kept."""

    def __init__(self, fault: str, name: str) -> None:
        super().__init__(fault)
        self.name = name


@dataclass(frozen=True)
class Given:
    """A file as it came: its name proves nothing."""

    name: str
    content: bytes


def attach(office: Office, member: Member, referral_id: int, given: Sequence[Given]) -> None:
    """Keep what can be kept; then FileRefused for the first that cannot. Commits. Raises NotFound, Stale, OSError."""
    with reading(office.sessions) as session:
        find_referral(session, member, referral_id)
    refused: FileRefused | None = None
    for one in given:
        name = name_without_ending(one.name, NAME_MAX)
        try:
            copy = make_clean_copy(one.content)
            _keep(office, member, referral_id, f"{name}.{copy.ending}", copy)
        except FormRefused as error:
            refused = refused or FileRefused(error.fault, one.name[:NAME_MAX])
    if refused:
        raise refused


def remove(office: Office, member: Member, referral_id: int, evidence_id: int) -> None:
    """Take away a file of the own draft. Commits. Raises NotFound, also for one that has left with an answer."""
    with office.sessions.begin() as session:
        row = session.get(Evidence, evidence_id)
        is_own = row is not None and (row.referral_id, row.staff_id) == (referral_id, member.id)
        if row is None or not is_own or row.answer_id is not None:
            raise NotFound(f"no file {evidence_id} in the draft")
        session.get_one(Referral, referral_id, with_for_update=True)
        if find_waiting(session, referral_id):
            raise Stale("the answer waits for the head as it is")
        session.delete(row)


def take_colleagues(session: Session, member: Member, referral_id: int, staff_id: int) -> None:
    """A colleague's files beside the own ones, as far as there is room. Does not commit."""
    own = list_of_draft(session, referral_id, member.id)
    known = {file.sha256 for file in own}
    others = [file for file in list_of_draft(session, referral_id, staff_id) if file.sha256 not in known]
    for file in others[: FILES_MAX - len(own)]:
        kept = {name: getattr(file, name) for name in ("name", "media_type", "size_bytes", "sha256", "storage_key")}
        session.add(Evidence(referral_id=referral_id, staff_id=member.id, put_at=utc_now(), **kept))


def list_attached(office: Office, member: Member, referral_id: int) -> tuple[EvidenceView, ...]:
    with reading(office.sessions) as session:
        return tuple(map(view_of, list_of_draft(session, referral_id, member.id)))


def find_evidence(office: Office, member: Member, evidence_id: int) -> Evidence:
    """One that the member may see: of an answer of a referral that they see, sent or waiting for the head, or of the
    own draft. Raises NotFound."""
    with reading(office.sessions) as session:
        row = session.get(Evidence, evidence_id)
        if row is None or not (row.answer_id or row.staff_id == member.id or _is_put_up(session, row)):
            raise NotFound(f"no file {evidence_id}")
        find_referral(session, member, row.referral_id)
        return row


def _is_put_up(session: Session, row: Evidence) -> bool:
    waiting = find_waiting(session, row.referral_id)
    return waiting is not None and waiting.staff_id == row.staff_id


def _keep(office: Office, member: Member, referral_id: int, name: str, copy: CleanCopy) -> None:
    sha256 = office.files.keep(copy.content)
    with office.sessions.begin() as session:
        referral = session.get_one(Referral, referral_id, with_for_update=True, populate_existing=True)
        if referral.state not in OPEN_REFERRALS or find_waiting(session, referral_id):
            raise Stale(f"referral {referral_id} waits for no answer, or for the head")
        own = list_of_draft(session, referral_id, member.id)
        if any(file.sha256 == sha256 for file in own):
            return  # sent twice by a browser that went back
        if len(own) >= FILES_MAX:
            raise FormRefused("too_many")
        kept = {"name": name, "media_type": copy.media_type, "size_bytes": len(copy.content), "sha256": sha256}
        session.add(
            Evidence(referral_id=referral_id, staff_id=member.id, storage_key=key_of(sha256), put_at=utc_now(), **kept)
        )
