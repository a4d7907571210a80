"""Tables of the trail of what staff did and read: what waits for its place in the chain, the chain, its checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, BigInteger, Index, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import append_only
from intake.tables.base import Id, Table


class AuditWaiting(Table):
    """An act as it was noted, in the transaction of the act itself. Moved to the end of the chain a moment later."""

    __tablename__ = "audit_waiting"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))  # staff:<id>, console, machine
    act: Mapped[str] = mapped_column(String(40))
    petition_id: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]]


class AuditEntry(Table):
    """A link of the one chain. Inserted, never changed, never removed: the database itself refuses both.

    No reference to the petition's row: the trail outlives what it tells of.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_actor", "actor", "number"),
        Index("ix_audit_entries_act", "act", "number"),
        Index("ix_audit_entries_petition", "petition_id", "number"),
        Index("ix_audit_entries_happened", "happened_at"),
    )
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(40))
    petition_id: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditCheck(Table):
    """One look at the whole chain: its end then, and the first fault that was found, if there was one."""

    __tablename__ = "audit_checks"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    checked_at: Mapped[datetime]
    entries: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str] = mapped_column(String(64))
    seconds: Mapped[int] = mapped_column(Integer)
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


for _dialect, _statements in append_only("audit_entries").items():
    for _statement in _statements:
        _made: Any = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(AuditEntry.__table__, "after_create", _made.execute_if(dialect=_dialect))
