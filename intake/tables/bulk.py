"""Tables of one answer to the petitions of an incident: what was written once, and to whom it has gone so far."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class BulkAnswer(Table):
    """`key`: drawn with the form, so that a form that is sent twice is one. `text`: with its blanks, which each
    petition fills; `ended_at`: nobody of it is left."""

    __tablename__ = "bulk_answers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    agency: Mapped[str] = mapped_column(String(24))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BulkMember(Table):
    """A referral that it answers. `outcome`: None until its turn comes; then what became of it (`bulk_answers`)."""

    __tablename__ = "bulk_members"
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_answers.id"), primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), primary_key=True, index=True)
    outcome: Mapped[str | None] = mapped_column(String(10))
    settled_at: Mapped[datetime | None]
