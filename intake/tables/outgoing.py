"""Tables of what leaves: replies, what is to be said later, and what people must say because no chat could."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table

IS_GUIDED = text("purpose = 'notice.guided'")


class Reply(Table):
    """An outbound message, one provider send. `key` makes queueing it twice impossible.

    `state`: queued, held (24-hour window closed), claimed (nothing sent yet), sending (perhaps sent), accepted, failed,
    ambiguous, undone (what it tells was taken back before it left). `delivery`: the provider's ladder after acceptance
    (sent, delivered, read, failed). `in_person`: there is no chat, a person of the office says it (`captures`).
    """

    __tablename__ = "replies"
    __table_args__ = (
        Index("ix_replies_waiting", "state", "next_attempt_at"),
        Index("ix_replies_order", "conversation_id", "id"),
        Index("ix_replies_pace", "channel", "sending_at"),
        Index("ix_replies_external", "channel", "external_id"),
        # Orientations are few among millions of replies, and counted by the moment at which they came.
        Index("ix_replies_guided", "accepted_at", postgresql_where=IS_GUIDED, sqlite_where=IS_GUIDED),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(40))  # the catalogue's key of its text
    text: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(Id)  # the file that it carries (`Evidence`)
    choices: Mapped[list[Any]] = mapped_column(default=list)
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what the sentence was filled with
    template: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # the approved one it leaves as
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_number: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sending_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(100))
    delivery: Mapped[str | None] = mapped_column(String(12))
    was_ambiguous: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str | None] = mapped_column(String(60))

    @property
    def words(self) -> str:
        """What the citizen reads: its own text, or that of the template it leaves as."""
        return str((self.template or {}).get("text") or self.text)


class Timer(Table):
    """What happens at `due_at` if nobody did anything before. `kind`: a reminder's; gone when it went off."""

    __tablename__ = "timers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class ReservedWords(Table):
    """What a citizen will be told when it is safe to read: `key` begins as that of the answer's own messages would."""

    __tablename__ = "reserved_words"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    purpose: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(Id)  # the file that goes with it
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Task(Table):
    """An answer that did not reach the citizen through the chat: a person tells them another way.

    `reason`: failed, doubtful, held, in_person. `outcome`: None while it is open; told, delivered (it came through
    after all), unreachable, overtaken (a later notice says more). `reply_id` is the answer's: no task twice.
    """

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "closed_at", "opened_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))
    means: Mapped[str | None] = mapped_column(String(12))  # call, visit, letter, other
    note: Mapped[str | None] = mapped_column(String(500))
