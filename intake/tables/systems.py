"""Tables of the machines' door: systems that are connected, their calls, what they are told, what came through them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table
from intake.tables.outbox import Outgoing


class System(Table):
    """A program of an agency, or of a partner, with its token. It acts as the staff account `staff_id`, into which
    nobody can log in, so that the history names it.

    `token_hash`: SHA-256 of the token, which is shown once. `hook_*`: where it is told of events (`announcing`); its
    secrets are derived from the salts and the office's own key, so that none is kept (`signing`).
    """

    __tablename__ = "systems"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), unique=True)
    agency: Mapped[str | None] = mapped_column(String(24), index=True)
    scopes: Mapped[list[Any]]
    token_name: Mapped[str] = mapped_column(String(16), unique=True)  # the token's readable beginning
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    hook_url: Mapped[str | None] = mapped_column(String(500))
    hook_salt: Mapped[str | None] = mapped_column(String(64))
    hook_old_salt: Mapped[str | None] = mapped_column(String(64))
    hook_old_until: Mapped[datetime | None]


class SystemCall(Table):
    """A write that a system sent under its own key, and what it was answered: the same key does not act twice.

    `status` None: it is being carried out, or was when the process died. `body`: of the answer, without personal data.
    """

    __tablename__ = "system_calls"
    __table_args__ = (UniqueConstraint("system_id", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id"))
    key: Mapped[str] = mapped_column(String(128))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    called_at: Mapped[datetime] = mapped_column(index=True)


class SystemNotice(Outgoing, Table):
    """One event that a system is told of, written with what it tells of. `state`: waiting, sent, dead (staff see it).

    `key` makes telling it twice impossible; `public_id`: by which the receiver knows it. `body`: as it is signed.
    """

    __tablename__ = "system_notices"
    __table_args__ = (
        UniqueConstraint("system_id", "key"),
        Index("ix_system_notices_waiting", "state", "next_attempt_at"),
    )
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id"))
    kind: Mapped[str] = mapped_column(String(40))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"), index=True)
    body: Mapped[str] = mapped_column(Text)


class SystemRequest(Table):
    """A petition that came through Open311, and the only ones that are told of there. `service`: the code asked for."""

    __tablename__ = "system_requests"
    __table_args__ = (UniqueConstraint("system_id", "key"), Index("ix_system_requests_opened", "opened_at"))
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id"))
    key: Mapped[str] = mapped_column(String(64))
    service: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime]
