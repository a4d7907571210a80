"""Table of what is published of petitions: a month once, never again, so that two versions cannot be compared."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Table


class OpenMonth(Table):
    """`content`: groups and totals (`publishing`); `k`: the smallest group; `digest`: SHA-256 of the content."""

    __tablename__ = "open_months"
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    k: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
