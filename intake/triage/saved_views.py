"""Saved views of the queue: an officer's own names for the filters that they use. Nobody else sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.office import Office
from intake.tables.accounts import SavedView

VIEWS_AT_MOST = 20  # a row of links that is still looked through; no rule asks for more
NAME_MAX, QUERY_MAX = 60, 500


@dataclass(frozen=True)
class ViewLink:
    """`query`: what stands behind the «?» of the queue's address."""

    id: int
    name: str
    query: str


def list_views(office: Office, member: Member) -> Sequence[ViewLink]:
    own = select(SavedView).where(SavedView.staff_id == member.id).order_by(SavedView.name, SavedView.id)
    with reading(office.sessions) as session:
        return [ViewLink(row.id, row.name, row.query) for row in session.scalars(own)]


def save_view(office: Office, member: Member, name: str, query: str) -> None:
    """Under a name that is in use it takes the other's place. Commits. Raises FormRefused: name, many, empty."""
    if not name or len(name) > NAME_MAX:
        raise FormRefused("name")
    if not query or len(query) > QUERY_MAX:
        raise FormRefused("empty")
    own = SavedView.staff_id == member.id
    with office.sessions.begin() as session:
        row = session.scalars(select(SavedView).where(own, SavedView.name == name)).first()
        if row is not None:
            row.query = query
            return
        if (session.scalar(select(func.count()).select_from(SavedView).where(own)) or 0) >= VIEWS_AT_MOST:
            raise FormRefused("many")
        session.add(SavedView(staff_id=member.id, name=name, query=query, saved_at=utc_now()))


def forget_view(office: Office, member: Member, view_id: int) -> None:
    """Of another member's: nothing. Commits."""
    with office.sessions.begin() as session:
        session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.staff_id == member.id))
