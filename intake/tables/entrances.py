"""Tables of how staff come in by another door, and of who has a petition open at this moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class StaffIdentity(Table):
    """An account of the organisation's own log-in that opens one here: its issuer's name for a person, never changed.

    `linked_by` None: the member came with a verified address that was theirs here, or by an invitation.
    """

    __tablename__ = "staff_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("issuer", "staff_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    used_at: Mapped[datetime | None]


class Presence(Table):
    """Who looks at a petition, as an open stream says now and then; over when nothing was said for a while."""

    __tablename__ = "presences"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False, index=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
