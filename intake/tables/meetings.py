"""Tables of meetings: their agenda, who came, what was brought and said, what was agreed and by whom, papers."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Meeting(Table):
    """`kind`: political, social, table (mesa de diálogo), informative. `state`: planned, held, cancelled.

    `told`: what was answered to the community; `interpreter`: who interprets, where one is needed.
    """

    __tablename__ = "meetings"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(300))
    municipality: Mapped[str | None] = mapped_column(String(8))  # INEGI key
    community: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(40))  # key of the jurisdiction's languages
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    interpreter: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    held_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(300))  # why it was cancelled
    minutes: Mapped[str | None] = mapped_column(Text)
    told: Mapped[str | None] = mapped_column(Text)
    told_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class MeetingItem(Table):
    """A point of the agenda, in the order of its number."""

    __tablename__ = "meeting_items"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))


class Attendee(Table):
    """Who came and for whom they speak. `sector`: an order of government, a community, others. `way`: qr, staff.

    No name is kept without the person's consent; without it `name` is empty and only the attendance counts.
    """

    __tablename__ = "meeting_attendees"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    represents: Mapped[str] = mapped_column(String(200))
    sector: Mapped[str] = mapped_column(String(12))
    way: Mapped[str] = mapped_column(String(6))
    consents: Mapped[bool]
    came_at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class MeetingPetition(Table):
    """A petition that was brought to a meeting. `consents_at`: when its person said yes to messages about it."""

    __tablename__ = "meeting_petitions"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(
        ForeignKey("petitions.id"), primary_key=True, autoincrement=False, index=True
    )
    brought_at: Mapped[datetime]
    brought_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    consents_at: Mapped[datetime | None]
    consented_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    invited_at: Mapped[datetime | None]


class MeetingOpinion(Table):
    """What was said at a meeting, in the words of who wrote it down. `said_by`: a community or an office, no person."""

    __tablename__ = "meeting_opinions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    said_by: Mapped[str] = mapped_column(String(200))
    noted_at: Mapped[datetime]
    noted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Agreement(Table):
    """What was agreed on at a meeting. `state`: open, fulfilled (with `evidence`), dropped (with `reason`)."""

    __tablename__ = "agreements"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_items.id"))
    text: Mapped[str] = mapped_column(Text)
    reached_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date, index=True)
    state: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(300))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class AgreementParty(Table):
    """Who answers for an agreement: an agency of the catalogue, or an office by its name."""

    __tablename__ = "agreement_parties"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    agency: Mapped[str | None] = mapped_column(String(24), index=True)
    name: Mapped[str | None] = mapped_column(String(200))


class AgreementReminder(Table):
    """That the person of a petition was told of an agreement's day, so that they are told once."""

    __tablename__ = "agreement_reminders"
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(
        ForeignKey("petitions.id"), primary_key=True, autoincrement=False, index=True
    )
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    told_at: Mapped[datetime]


class MeetingFile(Table):
    """A file of a meeting's minutes, or (`agreement_id`) of an agreement's evidence. `sha256`: of what is kept."""

    __tablename__ = "meeting_files"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(80))
    put_at: Mapped[datetime]
    put_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
