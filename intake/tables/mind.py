"""Tables of what the machine thinks, what people decided, and what it learns of that."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class SuggestionRow(Table):
    """What the machine said of a matter and what the rules made of it; never overwritten, the newest counts.

    `ranking`: [{agency, probability, because: [{start, end, text}]}] best first. `trace`: rules tried, in order.
    """

    __tablename__ = "suggestions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    created_at: Mapped[datetime]
    model_version: Mapped[str | None] = mapped_column(String(80))
    ranking: Mapped[list[Any]]
    rule: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    agency: Mapped[str | None] = mapped_column(String(24))  # the rules' proposal
    trace: Mapped[list[Any]]
    kind: Mapped[str | None] = mapped_column(String(24))  # of message, as the rules saw it
    rules_version: Mapped[int | None] = mapped_column(Integer)  # of the rules that proposed it (`rulebook`)
    is_sure: Mapped[bool] = mapped_column(default=False)  # the mind's first agency keeps its promised precision
    question: Mapped[str | None] = mapped_column(String(40))  # the id of what would settle a doubt


class Decision(Table):
    """An officer's word on a suggestion. `rank`: place of the agency in the ranking, 1 first; None: not in it."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    agency: Mapped[str] = mapped_column(String(24))
    rank: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    is_machine: Mapped[bool] = mapped_column(default=False, server_default=false())  # by an agency's promise


class Trial(Table):
    """A candidate model that is asked beside the one in service until enough petitions were decided.

    `outcome`: None while it runs, then published, refused (worse than the one in service), withdrawn.
    """

    __tablename__ = "trials"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    model_version: Mapped[str] = mapped_column(String(80), index=True)
    started_at: Mapped[datetime]
    petitions_wanted: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TrialRanking(Table):
    """What a candidate said of a matter: agencies, best first. Shown to nobody who decides."""

    __tablename__ = "trial_rankings"
    __table_args__ = (UniqueConstraint("trial_id", "matter_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id"))
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    agencies: Mapped[list[Any]]


class Lesson(Table):
    """One learning from decisions. `outcome`: None while it goes on; then on_trial, published, few, worse, failed."""

    __tablename__ = "lessons"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Trait(Table):
    """By what a petition is compared with others: stems, meanings and likely agencies of its newest suggestion."""

    __tablename__ = "traits"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    meanings: Mapped[list[Any]]
    agencies: Mapped[dict[str, Any]]


class Band(Table):
    """A petition's place in the index of near texts: who shares a value may be alike (`nlp.duplicates`)."""

    __tablename__ = "bands"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    value: Mapped[int] = mapped_column(BigInteger, index=True)


class Comparison(Table):
    """A petition whose words are new and that was not compared with others yet."""

    __tablename__ = "comparisons"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)


class Likeness(Table):
    """Two petitions that may tell of one event; `other_id` is the older. `state`: proposed, same, different."""

    __tablename__ = "likenesses"
    __table_args__ = (UniqueConstraint("petition_id", "other_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    probability: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(10), default="proposed")


class Incident(Table):
    """One event that several petitions report. Each keeps its own folio, referral and answer."""

    __tablename__ = "incidents"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class IncidentMember(Table):
    __tablename__ = "incident_members"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    joined_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
