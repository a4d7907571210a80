"""Tables of the office's days and months: closed days, terms that stand still, figures frozen, figures of others."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class CalendarChange(Table):
    """One change of the office's table of days, never altered; `number` is the version of the calendar that it makes.

    `kind`: closed (no office), working (office on a day that the file closes), suspended (terms stand still: of
    `municipalities` by their INEGI keys, of all when None), withdrawn (the change `of_number` counts no more).
    `source`: the legal citation.
    """

    __tablename__ = "calendar_changes"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    of_number: Mapped[int | None] = mapped_column(ForeignKey("calendar_changes.number"), unique=True)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    municipalities: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Pause(Table):
    """The one time that a petition's term stood still: from the question to the datum, or to `ends_on`."""

    __tablename__ = "pauses"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    began_at: Mapped[datetime]
    was_due_on: Mapped[date] = mapped_column(Date)
    days_left: Mapped[int] = mapped_column(Integer)
    ends_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None]


class IndicatorSnapshot(Table):
    """A month's figure as it was reported, written once. `keys`: ids of its `numerator`'s and `denominator`'s rows."""

    __tablename__ = "indicator_snapshots"
    __table_args__ = (UniqueConstraint("month", "indicator", "reading"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    month: Mapped[date] = mapped_column(Date)  # its first day
    indicator: Mapped[str] = mapped_column(String(16))
    reading: Mapped[str] = mapped_column(String(16))
    numerator: Mapped[int] = mapped_column(Integer)
    denominator: Mapped[int] = mapped_column(Integer)
    keys: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime]


class PublishedValue(Table):
    """A figure that others publish, as somebody wrote it down: only added to, the newest row of a year counts.

    `value`: per cent, None: the one written before was wrong and there is none. `source`: where it stands.
    """

    __tablename__ = "published_values"
    __table_args__ = (Index("ix_published_values_series", "series", "year"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    series: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    value: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(300))
    noted_at: Mapped[datetime]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: at the console
