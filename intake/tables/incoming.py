"""Tables of what arrives: events as they came, messages, files, and the proof that none is missing."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class InboundEvent(Table):
    """A provider's request as it came. `state`: pending, processed, ignored, dead (visible to staff)."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index("ix_inbound_events_pending", "conversation_id", "state"),
        Index("ix_inbound_events_state", "state", "kind"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(8))  # message, status
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    provider_order: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    query: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))


class Message(Table):
    """One inbound item of a conversation; an edit is a further version of the same `external_id`."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "external_id", "version"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("inbound_events.id"), unique=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(Integer, default=1)
    kind: Mapped[str] = mapped_column(String(24))  # the mind's kind of message
    emergency: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    reply_to: Mapped[str | None] = mapped_column(String(100))
    group_id: Mapped[str | None] = mapped_column(String(100))
    is_forwarded: Mapped[bool] = mapped_column(default=False)
    unsupported: Mapped[str | None] = mapped_column(String(40))
    is_place: Mapped[bool] = mapped_column(default=False, server_default=false())  # it only tells where it is
    transcript: Mapped[str | None] = mapped_column(Text)  # what a person heard in its voice note (`Transcription`)
    basis: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # what was decided on (`intake.basis`)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]


class SetAsideMessage(Table):
    """Kept apart until its writer says whether it is of an open petition or another problem (`intake.set_aside`)."""

    __tablename__ = "set_aside"
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)


class Proof(Table):
    """The last comparison of a channel's own list with what was stored: nothing before `proved_at` is missing.

    `imported`: messages that were missing then; `imported_total`: since the beginning.
    """

    __tablename__ = "proofs"
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    proved_at: Mapped[datetime]
    listed: Mapped[int] = mapped_column(Integer)
    imported: Mapped[int] = mapped_column(Integer)
    imported_total: Mapped[int] = mapped_column(Integer)


class ChannelState(Table):
    """What was seen of a channel at the last look. `fault`: None when it can be used.

    `waiting`, `failed_at`: updates that Telegram holds back, and when it could last not deliver one.
    """

    __tablename__ = "channel_states"
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    looked_at: Mapped[datetime]
    fault: Mapped[str | None] = mapped_column(String(60))
    waiting: Mapped[int | None] = mapped_column(Integer)
    failed_at: Mapped[datetime | None]


class Attachment(Table):
    """A citizen's file: a row before it is a file. `state`: pending, stored, refused."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_waiting", "state", "next_attempt_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(Text)
    unique_id: Mapped[str] = mapped_column(String(300))
    declared_name: Mapped[str | None] = mapped_column(String(300))
    declared_type: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime]
    storage_key: Mapped[str | None] = mapped_column(String(200))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    detected_type: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(300))
    is_restricted: Mapped[bool] = mapped_column(default=False, server_default=false())  # it shows an identity paper
    forget_at: Mapped[datetime | None] = mapped_column(index=True)  # when the provider's copy is to be deleted


class Transcription(Table):
    """What a person of the office heard in a voice note; a correction is a further row, the newest counts."""

    __tablename__ = "transcriptions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class Flood(Table):
    """One sender's messages past what a person writes, and what became of them.

    `heard`: those that were heard all the same, by the reason; `petition_id`: where they are `kept`; `dropped`: of them
    only that they came; `buttons`: pressed and ignored; `is_told`: the sender knows that all is kept.
    """

    __tablename__ = "floods"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    began_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    heard: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[int] = mapped_column(Integer, default=0)
    dropped: Mapped[int] = mapped_column(Integer, default=0)
    buttons: Mapped[int] = mapped_column(Integer, default=0)
    is_told: Mapped[bool] = mapped_column(default=False)
