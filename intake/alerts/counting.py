"""From petitions to counts: each matter gets its topic once, each day its persons by municipality and topic.

What is left out: what is no petition, reserved petitions, those whose data are blocked, requests about one's own data,
and a contingency's (they have a list of their own). A person counts once a week in a series, however often they write.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from intake.alerts.topics import Topics, topic_of
from intake.clock import utc_now
from intake.configuration.in_force import Subject
from intake.database import insert_all, one_at_a_time, reading
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.alerts import MatterTopic, TopicCount
from intake.tables.configuration import ConfigVersion
from intake.tables.petitions import Matter, Petition

ONCE_IN = timedelta(days=7)
AT_ONCE = 7  # days in one transaction when much is to be caught up
AGAIN = timedelta(days=7)  # a municipality is often told days after the petition: so far back is counted anew
DAY = timedelta(days=1)
LOCK = "alerts"


@dataclass(frozen=True)
class Heard:
    """One matter of one person."""

    day: date
    municipality: str
    topic: str
    citizen_id: int


def catch_up(office: Office, topics: Topics, today: date, *, anew: bool = False) -> int:
    """Name and count all days up to today that are missing or may have changed; how many. Commits by pieces.

    `anew`: all days, and topics that no person has corrected are named again; so they are by themselves when a topic
    was published after they were named, whoever began and was stopped halfway.
    """
    read_at = utc_now()  # before the table is looked at: what is published from now on is later than these names
    office.in_force.forget()
    anew = anew or _is_outdated(office)
    first = _first_day(office, anew=anew)
    if first is None:
        return 0
    day = first
    while day <= today:
        last = min(today, day + AT_ONCE * DAY - DAY)
        with office.sessions.begin() as session:
            one_at_a_time(session, LOCK)
            if anew:
                _forget_names(session, office, day, last)
            name_matters(session, office, topics, day, last, read_at)
            count_days(session, office, day, last)
        day = last + DAY
    return (today - first).days + 1


def name_matters(session: Session, office: Office, topics: Topics, first: date, last: date, read_at: datetime) -> int:
    """Those of the days that have no topic yet; how many. `read_at`: when the topics were read. Does not commit."""
    rows = (
        select(Matter.id, Matter.text, Matter.agency)
        .join(Petition, Petition.id == Matter.petition_id)
        .outerjoin(MatterTopic, MatterTopic.matter_id == Matter.id)
        .where(_within(office, first, last), MatterTopic.matter_id.is_(None))
    )
    named = [
        {"matter_id": number, "topic": topic_of(topics, text, agency), "staff_id": None, "named_at": read_at}
        for number, text, agency in session.execute(rows)
    ]
    insert_all(session, MatterTopic, named)
    return len(named)


def count_days(session: Session, office: Office, first: date, last: date) -> None:
    """Does not commit."""
    heard = _read(session, office, first - ONCE_IN + DAY, last)
    counts = count_persons(heard, first)
    session.execute(delete(TopicCount).where(TopicCount.day >= first, TopicCount.day <= last))
    rows = [
        {"day": day, "municipality": place, "topic": topic, "persons": persons}
        for (day, place, topic), persons in sorted(counts.items())
    ]
    insert_all(session, TopicCount, rows)


def count_persons(heard: Iterable[Heard], first: date) -> Counter[tuple[date, str, str]]:
    """From `first` on; a person counts when they were not heard in the same series in the six days before. Pure."""
    last: dict[tuple[str, str, int], date] = {}
    counts: Counter[tuple[date, str, str]] = Counter()
    for one in sorted(heard, key=lambda heard: heard.day):
        series = one.municipality, one.topic, one.citizen_id
        before = last.get(series)
        if before is None or one.day - before >= ONCE_IN:
            last[series] = one.day
            if one.day >= first:
                counts[one.day, one.municipality, one.topic] += 1
    return counts


def counted() -> Sequence[ColumnElement[bool]]:
    """Which petitions are heard here at all."""
    return (
        Petition.status != Status.NO_PETICION.value,
        Petition.is_sensitive.is_(False),
        Petition.is_blocked.is_(False),
        Petition.data_right.is_(None),
        Petition.contingency_id.is_(None),
        Petition.municipality.is_not(None),
    )


def bounds(zone: ZoneInfo, first: date, last: date) -> tuple[datetime, datetime]:
    return datetime.combine(first, time(), zone), datetime.combine(last + DAY, time(), zone)


def _read(session: Session, office: Office, first: date, last: date) -> list[Heard]:
    rows = (
        select(Petition.opened_at, Petition.municipality, MatterTopic.topic, Petition.citizen_id)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(MatterTopic, MatterTopic.matter_id == Matter.id)
        .where(_within(office, first, last), *counted())
    )
    zone = office.jurisdiction.zone
    return [
        Heard(opened_at.astimezone(zone).date(), place, topic, citizen)
        for opened_at, place, topic, citizen in session.execute(rows)
        if place
    ]


def _within(office: Office, first: date, last: date) -> ColumnElement[bool]:
    began, ended = bounds(office.jurisdiction.zone, first, last)
    return (Petition.opened_at >= began) & (Petition.opened_at < ended)


def _forget_names(session: Session, office: Office, first: date, last: date) -> None:
    """Those that the table alone has given."""
    theirs = select(Matter.id).join(Petition, Petition.id == Matter.petition_id).where(_within(office, first, last))
    session.execute(delete(MatterTopic).where(MatterTopic.staff_id.is_(None), MatterTopic.matter_id.in_(theirs)))


def _is_outdated(office: Office) -> bool:
    """Some matter was named by a table of before the newest topic that was published."""
    of_topics = select(func.max(ConfigVersion.made_at, type_=ConfigVersion.made_at.type))
    with reading(office.sessions) as session:
        newest = session.scalar(of_topics.where(ConfigVersion.subject == Subject.TOPIC.value))
        if newest is None:
            return False
        older = select(MatterTopic.matter_id).where(MatterTopic.staff_id.is_(None), MatterTopic.named_at <= newest)
        return session.scalar(older.limit(1)) is not None


def _first_day(office: Office, *, anew: bool) -> date | None:
    with office.sessions() as session:
        newest: date | None = None if anew else session.scalar(select(func.max(TopicCount.day)))
        if newest:
            return newest - AGAIN
        oldest = session.scalar(select(func.min(Petition.opened_at, type_=Petition.opened_at.type)))
        return oldest.astimezone(office.jurisdiction.zone).date() if oldest else None
