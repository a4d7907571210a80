"""Tables of what reaches staff outside the app: their mail and wishes, their calendar's link, who is on duty."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table
from intake.tables.outbox import Outgoing


class MailWish(Table):
    """Where a member of staff is written to, and of what. `wish`: one of `mail_wishes.Wish`.

    `asked`: what the link says that is to confirm the address, good once; `confirmed_at` None: no letter goes there
    but the one with that link.
    """

    __tablename__ = "mail_wishes"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(String(254))
    wish: Mapped[str] = mapped_column(String(12))
    asked: Mapped[str | None] = mapped_column(String(32))
    confirmed_at: Mapped[datetime | None]


class Mail(Outgoing, Table):
    """One letter to a member of staff, written with the act that it tells of. `state`: waiting, sent, dead, skipped.

    `data`: folio, agency, days and counts, never a person's words; the sentences are put around it when it is sent.
    `public_id` makes its Message-ID, so that a mail program knows one that came twice.
    """

    __tablename__ = "mails"
    __table_args__ = (UniqueConstraint("staff_id", "key"), Index("ix_mails_waiting", "state", "next_attempt_at"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(12))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"), index=True)
    data: Mapped[dict[str, Any]]


class ToldTerm(Table):
    """That a member was written to about a referral, once each. `step`: whose term is over; `red_` with a step, `head`,
    `office`: whose matter it became."""

    __tablename__ = "told_terms"
    __table_args__ = (UniqueConstraint("staff_id", "referral_id", "step"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    step: Mapped[str] = mapped_column(String(12))


class CalendarLink(Table):
    """A member's secret address for calendar programs. Only its hash is kept; it is shown once."""

    __tablename__ = "calendar_links"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class DutyShift(Table):
    """Hours in which somebody is called for emergencies. Two may be on duty together."""

    __tablename__ = "duty_shifts"
    __table_args__ = (UniqueConstraint("staff_id", "starts_at"), Index("ix_duty_shifts_ends_at", "ends_at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class DutyFallback(Table):
    """Who is called when nobody is on duty; the newest row counts. `who`: one of `duty.Fallback`."""

    __tablename__ = "duty_fallbacks"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    who: Mapped[str] = mapped_column(String(16))
    set_at: Mapped[datetime]
    set_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
