"""Tables of who writes: people, their addresses, their conversations, and how two chats are one person's."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Citizen(Table):
    """A person, known by channel addresses (`Alias`), never by phone alone."""

    __tablename__ = "citizens"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Alias(Table):
    __tablename__ = "aliases"
    __table_args__ = (UniqueConstraint("channel", "address"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))


class Conversation(Table):
    """One address on one channel, and the unit that a worker claims: `work_at` says since when it has work."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "address"), Index("ix_conversations_work", "work_at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    is_stopped: Mapped[bool] = mapped_column(default=False)
    work_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_number: Mapped[int] = mapped_column(Integer, default=0)  # fencing: only the latest claim may write
    allowance: Mapped[float] = mapped_column(Float, server_default="30")  # messages left before it is a flood
    allowance_at: Mapped[datetime | None]
    quiet: Mapped[int] = mapped_column(Integer, server_default="0")  # messages of the flood at hand


class Link(Table):
    """A link by which a person makes a chat on another channel theirs too: offered in `conversation_id`, good once.

    `other_id`: the chat in which it was confirmed, then a part of the same citizen until `ended_at`;
    `other_citizen_id`: whose it was before, and is again afterwards.
    """

    __tablename__ = "links"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    to_channel: Mapped[str] = mapped_column(String(16))
    offered_at: Mapped[datetime]
    other_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    other_citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Rating(Table):
    """How the citizen was attended, by them: asked once a petition. `mark`: good, fair, bad; None: not answered."""

    __tablename__ = "ratings"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    mark: Mapped[str | None] = mapped_column(String(8))
    rated_at: Mapped[datetime | None] = mapped_column(index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
