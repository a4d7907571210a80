"""A member's own log-ins: where they are open, when they were last used; all but this one are ended with a word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role, end_sessions, find_member, token_hash
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.tables.accounts import Staff, StaffSession

SEEN_EVERY = timedelta(minutes=5)  # a write for each page would be one too many


@dataclass(frozen=True)
class LogIn:
    """`agent`: what the browser calls itself. `is_this`: the one that asks."""

    began_at: datetime
    seen_at: datetime | None
    agent: str | None
    is_this: bool


def recognise(office: Office, token: str | None) -> Member | None:
    """Who holds the token (`find_member`); that they were here is kept now and then."""
    with reading(office.sessions) as session:
        member = find_member(session, token)
    now = utc_now()
    if member and token and (member.seen_at is None or now - member.seen_at >= SEEN_EVERY):
        seen = update(StaffSession).where(StaffSession.token_hash == token_hash(token)).values(seen_at=now)
        with office.sessions.begin() as session:
            session.execute(seen)
    return member


def list_standing(session: Session, token_hashes: Collection[str]) -> dict[str, tuple[Role, str | None]]:
    """Of those log-ins the ones that still stand, with the role and the agency that their owner has now."""
    owners = select(StaffSession.token_hash, Staff.role, Staff.agency).join(Staff, Staff.id == StaffSession.staff_id)
    good = StaffSession.token_hash.in_(token_hashes), StaffSession.expires_at > utc_now(), Staff.is_active.is_(True)
    return {row[0]: (Role(row[1]), row[2]) for row in session.execute(owners.where(*good))}


def list_log_ins(session: Session, member: Member, token: str) -> Sequence[LogIn]:
    """This one first, then the newest."""
    own = StaffSession.staff_id == member.id, StaffSession.expires_at > utc_now()
    rows = session.scalars(select(StaffSession).where(*own).order_by(StaffSession.created_at.desc())).all()
    this = token_hash(token)
    log_ins = [LogIn(row.created_at, row.seen_at, row.agent, row.token_hash == this) for row in rows]
    return sorted(log_ins, key=lambda one: not one.is_this)


def end_others(office: Office, member: Member, token: str) -> None:
    """Commits."""
    with office.sessions.begin() as session:
        end_sessions(session, member.id, but=token)
        note_act(session, staff_of(member.id), Act.OTHERS_LOGGED_OUT)
