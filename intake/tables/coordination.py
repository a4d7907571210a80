"""Tables of interinstitutional coordination: mechanisms and agreements by their days, analyses and proposals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Mechanism(Table):
    """`kind`: mechanism, agreement. `agencies`: keys of its parties; `others`: parties that are in no catalogue."""

    __tablename__ = "mechanisms"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    agencies: Mapped[list[Any]] = mapped_column(JSON)
    others: Mapped[str | None] = mapped_column(String(300))
    proposed_on: Mapped[date] = mapped_column(Date)
    approved_on: Mapped[date | None] = mapped_column(Date)
    signed_on: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class CoordinationWork(Table):
    """`kind`: analysis (of compliance), proposal (of improvement), of one agency or of all. `made_on` None: planned."""

    __tablename__ = "coordination_works"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    agency: Mapped[str | None] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column(Text)
    planned_on: Mapped[date] = mapped_column(Date)
    made_on: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
