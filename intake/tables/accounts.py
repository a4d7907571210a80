"""Tables of who works here: accounts and log-ins, how they prove who they are, and what they keep for themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Staff(Table):
    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(16))  # one of `staff.Role`
    agency: Mapped[str | None] = mapped_column(String(24))  # of a liaison or a head
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Table):
    """A log-in, kept here so that it can be ended here. Only the token's hash is stored."""

    __tablename__ = "staff_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # within some minutes
    agent: Mapped[str | None] = mapped_column(String(200))  # what the browser calls itself
    door: Mapped[str | None] = mapped_column(String(12))  # one of `staff.Door`; None: a password or a passkey here


class Claim(Table):
    """Who looks at a petition in triage, and until when it is theirs if they do not ask for longer."""

    __tablename__ = "claims"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    until: Mapped[datetime]
    since: Mapped[datetime | None]


class SavedView(Table):
    """A member's own name for filters of the queue. `query`: of its address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    saved_at: Mapped[datetime]


class Takeover(Table):
    """A person of the office in a conversation, whose program keeps quiet meanwhile. At most one is open in each.

    `active_at`: when they came or last wrote. `ending`: None while it is open; then left, replaced, idle.
    """

    __tablename__ = "takeovers"
    __table_args__ = (Index("ix_takeovers_open", "ended_at", "active_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    began_at: Mapped[datetime]
    active_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(10))


class StaffTotp(Table):
    """The secret behind a member's codes, sealed with the office's own key. `confirmed_at`: None until a first code.

    `last_step`: of the last code that was taken, so that none is taken twice (RFC 6238 §5.2).
    """

    __tablename__ = "staff_totp"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Table):
    """For when the telephone is lost: good once. Only its hash is kept."""

    __tablename__ = "staff_recovery_codes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Passkey(Table):
    """A key that a member's device holds. `credential_hash`: SHA-256 of the credential's id, to look it up by."""

    __tablename__ = "staff_passkeys"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    credential_hash: Mapped[str] = mapped_column(String(64), unique=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffInvitation(Table):
    """An account that its owner is still to open, by a link that is good once. Only the link's hash is kept."""

    __tablename__ = "staff_invitations"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    username: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    agency: Mapped[str | None] = mapped_column(String(24))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # whose account it became
    withdrawn_at: Mapped[datetime | None]


class StaffChallenge(Table):
    """A step between the beginning of a log-in and its end: good once, for a few minutes.

    `purpose`: second (the password was right), enter (a passkey is asked for), enroll (one is being made).
    """

    __tablename__ = "staff_challenges"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    data: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]
