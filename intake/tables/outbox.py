"""The columns of a row that waits to be sent outside the chats."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id


class Outgoing:
    """`state`: waiting, sent, dead. `key` makes writing it twice impossible; by `public_id` a receiver knows a repeated
    one. `outcome`: of the last try, the receiver's code or the name of what went wrong."""

    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-1)
    key: Mapped[str] = mapped_column(String(100))
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))
    next_attempt_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_number: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(60))
