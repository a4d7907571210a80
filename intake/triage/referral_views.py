"""Referrals as pages show them: with their answers, what was asked, and how far it came. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.answers.approvals import ApprovalView, find_newest
from intake.answers.evidence_views import EvidenceView, view_answers_files
from intake.audit.trail import STAFF
from intake.jurisdiction import Agency
from intake.office import Office
from intake.outgoing.notified import ANSWER, key_of
from intake.petitions.inquiries import ASKED, list_inquiries, reply_of
from intake.petitions.states import MOVES, OPEN_REFERRALS, Status
from intake.tables.accounts import Staff
from intake.tables.answers import Answer
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry, Inquiry, Matter, Referral
from intake.triage.consulting import ConsultationView, view_consultations
from intake.triage.informing import CopyView, view_copies
from intake.triage.speech import Delivery, delivery_of

UNDONE = "undone"  # a referral that was taken back before it left: the agency never had it


@dataclass(frozen=True)
class AnswerView:
    id: int
    at: datetime
    author: str
    text: str
    delivery: Delivery | None
    files: tuple[EvidenceView, ...]


@dataclass(frozen=True)
class InquiryView:
    """What the agency asked the citizen. `came_at` None: it waits for the answer still. `written_by`: who wrote the
    answer down, `way`: how it came, where no chat brought it."""

    at: datetime
    author: str
    text: str
    delivery: Delivery | None
    came_at: datetime | None
    written_by: str | None = None
    way: str | None = None


@dataclass(frozen=True)
class ReferralView:
    """`may_accept`, `may_answer`, `may_ask`: the lifecycle allows it now. `datum`: asked, came, or nothing asked.
    `approval`: an answer that waits for the agency's head, or that came back from there."""

    id: int
    agency: Agency | None
    agency_key: str
    is_outside: bool
    state: str
    issued_at: datetime
    accepted_at: datetime | None
    returned_at: datetime | None
    return_reason: str | None
    return_agency: Agency | None
    answers: tuple[AnswerView, ...]
    datum: str | None
    inquiries: tuple[InquiryView, ...]
    consultations: tuple[ConsultationView, ...]
    copies: tuple[CopyView, ...]
    may_accept: bool
    may_answer: bool
    may_ask: bool
    approval: ApprovalView | None


def view_referrals(
    session: Session, office: Office, matters: Sequence[Matter], scope: Referral | None
) -> Sequence[ReferralView]:
    by_id = {matter.id: matter for matter in matters}
    rows = select(Referral).where(Referral.matter_id.in_(by_id)).order_by(Referral.id.desc())
    if scope is not None:
        rows = rows.where(Referral.id == scope.id)
    return [view_referral(session, office, row, by_id[row.matter_id]) for row in session.scalars(rows)]


def view_referral(session: Session, office: Office, row: Referral, matter: Matter) -> ReferralView:
    status = Status(matter.status)
    wanted = select(Answer, Staff.name).join(Staff, Staff.id == Answer.staff_id).where(Answer.referral_id == row.id)
    answers = session.execute(wanted.order_by(Answer.id)).all()
    is_open = row.state in OPEN_REFERRALS and Status.RESPONDIDA in MOVES[status]
    return ReferralView(
        id=row.id,
        agency=office.jurisdiction.find_agency(row.agency),
        agency_key=row.agency,
        is_outside=row.kind == "remision",
        state=row.state,
        issued_at=row.issued_at,
        accepted_at=row.accepted_at,
        returned_at=row.returned_at,
        return_reason=row.return_reason,
        return_agency=office.jurisdiction.find_agency(row.return_agency),
        answers=tuple(_answer(session, answer, author, matter.petition_id) for answer, author in answers),
        datum=row.datum if is_open else None,
        inquiries=tuple(_inquiry(session, inquiry) for inquiry in list_inquiries(session, row.id)),
        consultations=tuple(view_consultations(session, office, row)),
        copies=tuple(view_copies(session, office, row.id)),
        may_accept=row.state == "issued" and Status.ACEPTADA in MOVES[status],
        may_answer=is_open,
        may_ask=is_open and row.datum != ASKED,
        approval=find_newest(session, row),
    )


def _answer(session: Session, answer: Answer, author: str, petition_id: int) -> AnswerView:
    files = view_answers_files(session, answer, petition_id)
    return AnswerView(answer.id, answer.created_at, author, answer.text, _delivery(session, answer, petition_id), files)


def _inquiry(session: Session, row: Inquiry) -> InquiryView:
    reply = reply_of(session, row)
    author = session.get_one(Staff, row.staff_id).name
    delivery, written = delivery_of(reply) if reply else None, _written(session, row)
    return InquiryView(row.asked_at, author, row.text, delivery, row.came_at, *written)


def _written(session: Session, row: Inquiry) -> tuple[str | None, str | None]:
    if row.came_at is None:
        return None, None
    petition = select(Matter.petition_id).join(Referral, Referral.matter_id == Matter.id)
    of_petition = petition.where(Referral.id == row.referral_id).scalar_subquery()
    noted = select(HistoryEntry).where(HistoryEntry.petition_id == of_petition, HistoryEntry.name == "datum_written")
    own = next((entry for entry in session.scalars(noted) if entry.data.get("inquiry") == row.id), None)
    if own is None:
        return None, None
    writer = session.get(Staff, int(own.actor.removeprefix(STAFF)))
    return writer.name if writer else own.actor, own.data["way"]


def _delivery(session: Session, answer: Answer, petition_id: int) -> Delivery | None:
    """Of the answer's first message; None while it is reserved and not read out. Among the petition's own: how a key
    begins is asked of all replies there are."""
    own = select(Reply).where(Reply.petition_id == petition_id, Reply.purpose == ANSWER).order_by(Reply.id)
    beginning = f"{key_of(answer.id)}-"
    reply = next((one for one in session.scalars(own) if one.key.startswith(beginning)), None)
    return delivery_of(reply) if reply else None
