"""Tables of component 1: programmes that are watched, their risk, and what was studied, analysed and proposed."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Programme(Table):
    """A government programme that the office watches from `since` to `until`. `agency`: a key."""

    __tablename__ = "programmes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    agency: Mapped[str] = mapped_column(String(24))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class ProgrammeRisk(Table):
    """A person's grade of a programme's risk (low, medium, high), only added to; the newest by `assessed_on` holds."""

    __tablename__ = "programme_risks"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    risk: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(500))
    assessed_on: Mapped[date] = mapped_column(Date)
    noted_at: Mapped[datetime]
    noted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Study(Table):
    """`kind`: study, analysis, proposal. `state`: planned, in_progress, delivered, cancelled."""

    __tablename__ = "studies"
    __table_args__ = (Index("ix_studies_planned", "kind", "planned_on"), Index("ix_studies_delivered", "delivered_on"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    state: Mapped[str] = mapped_column(String(12))
    planned_on: Mapped[date] = mapped_column(Date)
    delivered_on: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class StudyPetition(Table):
    """A petition that a study leans on."""

    __tablename__ = "study_petitions"
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
