"""Routing rules that staff wrote: versions that were published, and the draft with every step of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Table


class RuleVersion(Table):
    """Rules that are in force until the next number; never altered. Version 0 is the jurisdiction's file.

    `of_number`: the version that was gone back to, None for a draft that was published. `text`: the whole, as YAML;
    after going back to 0 what the file said then, though it is the file that counts.
    """

    __tablename__ = "rule_versions"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    of_number: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class RuleDraft(Table):
    """One step of the draft, never altered: the greatest number is what it says now, with faults or without.

    `before`: the step that an undoing goes back to. `base`: the version it began at. `text` None: it ended there.
    """

    __tablename__ = "rule_drafts"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    before: Mapped[int | None] = mapped_column(Integer)
    base: Mapped[int] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
