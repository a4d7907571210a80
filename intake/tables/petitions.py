"""Tables of the case: the petition, its matters, their referrals, and every move in its history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.database import SEARCH_INDEXES
from intake.tables.base import Id, Table


class Petition(Table):
    """The case. `status` is derived from its slowest matter; `version`: two editors never overwrite."""

    __tablename__ = "petitions"
    __table_args__ = (
        Index("ix_petitions_queue", "status", "is_urgent", "opened_at"),
        Index("ix_petitions_line", "status", "tier", "due_on", "opened_at"),
        Index("ix_petitions_due", "status", "due_on"),
        Index("ix_petitions_place", "municipality", "opened_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    folio: Mapped[str] = mapped_column(String(24), unique=True)
    folio_part: Mapped[str] = mapped_column(String(8), index=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    due_on: Mapped[date] = mapped_column(Date)
    calendar: Mapped[int] = mapped_column(Integer, server_default="0")  # the change of it that `due_on` knows of
    # The citizen's term that `due_on` was counted with; None: a date of its own, which follows no other term.
    term_days: Mapped[int | None] = mapped_column(Integer)
    term_is_business: Mapped[bool | None]
    paused_left: Mapped[int | None] = mapped_column(Integer)  # business days left of a term that stands still
    municipality: Mapped[str | None] = mapped_column(String(8))  # INEGI key
    place_text: Mapped[str | None] = mapped_column(String(300))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    emergency: Mapped[str | None] = mapped_column(String(24))
    is_urgent: Mapped[bool] = mapped_column(default=False)
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    wants_person: Mapped[bool] = mapped_column(default=False)
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    is_anonymous: Mapped[bool] = mapped_column(default=False, server_default=false())  # the person asked for it
    is_minor: Mapped[bool] = mapped_column(default=False, server_default=false())  # told by a child
    tier: Mapped[int] = mapped_column(SmallInteger, default=3, server_default="3")  # of the queue (`line.tier_of`)
    closing_reason: Mapped[str | None] = mapped_column(String(40))
    is_solved: Mapped[bool | None]
    data_right: Mapped[str | None] = mapped_column(String(16))  # asked for over one's own data; None: other
    is_blocked: Mapped[bool] = mapped_column(default=False, server_default=false())  # its person's data are (`erasing`)
    contingency_id: Mapped[int | None] = mapped_column(ForeignKey("contingencies.id"), index=True)
    # Of a contingency, as far as it was told: what (bot.damage_talk.WHAT), words, is_hurt, where.
    damage: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(Integer)
    matters: Mapped[list["Matter"]] = relationship(order_by="Matter.id")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def hides_identity(self) -> bool:
        """No agency sees who told it, staff only with a reason (`veil`)."""
        return self.is_anonymous or self.is_minor


class Capture(Table):
    """How a petition came that no chat brought. `way`: one of `capturing.CameBy`; `phone`: to be told by, as digits.

    `came_at`: when it reached the office, from which its term counts; `captured_at`: when it was written down.
    """

    __tablename__ = "captures"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    way: Mapped[str] = mapped_column(String(8))
    phone: Mapped[str | None] = mapped_column(String(20))
    came_at: Mapped[datetime]
    captured_at: Mapped[datetime]


class Matter(Table):
    """One problem inside a petition."""

    __tablename__ = "matters"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    agency: Mapped[str | None] = mapped_column(String(24))  # where it is, or was decided to go
    told: Mapped[str | None] = mapped_column(String(24))  # whose it is by the citizen's answer to a question
    told_words: Mapped[str | None] = mapped_column(String(80))


class Referral(Table):
    """A matter sent to an agency. `kind`: canalizacion (state executive), remision (outside it)."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_inbox", "agency", "state", "issued_at"),
        Index("ix_referrals_issued", "issued_at", "state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    agency: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))  # issued, accepted, returned, answered, undone
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    accepted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    return_agency: Mapped[str | None] = mapped_column(String(24))  # whose it is by who gave it back
    answered_at: Mapped[datetime | None]
    leaves_at: Mapped[datetime | None]  # before it the officer may take it back; None: at once
    datum: Mapped[str | None] = mapped_column(String(8))  # of the newest inquiry: asked, came
    version: Mapped[int] = mapped_column(Integer)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Joining(Table):
    """A petition that is attended with another one, `lead_id`, and answered with it. A petition's newest row counts.

    `was_due_on`: the term of the leading one before. `ended_at`: it is attended by itself again.
    """

    __tablename__ = "joinings"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    joined_at: Mapped[datetime]
    leaves_at: Mapped[datetime | None]  # before it the officer may take it back
    was_due_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None]


class Alarm(Table):
    """An officer's word that a petition is an emergency, or (`kind` None) that it is none, with the reason."""

    __tablename__ = "alarms"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str | None] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime]


class Inquiry(Table):
    """A datum that an agency asked the citizen for. `messages`: ids of those that came in answer."""

    __tablename__ = "inquiries"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    came_at: Mapped[datetime | None]
    messages: Mapped[list[Any]] = mapped_column(default=list)


class Consultation(Table):
    """What the agency of a referral asked another agency, and what that one said. The citizen is told nothing of it."""

    __tablename__ = "consultations"
    __table_args__ = (Index("ix_consultations_inbox", "agency", "replied_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    agency: Mapped[str] = mapped_column(String(24))  # which is asked
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    reply: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class ReferralCopy(Table):
    """An agency that a rule names beside the one that answers: it reads the matter. `seen_at`: first opened there."""

    __tablename__ = "referral_copies"
    __table_args__ = (UniqueConstraint("referral_id", "agency"), Index("ix_referral_copies_inbox", "agency", "id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"))
    agency: Mapped[str] = mapped_column(String(24))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class Extension(Table):
    """The one time that a petition's term was extended, with the reason that the citizen was told."""

    __tablename__ = "extensions"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]
    was_due_on: Mapped[date] = mapped_column(Date)


class Interpretation(Table):
    """The wish for an interpreter and what became of it. `state`: requested, assigned, appointment, done.

    `language`: its name in Spanish; `town`: in the person's words; `interpreter`: who; `place`: of an appointment.
    """

    __tablename__ = "interpretations"
    __table_args__ = (Index("ix_interpretations_state", "state", "requested_at"),)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))
    language: Mapped[str | None] = mapped_column(String(80))
    town: Mapped[str | None] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    moved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    interpreter: Mapped[str | None] = mapped_column(String(200))
    meets_at: Mapped[datetime | None]
    place: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(String(500))


class Contingency(Table):
    """A mass event that an officer declared, with the official notice that a new petition gets first.

    `open_mark`: 1 for the one that is on, so that there are never two. `ends_at`: when it ends by itself, if nobody
    ends it before; `ended_by` None then.
    """

    __tablename__ = "contingencies"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    open_mark: Mapped[int | None] = mapped_column(Integer, unique=True)
    reason: Mapped[str] = mapped_column(String(300))
    notice: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(300))
    source_at: Mapped[datetime]
    began_at: Mapped[datetime]
    began_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class HistoryEntry(Table):
    """What happened to a petition, append only; each entry's hash covers the one before it."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("petition_id", "number"), Index("ix_history_name", "name", "happened_at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    number: Mapped[int] = mapped_column(Integer)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))  # citizen, machine, staff:<id>
    name: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SearchText(Table):
    """What a petition is found by (`search_words.document_of`); the databases' own indexes of it are in `database`."""

    __tablename__ = "search_texts"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text)


for _dialect, _statements in SEARCH_INDEXES.items():
    for _statement in _statements:
        _made: Any = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(SearchText.__table__, "after_create", _made.execute_if(dialect=_dialect))
