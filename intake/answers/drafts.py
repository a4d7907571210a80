"""Drafts of answers: kept while they are written, one for each member of staff who writes to the same citizen.

Called by the admin. `referrals` and `undoing` drop them with the referral's end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.answers.attaching import take_colleagues
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound, Stale
from intake.office import Office
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.accounts import Staff
from intake.tables.answers import AnswerDraft, Evidence
from intake.tables.petitions import Referral
from intake.triage.dossier import find_referral

APART = timedelta(seconds=3)  # between two writes of one person; the last words follow when it is over
WRITING_FOR = timedelta(minutes=2)  # after the last save somebody counts as writing still
KEPT_FOR = timedelta(days=90)  # of petitions that ended another way: no agency answers later than its term


class Kept(StrEnum):
    """What became of the words that were given."""

    SAVED = "saved"
    SOON = "soon"  # too soon after the last ones: give them again in a moment
    EMPTY = "empty"
    CLOSED = "closed"  # the referral waits for no answer any more


@dataclass(frozen=True)
class Draft:
    """`is_writing`: it grew just now. `may_undo`: other words were put in and may be taken out again."""

    staff_id: int
    author: str
    text: str
    saved_at: datetime
    is_own: bool
    is_writing: bool
    may_undo: bool


def keep_draft(office: Office, member: Member, referral_id: int, text: str) -> Kept:
    """Keep what a person has typed so far; blank: forget it. Commits, if at all. Raises NotFound."""
    now = utc_now()
    with reading(office.sessions) as session:
        _, referral = find_referral(session, member, referral_id)
        row = session.get(AnswerDraft, (referral_id, member.id))
        if referral.state not in OPEN_REFERRALS:
            return Kept.CLOSED
        if row is None and not text:
            return Kept.EMPTY
        if row is not None and row.text == text:
            return Kept.SAVED
        if row is not None and text and now - row.saved_at < APART:
            return Kept.SOON
    with office.sessions.begin() as session:
        return _write(session, member, referral_id, text, now)


def keep_now(office: Office, member: Member, referral_id: int, text: str) -> None:
    """As `keep_draft`, however soon after the last words. Commits. Raises NotFound, Stale when the referral waits for
    no answer any more."""
    with reading(office.sessions) as session:
        find_referral(session, member, referral_id)
    with office.sessions.begin() as session:
        if _write(session, member, referral_id, text, utc_now()) == Kept.CLOSED:
            raise Stale(f"referral {referral_id} waits for no answer")


def put_in(office: Office, member: Member, referral_id: int, written: str, joined: str) -> None:
    """What was `written` gets other words put in: it is `joined`, and can be taken back until more is typed.

    Commits. Raises NotFound, Stale when the referral waits for no answer any more.
    """
    now = utc_now()
    with reading(office.sessions) as session:
        find_referral(session, member, referral_id)
    with office.sessions.begin() as session:
        if _write(session, member, referral_id, joined, now) == Kept.CLOSED:
            raise Stale(f"referral {referral_id} waits for no answer")
        if row := session.get(AnswerDraft, (referral_id, member.id)):
            row.before = written


def put_in_colleagues(office: Office, member: Member, referral_id: int, written: str, staff_id: int) -> None:
    """A colleague's words in the place of the own ones, their files beside. Commits. Raises NotFound, Stale."""
    drafts = list_drafts(office, member, referral_id)
    text = next((draft.text for draft in drafts if draft.staff_id == staff_id), None)
    if text is None:
        raise NotFound(f"no draft of {staff_id} for referral {referral_id}")
    put_in(office, member, referral_id, written, text)
    with office.sessions.begin() as session:
        take_colleagues(session, member, referral_id, staff_id)


def take_back(office: Office, member: Member, referral_id: int) -> None:
    """The words as they were before others were put in. Commits. Raises NotFound, Stale: more was typed since."""
    with reading(office.sessions) as session:
        find_referral(session, member, referral_id)
    with office.sessions.begin() as session:
        row = session.get(AnswerDraft, (referral_id, member.id))
        if row is None or row.before is None:
            raise Stale("nothing was put in, or more was typed since")
        _write(session, member, referral_id, row.before, utc_now())


def list_drafts(office: Office, member: Member, referral_id: int) -> Sequence[Draft]:
    """The own one first, then colleagues', newest first. Raises NotFound for another agency's referral."""
    wanted = (
        select(AnswerDraft, Staff.name)
        .join(Staff, Staff.id == AnswerDraft.staff_id)
        .where(AnswerDraft.referral_id == referral_id)
        .order_by(AnswerDraft.saved_at.desc())
    )
    with reading(office.sessions) as session:
        find_referral(session, member, referral_id)
        drafts = [_view(row, author, member) for row, author in session.execute(wanted)]
    return sorted(drafts, key=lambda draft: not draft.is_own)


def _view(row: AnswerDraft, author: str, member: Member) -> Draft:
    is_own = row.staff_id == member.id
    return Draft(
        staff_id=row.staff_id,
        author=author,
        text=row.text,
        saved_at=row.saved_at,
        is_own=is_own,
        is_writing=not is_own and utc_now() - row.saved_at < WRITING_FOR,
        may_undo=is_own and row.before is not None,
    )


def _write(session: Session, member: Member, referral_id: int, text: str, now: datetime) -> Kept:
    """The referral's row is locked: an answer that leaves at this moment went first, or finds the draft and drops
    it."""
    referral = session.get_one(Referral, referral_id, with_for_update=True, populate_existing=True)
    if referral.state not in OPEN_REFERRALS:
        return Kept.CLOSED
    session.execute(delete(AnswerDraft).where(AnswerDraft.saved_at < now - KEPT_FOR))
    session.execute(delete(Evidence).where(Evidence.answer_id.is_(None), Evidence.put_at < now - KEPT_FOR))
    row = session.get(AnswerDraft, (referral_id, member.id), populate_existing=True)
    if not text:
        if row is not None:
            session.delete(row)
        return Kept.EMPTY
    if row is None:
        row = AnswerDraft(referral_id=referral_id, staff_id=member.id)
        session.add(row)
    row.text, row.before, row.saved_at = text, None, now
    return Kept.SAVED
