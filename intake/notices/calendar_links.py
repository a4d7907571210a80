"""The secret address under which a member's calendar program reads their terms: made, renewed, ended, looked up."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role, token_hash
from intake.acting import require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.notices.mail_wishes import READERS
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.notices import CalendarLink

TOKEN_BYTES = 32


def make_link(office: Office, member: Member) -> str:
    """The token, which is shown this once; the one before is good no more. Commits. Raises NotAllowed."""
    require(member, READERS)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with office.sessions.begin() as session:
        session.execute(delete(CalendarLink).where(CalendarLink.staff_id == member.id))
        session.add(CalendarLink(staff_id=member.id, token_hash=token_hash(token), made_at=utc_now()))
        note_act(session, staff_of(member.id), Act.CALENDAR_LINK_MADE)
    return token


def end_link(office: Office, member: Member) -> None:
    """Commits."""
    with office.sessions.begin() as session:
        session.execute(delete(CalendarLink).where(CalendarLink.staff_id == member.id))
        note_act(session, staff_of(member.id), Act.CALENDAR_LINK_ENDED)


def made_at(session: Session, staff_id: int) -> datetime | None:
    return session.scalar(select(CalendarLink.made_at).where(CalendarLink.staff_id == staff_id))


def find_owner(session: Session, token: str) -> Member | None:
    """As the account is now: one that was closed, or whose role sees no petition any more, has no calendar."""
    own = select(Staff).join(CalendarLink, CalendarLink.staff_id == Staff.id)
    row = session.scalars(own.where(CalendarLink.token_hash == token_hash(token), Staff.is_active.is_(True))).first()
    if row is None or Role(row.role) not in READERS:
        return None
    return Member(row.id, row.username, row.name, Role(row.role), row.agency, "")
