"""Tables of what petitions are about, what is counted of it by day, and the alerts that a person judges."""

from datetime import date, datetime

from sqlalchemy import Date, Float, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class MatterTopic(Table):
    """What a matter is about (`topics.yaml`). `staff_id`: who corrected it; None: it was named by the table alone."""

    __tablename__ = "matter_topics"
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(24))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    named_at: Mapped[datetime]


class TopicCount(Table):
    """Persons of a day by municipality and topic, each once a week. The key begins with the day: scans read days."""

    __tablename__ = "topic_counts"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    municipality: Mapped[str] = mapped_column(String(8), primary_key=True)
    topic: Mapped[str] = mapped_column(String(24), primary_key=True)
    persons: Mapped[int] = mapped_column(Integer)


class Alert(Table):
    """A card. `kind`: topic, conflict, cluster. `topic`: a key; of a cluster its incident's number. `territory`: an
    INEGI key or a region's name. `open_mark`: 1 while nobody has decided, so that no series has two open cards.

    `seen_on`: the last day on which it stood; `window_days`, `observed`, `expected` (None: there is no baseline),
    `every_days` (how often chance shows as much anywhere), `strength` (1 to 3): as they were on that day.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("kind", "topic", "territory", "open_mark"),
        Index("ix_alerts_open", "open_mark", "seen_on"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(24))
    level: Mapped[str] = mapped_column(String(12))
    territory: Mapped[str] = mapped_column(String(60))
    began_on: Mapped[date] = mapped_column(Date)
    seen_on: Mapped[date] = mapped_column(Date)
    window_days: Mapped[int] = mapped_column(Integer)
    observed: Mapped[int] = mapped_column(Integer)
    expected: Mapped[float | None] = mapped_column(Float)
    every_days: Mapped[float | None] = mapped_column(Float)
    strength: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(10))  # open, attention, no_merit, studied
    open_mark: Mapped[int | None] = mapped_column(Integer)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    study_id: Mapped[int | None] = mapped_column(ForeignKey("studies.id"))
