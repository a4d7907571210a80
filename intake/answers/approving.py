"""«Por aprobar»: an agency's head sees the liaison's answer before it leaves, where the agency wants it so.

The term goes on meanwhile. What is approved leaves when the head can take that back no more (`leaving`); what is given
back is the writer's draft again. Called by the admin. Each is one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import actor_of, require
from intake.answers.approvals import ApprovalView, Outcome, find_waiting, view_approval, wants_approval
from intake.answers.blanks import find_blanks
from intake.answers.drafts import keep_now
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import OPEN_REFERRALS, Status, check_move
from intake.tables.accounts import Staff
from intake.tables.answers import AgencyWish, Approval
from intake.tables.petitions import Matter, Petition, Referral
from intake.terms.expiring import Term, whole_term
from intake.thinking.effects import Moment
from intake.triage.referrals import acting_on_referral, answer
from intake.triage.undoing import UNDO_FOR
from intake.triage.veil import veil_of

SHOWN_AT_MOST = 100
HEADS = frozenset({Role.HEAD})


@dataclass(frozen=True)
class WaitingAnswer:
    """`words`: what is asked; None for a sensitive matter, which is read, with its answer, on the referral's own page,
    where that is noted."""

    approval: ApprovalView
    referral_id: int
    folio: str
    words: str | None
    term: Term


def answer_or_put_up(office: Office, member: Member, referral_id: int, text: str) -> bool:
    """True: it waits for the head. Commits. Raises as `answer` does, and Stale while one waits already."""
    with reading(office.sessions) as session:
        referral = session.get(Referral, referral_id)
    if referral is None or not goes_to_head(office, member, referral.agency):
        answer(office, member, referral_id, text)
        return False
    _put_up(office, member, referral_id, text)
    return True


def goes_to_head(office: Office, member: Member, agency: str) -> bool:
    """What the member would answer for that agency waits for its head first."""
    with reading(office.sessions) as session:
        return member.role == Role.LIAISON and wants_approval(session, agency)


def list_waiting(office: Office, member: Member) -> Sequence[WaitingAnswer]:
    """Of the head's own agency, soonest due first."""
    wanted = (
        select(Approval, Petition, Matter.text)
        .join(Referral, Referral.id == Approval.referral_id)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Approval.outcome.is_(None), Approval.leaves_at.is_(None), Referral.agency == member.agency)
        .order_by(Petition.due_on, Approval.id)
        .limit(SHOWN_AT_MOST)
    )
    with reading(office.sessions) as session:
        return [_waiting(session, office, member, *row) for row in session.execute(wanted)]


def approve(office: Office, head: Member, approval_id: int) -> str:
    """It leaves in a moment; the folio. Commits. Raises NotAllowed, NotFound (another agency's), Stale, MoveRefused:
    the person took the petition back."""
    author, referral_id = _open(office, head, approval_id)
    with acting_on_referral(office, author, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        matter = moment.session.get_one(Matter, referral.matter_id)
        check_move(Status(matter.status), Status.RESPONDIDA)
        row = _decide(moment.session, head, approval_id)
        row.leaves_at = moment.now + UNDO_FOR
        note(moment.session, petition, moment.now, actor_of(head), "approved", {"approval": row.id})
        return petition.folio


def undo_approval(office: Office, head: Member, approval_id: int) -> str:
    """It waits again; the folio. Commits. Raises NotAllowed, NotFound, Stale: it has left, or another hand decided."""
    author, referral_id = _open(office, head, approval_id)
    with acting_on_referral(office, author, referral_id, OPEN_REFERRALS) as (moment, petition, _):
        row = moment.session.get_one(Approval, approval_id, with_for_update=True, populate_existing=True)
        is_leaving = row.outcome is None and row.leaves_at is not None and moment.now < row.leaves_at
        if not is_leaving or row.decided_by != head.id:
            raise Stale("the answer has left")
        row.leaves_at, row.decided_at, row.decided_by = None, None, None
        note(moment.session, petition, moment.now, actor_of(head), "approval_undone", {"approval": row.id})
        return petition.folio


def return_to_writer(office: Office, head: Member, approval_id: int, reason: str) -> str:
    """The folio. Commits. Raises NotAllowed, NotFound, Stale."""
    author, referral_id = _open(office, head, approval_id)
    with acting_on_referral(office, author, referral_id, OPEN_REFERRALS) as (moment, petition, _):
        row = _decide(moment.session, head, approval_id)
        row.outcome, row.reason = Outcome.RETURNED.value, reason
        note(moment.session, petition, moment.now, actor_of(head), "approval_returned", {"approval": row.id})
        return petition.folio


def set_wish(office: Office, member: Member, agency: str, *, wants: bool) -> None:
    """Commits. Raises NotAllowed, NotFound, FormRefused: nobody could approve."""
    require(member, frozenset({Role.ADMINISTRATOR}))
    office.jurisdiction.get_agency(agency)
    with office.sessions.begin() as session:
        if wants and not _has_head(session, agency):
            raise FormRefused("no_head")
        row = session.get(AgencyWish, agency) or AgencyWish(agency=agency)
        row.wants_approval, row.changed_at, row.changed_by = wants, utc_now(), member.id
        session.add(row)


def _put_up(office: Office, member: Member, referral_id: int, text: str) -> None:
    """The draft stays as it is, for the case that it comes back."""
    if find_blanks(text):
        raise FormRefused("blank")
    keep_now(office, member, referral_id, text)
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        put_up(moment, petition, referral, member, text)


def put_up(moment: Moment, petition: Petition, referral: Referral, member: Member, text: str) -> None:
    """Before the agency's head, with the files of the member's draft. Does not commit. Raises Stale."""
    moment.session.refresh(referral, with_for_update=True)  # a file that is put at this moment is in, or refused
    if find_waiting(moment.session, referral.id):
        raise Stale("an answer waits for the head already")
    row = Approval(referral_id=referral.id, staff_id=member.id, text=text, put_at=moment.now)
    moment.session.add(row)
    moment.session.flush()
    note(moment.session, petition, moment.now, actor_of(member), "put_up", {"approval": row.id})


def _waiting(
    session: Session, office: Office, member: Member, row: Approval, petition: Petition, asked: str
) -> WaitingAnswer:
    words = None if petition.is_sensitive else veil_of(session, petition, member).text(asked)
    view = view_approval(session, row)
    return WaitingAnswer(view, row.referral_id, petition.folio, words, whole_term(office, petition))


def _open(office: Office, head: Member, approval_id: int) -> tuple[Member, int]:
    """Who wrote it, as the one in whose name it leaves, and the referral."""
    require(head, HEADS)
    with reading(office.sessions) as session:
        row = session.get(Approval, approval_id)
        referral = session.get_one(Referral, row.referral_id) if row else None
        if row is None or referral is None or referral.agency != head.agency:
            raise NotFound(f"no answer {approval_id} to approve")
        return author_of(session, row, referral), referral.id


def author_of(session: Session, row: Approval, referral: Referral) -> Member:
    """Who wrote it, as the one in whose name it leaves."""
    author = session.get_one(Staff, row.staff_id)
    return Member(author.id, author.username, author.name, Role.LIAISON, referral.agency, "")


def _decide(session: Session, head: Member, approval_id: int) -> Approval:
    row = session.get_one(Approval, approval_id, with_for_update=True, populate_existing=True)
    if row.outcome is not None or row.leaves_at is not None:
        raise Stale("it is decided already")
    row.decided_at, row.decided_by = utc_now(), head.id
    return row


def _has_head(session: Session, agency: str) -> bool:
    heads = Staff.role == Role.HEAD.value, Staff.agency == agency, Staff.is_active
    return session.scalars(select(Staff.id).where(*heads).limit(1)).first() is not None
