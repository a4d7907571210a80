"""Tables of a cancellation: the decision, what was taken out of sight and its files; words behind a digest."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Erasure(Table):
    """A request for cancellation that was accepted. `petition_id`: the request. `state`: blocked, suppressing,
    suppressed. `citizens`: whose data it is, ids. `key`: by which their values are sealed, itself sealed with the
    office's own; None once they are deleted.

    `chat_id`: the conversation in which the person is told, until its address is gone (`chat_gone_at`); `told`: what
    became of that. `steps`: of the suppression, name → moment at which it was done.
    """

    __tablename__ = "erasures"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    citizens: Mapped[list[Any]]
    key: Mapped[str | None] = mapped_column(Text)
    blocked_at: Mapped[datetime]
    blocked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    effective_on: Mapped[date] = mapped_column(Date)
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    told: Mapped[str | None] = mapped_column(String(12))
    chat_gone_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    steps: Mapped[dict[str, Any]]
    suppressed_at: Mapped[datetime | None]


class BlockedValues(Table):
    """One row of another table before its values were taken out of sight: `sealed` holds them, encrypted."""

    __tablename__ = "blocked_values"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id"), index=True)
    relation: Mapped[str] = mapped_column(String(40))
    row: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[str] = mapped_column(Text)


class BlockedFile(Table):
    """A file that no row names any more, and that stays until the suppression."""

    __tablename__ = "blocked_files"
    __table_args__ = (UniqueConstraint("erasure_id", "storage_key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id"))
    storage_key: Mapped[str] = mapped_column(String(200), index=True)


class CommittedWords(Table):
    """Words that the history and the trail know by a digest alone, so that both hold after the words are gone."""

    __tablename__ = "committed_words"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(Text)
