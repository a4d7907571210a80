"""Tables of how staff prove who they are, beside their password: codes, keys, invitations, steps of a log-in."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Id, Table


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
