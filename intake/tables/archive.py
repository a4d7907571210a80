"""Tables of the archive: a petition's file, and the inventories that people sign. Nothing here deletes anything."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class ArchiveFile(Table):
    """A petition's file. `terms`: of its series as the table said when it was closed. `is_held`: kept whatever they
    say, with `held_reason`. `label`: its own number in the series, given when it is closed."""

    __tablename__ = "archive_files"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    series: Mapped[str] = mapped_column(String(40), index=True)
    location: Mapped[str] = mapped_column(String(200))
    is_held: Mapped[bool]
    held_reason: Mapped[str | None] = mapped_column(String(300))
    label: Mapped[str | None] = mapped_column(String(80), unique=True)
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    contents: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # the index as it was closed
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Inventory(Table):
    """Closed files on a list that people sign. `kind`: general, transfer, disposal. `rows`: as they stood then."""

    __tablename__ = "inventories"
    __table_args__ = (UniqueConstraint("kind", "year", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    series: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(String(60))
    rows: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))
    is_confirmed: Mapped[bool]  # whether the series' terms were
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None] = mapped_column(String(300))  # who put their name on the paper
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class InventoryMember(Table):
    """A file that stands on an inventory."""

    __tablename__ = "inventory_members"
    inventory_id: Mapped[int] = mapped_column(ForeignKey("inventories.id"), primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(
        ForeignKey("archive_files.petition_id"), primary_key=True, autoincrement=False, index=True
    )
