"""Tables of what is counted by day for the boards: corrected as petitions change, made again at any time."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Table


class DayCount(Table):
    """`figure`: a name of `boards.tally`; `key`: of what in it (agency, municipality, channel, …), empty for a whole.

    `day`: of the reception, of a referral's issue, of a message's sending. The key begins with the figure: a figure's
    period stands together.
    """

    __tablename__ = "day_counts"
    figure: Mapped[str] = mapped_column(String(24), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class CountedDay(Table):
    """A day that was counted, even when there was nothing. `counted_at`: when its rows were read."""

    __tablename__ = "counted_days"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    counted_at: Mapped[datetime]


class CountMark(Table):
    """Up to where the histories were followed; one row. `before`: the mark before `newest`: what was committed late has
    a smaller number than what was seen. `rules`: digest of what days are counted by; with another one all are stale."""

    __tablename__ = "count_marks"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    before: Mapped[int] = mapped_column(BigInteger)
    newest: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime]
    rules: Mapped[str] = mapped_column(String(64))
