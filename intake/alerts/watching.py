"""One look a day, repeated each hour: counts are brought up to date, series scanned, cards opened or kept up to date.

The same look twice changes nothing. A card is opened once for a series and stays until a person decides; what a person
has closed stays closed for `quiet_days`, unless it is much stronger. Called by a loop in `serving` and by
`canaliza alerts`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.alerts.conflicts import find_conflicts
from intake.alerts.counting import DAY, LOCK, bounds, catch_up, counted
from intake.alerts.found import CLUSTER, EVERYWHERE, MUNICIPALITY, REGION, STATE, STRONGEST, TOPIC, Found
from intake.alerts.scanning import Signal, scan
from intake.alerts.streams import BASELINE_DAYS, GUARD_DAYS, Stream, learn, regions_of, state_of
from intake.alerts.terms import AlertTerms, load_alert_terms
from intake.alerts.topics import Topics
from intake.clock import utc_now
from intake.database import one_at_a_time
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.alerts import Alert, TopicCount
from intake.tables.mind import IncidentMember
from intake.tables.petitions import Petition
from nlp.reading import Municipality

LOOK_EVERY_S, FIRST_S = 3600.0, 180.0
READ_DAYS = BASELINE_DAYS + GUARD_DAYS
CLOSED_KIND = 7  # of a day: no office
YEAR_DAYS, DECADE_DAYS = 365, 3650
log = structlog.get_logger()


@dataclass(frozen=True)
class Ground:
    """The axes of the counts: municipalities and topics in the order of their numbers."""

    places: Sequence[Municipality]
    regions: Sequence[str]
    topics: Sequence[str]


async def keep_alerts(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(watch, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="alerts.loop")


def watch(office: Office, now: datetime, *, anew: bool = False) -> int:
    """Cards that are new. Commits. `anew`: topics and counts of all days are made once more."""
    topics, terms = office.jurisdiction.topics, load_alert_terms(office.jurisdiction.folder)
    today = now.astimezone(office.jurisdiction.zone).date()
    catch_up(office, topics, today, anew=anew)
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        found = [
            *find_topics(session, office, topics, terms, today),
            *find_conflicts(session, office, terms, today),
            *find_clusters(session, office, terms, today),
        ]
        new = sum(_keep(session, terms, one, today) for one in found)
    log.info("alerts.watched", standing=len(found), new=new)
    return new


def find_topics(session: Session, office: Office, topics: Topics, terms: AlertTerms, today: date) -> list[Found]:
    """Topics above their own baseline: by municipality, by region where no municipality explains it, in the whole state
    where no region and no municipality does."""
    places = sorted(office.reader.list_municipalities(), key=lambda place: place.clave)
    regions = sorted({place.region for place in places})
    ground = Ground(places, regions, [topic.key for topic in topics.topics])
    towns = read_stream(session, office, ground, today)
    ordinary = learn(towns) if towns else None
    if towns is None or ordinary is None:
        return []
    by_town = scan(towns, ordinary, terms.towns)
    by_region = regions_of(towns)
    wide = learn(by_region, ordinary.company)
    signals = scan(by_region, wide, terms.regions) if wide else ()
    whole = state_of(towns)
    of_state = learn(whole, ordinary.company)
    in_state = scan(whole, of_state, terms.state) if of_state else ()
    rising = unexplained(unexplained(in_state, signals, [0] * len(regions)), by_town, [0] * len(places))
    found = [_found(one, MUNICIPALITY, places[one.territory].clave, ground, today) for one in by_town]
    groups = [int(group) for group in towns.groups]
    found += [_found(one, STATE, EVERYWHERE, ground, today) for one in rising]
    return found + [
        _found(one, REGION, regions[one.territory], ground, today) for one in unexplained(signals, by_town, groups)
    ]


def read_stream(session: Session, office: Office, ground: Ground, today: date) -> Stream | None:
    """The counts up to today; None while nothing was ever counted."""
    oldest = session.scalar(select(func.min(TopicCount.day)))
    if oldest is None:
        return None
    first = max(oldest, today - READ_DAYS * DAY + DAY)
    days = (today - first).days + 1
    counts = np.zeros((len(ground.places), len(ground.topics), days), np.int16)
    place_at = {place.clave: number for number, place in enumerate(ground.places)}
    topic_at = {key: number for number, key in enumerate(ground.topics)}
    columns = TopicCount.day, TopicCount.municipality, TopicCount.topic, TopicCount.persons
    for day, place, topic, persons in session.execute(select(*columns).where(TopicCount.day >= first)):
        if place in place_at and topic in topic_at and day <= today:
            counts[place_at[place], topic_at[topic], (day - first).days] = persons
    closed = office.calendar.of(None)
    each = [first + number * DAY for number in range(days)]
    kinds = np.array([CLOSED_KIND if day.weekday() < 5 and day in closed else day.weekday() for day in each])
    region_at = {name: number for number, name in enumerate(ground.regions)}
    groups = np.array([region_at[place.region] for place in ground.places])
    sizes = np.array([float(max(place.population, 1)) for place in ground.places])
    return Stream(counts, kinds, sizes, groups)


def unexplained(regions: Iterable[Signal], towns: Iterable[Signal], groups: Sequence[int]) -> list[Signal]:
    """Signals of regions, or of the state, less those of which one of `towns` own signals is half or more. Pure.
    `groups`: of each of `towns` its place in `regions`."""
    excess: dict[tuple[int, int], float] = defaultdict(float)
    for one in towns:
        key = groups[one.territory], one.topic
        excess[key] = max(excess[key], one.observed - one.expected)
    return [one for one in regions if 2 * excess[one.territory, one.topic] < one.observed - one.expected]


def find_clusters(session: Session, office: Office, terms: AlertTerms, today: date) -> list[Found]:
    """«Focos» of many persons in the last days."""
    began, ended = bounds(office.jurisdiction.zone, today - terms.cluster_days * DAY + DAY, today)
    persons = func.count(Petition.citizen_id.distinct())
    rows = (
        select(IncidentMember.incident_id, persons, func.min(Petition.municipality))
        .join(Petition, Petition.id == IncidentMember.petition_id)
        .where(Petition.opened_at >= began, Petition.opened_at < ended, *counted())
        .group_by(IncidentMember.incident_id)
        .having(persons >= terms.cluster_persons)
    )
    sizes = (2 * terms.cluster_persons, 4 * terms.cluster_persons)
    return [
        Found(CLUSTER, str(incident), MUNICIPALITY, place, terms.cluster_days, count, None, None, _grade(count, *sizes))
        for incident, count, place in session.execute(rows)
        if place
    ]


def _found(one: Signal, level: str, territory: str, ground: Ground, today: date) -> Found:
    strength = _grade(one.every_days, YEAR_DAYS, DECADE_DAYS)
    topic = ground.topics[one.topic]
    return Found(
        TOPIC, topic, level, territory, one.window, one.observed, one.expected, min(one.every_days, 1e9), strength
    )


def _grade(value: float, second: float, third: float) -> int:
    return 1 + (value >= second) + (value >= third)


def _keep(session: Session, terms: AlertTerms, found: Found, today: date) -> bool:
    """Whether a card was opened."""
    series = Alert.kind == found.kind, Alert.topic == found.topic, Alert.territory == found.territory
    row = session.scalars(select(Alert).where(*series, Alert.open_mark == 1)).first()
    if row is None and _is_quiet(session, terms, found, today):
        return False
    is_new = row is None
    if row is None:
        began_on = today - (found.window_days - 1) * DAY
        row = Alert(began_on=began_on, state="open", open_mark=1, **found.key())
        session.add(row)
    row.seen_on, row.window_days, row.observed = today, found.window_days, found.observed
    row.expected, row.every_days, row.strength = (
        found.expected,
        found.every_days,
        max(found.strength, row.strength or 1),
    )
    session.flush()
    return is_new


def _is_quiet(session: Session, terms: AlertTerms, found: Found, today: date) -> bool:
    """Somebody has decided on the same series lately, and it is not much stronger than then."""
    series = Alert.kind == found.kind, Alert.topic == found.topic, Alert.territory == found.territory
    last = session.scalars(select(Alert).where(*series).order_by(Alert.id.desc()).limit(1)).first()
    if last is None or today - last.seen_on > terms.quiet_days * DAY:
        return False
    return not (found.strength == STRONGEST and last.strength < STRONGEST)
