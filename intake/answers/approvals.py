"""Answers that wait for an agency's head, as rows: which agency wants it, what waits, what was given back.

Called by `approving`, `referrals`, `attaching`, `dossier`, `expiring`. Never commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from intake.answers.evidence import list_of_draft
from intake.answers.evidence_views import EvidenceView, view_of
from intake.clock import utc_now
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.accounts import Staff
from intake.tables.answers import AgencyWish, Approval
from intake.tables.petitions import Referral


class Outcome(StrEnum):
    APPROVED = "approved"
    RETURNED = "returned"
    OVERTAKEN = "overtaken"  # the referral ended another way


@dataclass(frozen=True)
class ApprovalView:
    """`is_waiting`: for the head; else it was given back with `reason`. `is_leaving`: the head approved it a moment
    ago."""

    id: int
    staff_id: int
    author: str
    text: str
    put_at: datetime
    is_waiting: bool
    is_leaving: bool
    reason: str | None
    head: str | None
    files: tuple[EvidenceView, ...]


def wants_approval(session: Session, agency: str) -> bool:
    wish = session.get(AgencyWish, agency)
    return wish is not None and wish.wants_approval


def list_wishes(session: Session) -> frozenset[str]:
    """Agencies whose head sees the answers first."""
    return frozenset(session.scalars(select(AgencyWish.agency).where(AgencyWish.wants_approval)))


def find_waiting(session: Session, referral_id: int) -> Approval | None:
    waiting = Approval.referral_id == referral_id, Approval.outcome.is_(None)
    return session.scalars(select(Approval).where(*waiting)).first()


def find_newest(session: Session, referral: Referral) -> ApprovalView | None:
    """What waits or was given back last, as long as the referral is open."""
    if referral.state not in OPEN_REFERRALS:
        return None
    own = select(Approval).where(Approval.referral_id == referral.id).order_by(Approval.id.desc()).limit(1)
    row = session.scalars(own).first()
    return view_approval(session, row) if row and row.outcome in (None, Outcome.RETURNED) else None


def list_standing(session: Session, referral_ids: Sequence[int]) -> Mapping[int, bool]:
    """Of open referrals: True where an answer waits for the head, False where the newest was given back."""
    newest = select(func.max(Approval.id)).where(Approval.referral_id.in_(referral_ids)).group_by(Approval.referral_id)
    rows = session.execute(select(Approval.referral_id, Approval.outcome).where(Approval.id.in_(newest)))
    return {number: outcome is None for number, outcome in rows if outcome in (None, Outcome.RETURNED)}


def overtake(session: Session, referral_id: int) -> None:
    """The referral ended another way: nobody approves anything of it any more."""
    waiting = update(Approval).where(Approval.referral_id == referral_id, Approval.outcome.is_(None))
    session.execute(waiting.values(outcome=Outcome.OVERTAKEN.value, decided_at=utc_now(), leaves_at=None))


def view_approval(session: Session, row: Approval) -> ApprovalView:
    head = session.get(Staff, row.decided_by) if row.decided_by else None
    files = list_of_draft(session, row.referral_id, row.staff_id) if row.outcome is None else ()
    return ApprovalView(
        id=row.id,
        staff_id=row.staff_id,
        author=session.get_one(Staff, row.staff_id).name,
        text=row.text,
        put_at=row.put_at,
        is_waiting=row.outcome is None,
        is_leaving=row.outcome is None and row.leaves_at is not None,
        reason=row.reason,
        head=head.name if head else None,
        files=tuple(map(view_of, files)),
    )
