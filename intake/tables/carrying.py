"""Tables of what is carried in and out whole: imports of an older register with their petitions, exports of it all."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Carried(Table):
    """What a process leases while it carries it (`carrying.leases`)."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lease_until: Mapped[datetime | None]
    lease: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class Import(Carried):
    """A file of old folios and how its columns are read. `state`: one of `imports.State`.

    `at_row`: rows that are done with, from which a step goes on; `counts`: rows by what became of them; `unsure`: words
    of the file that stand for no place, agency or state that is known, and how often; `report_key`: the rows' file.
    `failed_step`: the state in which it was given up.
    """

    __tablename__ = "imports"
    name: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), index=True)
    at_row: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unsure: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report_key: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    failed_step: Mapped[str | None] = mapped_column(String(12))


class Imported(Table):
    """A petition that an import brought, by its old folio. `old_key`: the folio as it is looked for (`old_folios`).

    `entries`: of its history when it came; more of them: somebody has worked with it.
    """

    __tablename__ = "imported"
    # Told by row and taken back by petition, a piece at a time: without these each piece sorts all that is left.
    __table_args__ = (
        Index("ix_imported_petitions", "import_id", "petition_id"),
        Index("ix_imported_rows", "import_id", "row"),
    )
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    row: Mapped[int] = mapped_column(Integer)
    old_folio: Mapped[str] = mapped_column(String(60))
    old_key: Mapped[str] = mapped_column(String(60), unique=True)
    entries: Mapped[int] = mapped_column(Integer)


class Export(Carried):
    """All of the office as one archive, prepared beside the servers. `state`: waiting, running, done, failed, gone."""

    __tablename__ = "exports"
    state: Mapped[str] = mapped_column(String(8), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    storage_key: Mapped[str | None] = mapped_column(String(200))
    size_bytes: Mapped[int | None] = mapped_column(Id)
    rows: Mapped[int | None] = mapped_column(Integer)
