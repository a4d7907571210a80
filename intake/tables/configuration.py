"""What staff changed of the folder: sentences, WhatsApp's templates, agencies, lines, topics, promises."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Table


class ConfigVersion(Table):
    """One thing as it is in force until its next number; never altered.

    `value` None: as the jurisdiction's folder says. `of_number`: the version that was gone back to, 0 for the folder's.
    `needs_second`: in force only when another person has confirmed it. `made_by` None: the command line.
    """

    __tablename__ = "config_versions"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    of_number: Mapped[int | None] = mapped_column(Integer)
    needs_second: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class ConfigVerdict(Table):
    """What a second person said of a version that needs one: it is in force, or it never will be."""

    __tablename__ = "config_verdicts"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(ForeignKey("config_versions.number"), unique=True)
    is_confirmed: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class ConfigDraft(Table):
    """What one person is writing of one thing; it ends when they publish or discard it.

    `over_number`: the newest version when it was written, None for one kept before that was noted.
    """

    __tablename__ = "config_drafts"
    subject: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500), server_default="")
    over_number: Mapped[int | None] = mapped_column(Integer)
    saved_at: Mapped[datetime]
