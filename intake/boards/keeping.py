"""Keeps the days' counts as the petitions are: what changed is counted again within a minute, everything within a day.

A day's rows are read without a transaction and written in a short one; of two who counted a day, who read later is
kept. Who shows figures counts by itself what is not counted yet (`sums`). Called by a loop of the workers.
"""

import asyncio
import hashlib
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from intake.boards.counting import CHANNELS, count_days
from intake.boards.tally import FIGURES, KEY_MAX, RULES
from intake.clock import utc_now
from intake.database import insert_all, one_at_a_time, reading
from intake.indicators.ledger import GUIDED
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.boards import CountedDay, CountMark, DayCount
from intake.tables.citizens import Rating
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import HistoryEntry, Matter, Petition, Referral

LOOK_EVERY_S, FIRST_S = 60.0, 20.0
DAY = timedelta(days=1)
AT_ONCE = 7  # days that are read together
IDS_AT_ONCE = 2_000
BUDGET_S = 20.0  # of a look, for days that nothing says have changed
FRESH_DAYS, MONTH_DAYS = 3, 30  # receipts come days later, places are told days later
FRESH_FOR, MONTH_FOR, KEPT_FOR = timedelta(0), timedelta(hours=1), timedelta(days=1)
MARK_RESTS = timedelta(seconds=60)  # longer than a transaction is open: what it wrote has a number above `before`
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ONE, LOCK = 1, "boards"
log = structlog.get_logger()


async def keep_boards(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(refresh, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="boards.loop")


def refresh(office: Office, now: datetime, *, budget_s: float = BUDGET_S) -> int:
    """Days that were counted. Commits by pieces. What has changed is counted however long it takes."""
    today = now.astimezone(office.jurisdiction.zone).date()
    began = time.monotonic()
    with reading(office.sessions) as session:
        oldest, mark, newest = find_oldest(session, office), session.get(CountMark, ONE), newest_history(session)
        if oldest is None:
            return 0
        rules = rules_of(office)
        since = (mark.before, mark.moved_at - MARK_RESTS) if mark else None
        changed = _changed(session, office, *since) if since else set()
    if mark is not None and mark.rules != rules:
        _doubt_all(office, rules)
    with reading(office.sessions) as session:
        aged = _aged(session, oldest, today, now)
    count = _count(office, sorted(changed & set(_days(oldest, today))), today)
    for piece in _pieces(day for day in aged if day not in changed):
        if time.monotonic() - began > budget_s:
            break
        count += _count(office, piece, today)
    _move_mark(office, newest, rules, now)
    return count


def recount(office: Office, now: datetime) -> int:
    """All days, whatever is known of them."""
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        session.execute(delete(CountedDay))
    return refresh(office, now, budget_s=float("inf"))


def find_oldest(session: Session, office: Office) -> date | None:
    """The day of the oldest petition."""
    oldest = session.scalar(select(func.min(Petition.opened_at, type_=Petition.opened_at.type)))
    return oldest.astimezone(office.jurisdiction.zone).date() if oldest else None


def newest_history(session: Session) -> int:
    return session.scalar(select(func.max(HistoryEntry.id))) or 0


def days_of_petitions(session: Session, office: Office, ids: Iterable[int]) -> set[date]:
    """On which they were received, and on which their referrals were issued."""
    wanted, zone = sorted(set(ids)), office.jurisdiction.zone
    days: set[date] = set()
    for start in range(0, len(wanted), IDS_AT_ONCE):
        piece = wanted[start : start + IDS_AT_ONCE]
        opened = select(Petition.opened_at).where(Petition.id.in_(piece))
        issued = select(Referral.issued_at).join(Matter, Matter.id == Referral.matter_id)
        moments = (*session.scalars(opened), *session.scalars(issued.where(Matter.petition_id.in_(piece))))
        days |= {moment.astimezone(zone).date() for moment in moments}
    return days


def doubt_days(session: Session, days: Iterable[date]) -> None:
    """After petitions were removed, with their histories: no entry tells of it, and SQLite gives the entries' numbers
    out again. Does not commit."""
    own = sorted(set(days))
    session.execute(delete(DayCount).where(DayCount.figure.in_(FIGURES), DayCount.day.in_(own)))
    session.execute(delete(CountedDay).where(CountedDay.day.in_(own)))
    _lower_mark(session)


def runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days that follow one another, as their first and last. Pure."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == DAY:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def _changed(session: Session, office: Office, after: int, since: datetime) -> set[date]:
    """Days of which a petition's history, rating, task or orientation says that something is new."""
    history = select(HistoryEntry.petition_id).where(HistoryEntry.id > after).distinct()
    rated = select(Rating.petition_id).where(Rating.rated_at >= since)
    closed = select(Task.petition_id).where(Task.closed_at >= since)
    guided = select(Reply.petition_id).where(
        Reply.purpose == GUIDED, Reply.channel.in_(CHANNELS), Reply.sending_at >= since - FRESH_DAYS * DAY
    )
    ids = [one for wanted in (history, rated, closed, guided) for one in session.scalars(wanted) if one is not None]
    return days_of_petitions(session, office, ids)


def _aged(session: Session, oldest: date, today: date, now: datetime) -> list[date]:
    """What is missing or was not looked at for long: missing ones newest first, then who waits longest."""
    known = {row[0]: row[1] for row in session.execute(select(CountedDay.day, CountedDay.counted_at))}
    missing = [day for day in _days(oldest, today) if day not in known]
    old = [day for day, moment in known.items() if now - moment > _kept_for(today - day)]
    return [*reversed(missing), *sorted(old, key=lambda day: (known[day], -day.toordinal()))]


def _kept_for(age: timedelta) -> timedelta:
    if age <= FRESH_DAYS * DAY:
        return FRESH_FOR
    return MONTH_FOR if age <= MONTH_DAYS * DAY else KEPT_FOR


def _days(first: date, last: date) -> Sequence[date]:
    return [first + number * DAY for number in range((last - first).days + 1)]


def _pieces(days: Iterable[date]) -> list[list[date]]:
    wanted = list(days)
    return [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]


def _count(office: Office, days: Sequence[date], today: date) -> int:
    for piece in _pieces(days):
        began = utc_now()
        rows = []
        for first, last in runs(piece):
            with reading(office.sessions) as session:
                counts = count_days(session, office, first, last, today)
            rows += [
                {"figure": figure, "day": day, "key": key[:KEY_MAX], "count": count}
                for day, own in counts.items()
                for (figure, key), count in own.items()
            ]
        _write(office, piece, rows, began)
    return len(days)


def _write(office: Office, days: Sequence[date], rows: Sequence[dict[str, object]], began: datetime) -> None:
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        later = select(CountedDay.day).where(CountedDay.day.in_(days), CountedDay.counted_at > began)
        own = [day for day in days if day not in set(session.scalars(later))]
        session.execute(delete(DayCount).where(DayCount.figure.in_(FIGURES), DayCount.day.in_(own)))
        session.execute(delete(CountedDay).where(CountedDay.day.in_(own)))
        insert_all(session, DayCount, [row for row in rows if row["day"] in own])
        insert_all(session, CountedDay, [{"day": day, "counted_at": began} for day in own])


def rules_of(office: Office) -> str:
    """Digest of what days are counted by: the lines of `tally`, parameters of the indicators, days without office."""
    told = f"{RULES} {office.matrix.values!r} {office.calendar.of(None).number}"
    return hashlib.sha256(told.encode()).hexdigest()


def _doubt_all(office: Office, rules: str) -> None:
    """Days were counted by other rules: they are shown as they are until their turn comes, soonest."""
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        session.execute(update(CountedDay).values(counted_at=LONG_AGO))
        session.get_one(CountMark, ONE).rules = rules


def _move_mark(office: Office, newest: int, rules: str, now: datetime) -> None:
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        mark = session.get(CountMark, ONE)
        if mark is None:
            session.add(CountMark(id=ONE, before=newest, newest=newest, moved_at=now, rules=rules))
        elif now - mark.moved_at >= MARK_RESTS:
            mark.before, mark.newest, mark.moved_at = mark.newest, max(newest, mark.newest), now
        else:
            mark.newest = max(newest, mark.newest)
        _lower_mark(session)


def _lower_mark(session: Session) -> None:
    """Never above what there is."""
    session.flush()
    newest = newest_history(session)
    session.execute(update(CountMark).where(CountMark.newest > newest).values(newest=newest))
    session.execute(update(CountMark).where(CountMark.before > newest).values(before=newest))
