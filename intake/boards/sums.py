"""The boards' numbers of a period: what was counted by day, and what was not yet counted, counted now. Read only."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.boards.counting import count_days
from intake.boards.keeping import DAY, ONE, days_of_petitions, find_oldest, runs
from intake.boards.tally import FIGURES, Addition
from intake.indicators.period import Period
from intake.office import Office
from intake.tables.boards import CountedDay, CountMark, DayCount
from intake.tables.petitions import HistoryEntry

BY_DAY = ("received", "told", "came", "sent", "rated", "suggested")  # what is drawn over time: few keys a day
CHANGED_MOST = 15  # days that are counted while somebody waits; with more the minute is waited for
ENTRIES_MOST = 5_000


@dataclass(frozen=True)
class Counted:
    """`sums`: by figure and key. `by_day`: the same of a day, of the figures of BY_DAY. `as_of`: of the oldest count
    that it is made of; None: all of it is of this moment."""

    sums: Mapping[Addition, int]
    by_day: Mapping[date, Mapping[Addition, int]]
    as_of: datetime | None

    def of(self, figure: str) -> dict[str, int]:
        return {key: count for (name, key), count in self.sums.items() if name == figure and count}

    def total(self, figure: str) -> int:
        return sum(self.of(figure).values())


def read_counted(session: Session, office: Office, period: Period, today: date) -> Counted:
    fresh = _uncounted(session, office, period, today)
    of_period = DayCount.day >= period.first, DayCount.day <= period.last, DayCount.day.not_in(fresh)
    within = DayCount.figure.in_(FIGURES), *of_period
    sums: Counter[Addition] = Counter()
    whole = select(DayCount.figure, DayCount.key, func.sum(DayCount.count)).where(*within)
    for figure, key, count in session.execute(whole.group_by(DayCount.figure, DayCount.key)):
        sums[figure, key] += int(count)
    by_day: dict[date, Counter[Addition]] = defaultdict(Counter)
    each = select(DayCount.day, DayCount.figure, DayCount.key, DayCount.count).where(*within)
    for day, figure, key, count in session.execute(each.where(DayCount.figure.in_(BY_DAY))):
        by_day[day][figure, key] += count
    for first, last in runs(fresh):
        for day, counts in count_days(session, office, first, last, today).items():
            sums.update(counts)
            if drawn := {addition: count for addition, count in counts.items() if addition[0] in BY_DAY}:
                by_day[day].update(drawn)
    stored = CountedDay.day >= period.first, CountedDay.day <= period.last, CountedDay.day.not_in(fresh)
    as_of = session.scalar(select(func.min(CountedDay.counted_at, type_=CountedDay.counted_at.type)).where(*stored))
    return Counted(sums, by_day, as_of)


def _uncounted(session: Session, office: Office, period: Period, today: date) -> list[date]:
    """Today, days without a count, and those that something happened to since the last look, if they are few."""
    oldest = find_oldest(session, office)
    if oldest is None:
        return []
    first, last = max(period.first, oldest), min(period.last, today)
    days = {first + number * DAY for number in range((last - first).days + 1)}
    known = set(session.scalars(select(CountedDay.day).where(CountedDay.day >= first, CountedDay.day <= last)))
    changed = _changed(session, office) & days
    fresh = (days - known) | ({today} & days) | (changed if len(changed) <= CHANGED_MOST else set())
    return sorted(fresh)


def _changed(session: Session, office: Office) -> set[date]:
    mark = session.get(CountMark, ONE)
    if mark is None:
        return set()
    wanted = select(HistoryEntry.petition_id).where(HistoryEntry.id > mark.newest).limit(ENTRIES_MOST)
    return days_of_petitions(session, office, session.scalars(wanted))
