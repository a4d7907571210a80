"""Whether something has come since a list was opened: what `admin` asks of the queue and of an inbox now and then.

Two numbers are kept by the page, none here: the newest row that there was, and how many waited. Reads alone, no locks.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.petitions.states import NEEDS_TRIAGE, OPEN_REFERRALS
from intake.tables.outgoing import Task
from intake.tables.petitions import Petition, Referral

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Mark:
    """What a list showed: the newest number there was, and how many waited."""

    newest: int
    waiting: int


def mark_queue(session: Session) -> Mark:
    return Mark(session.scalar(select(func.max(Petition.id))) or 0, _count(session, Petition.id, _in_triage()))


def mark_inbox(session: Session, member: Member) -> Mark:
    """Of the member's own agency."""
    newest = session.scalar(select(func.max(Referral.id)).where(Referral.agency == member.agency)) or 0
    return Mark(newest, _count(session, Referral.id, _in_inbox(member)))


def count_new_in_queue(session: Session, since: Mark) -> int:
    """Petitions that came since; or by how many more wait, where some came back."""
    waiting = _count(session, Petition.id, _in_triage())
    return max(_count(session, Petition.id, (*_in_triage(), Petition.id > since.newest)), waiting - since.waiting)


def count_new_in_inbox(session: Session, member: Member, since: Mark) -> int:
    """As `count_new_in_queue`: what an officer may still take back is older than the mark when it comes."""
    own = _in_inbox(member)
    newer = _count(session, Referral.id, (*own, Referral.id > since.newest))
    return max(newer, _count(session, Referral.id, own) - since.waiting)


def count_new_tasks(session: Session, since: Mark) -> int:
    now = look_at_tasks(session)
    newer = select(func.count()).where(Task.closed_at.is_(None), Task.id > since.newest)
    return max(session.scalar(newer) or 0, now.waiting - since.waiting)


def _in_triage() -> Conditions:
    return (Petition.status.in_(sorted(status.value for status in NEEDS_TRIAGE)),)


def _in_inbox(member: Member) -> Conditions:
    has_left = or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())
    return Referral.agency == member.agency, Referral.state.in_(OPEN_REFERRALS), has_left


def _count(session: Session, column: InstrumentedAttribute[int], conditions: Conditions) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def look_at_inboxes(session: Session, agencies: Collection[str]) -> dict[str, Mark]:
    """Each of those agencies' mark, in one question."""
    has_left = or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())
    own = Referral.agency.in_(agencies), Referral.state.in_(OPEN_REFERRALS), has_left
    counted = select(Referral.agency, func.max(Referral.id), func.count()).where(*own).group_by(Referral.agency)
    return dict.fromkeys(agencies, Mark(0, 0)) | {row[0]: Mark(row[1], row[2]) for row in session.execute(counted)}


def look_at_tasks(session: Session) -> Mark:
    """Of what is still to be told in person."""
    row = session.execute(select(func.max(Task.id), func.count()).where(Task.closed_at.is_(None))).one()
    return Mark(row[0] or 0, row[1])
