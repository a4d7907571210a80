"""«Alertas» as staff read and decide them. Aggregates; examples only for who may open the petitions anyway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.alerts.conflicts import conflicts_in
from intake.alerts.counting import DAY, LOCK, bounds, count_days, counted
from intake.alerts.found import CLUSTER, CONFLICT, MUNICIPALITY, REGION, STATE, TOPIC
from intake.alerts.terms import AlertTerms
from intake.alerts.topics import Topics
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import one_at_a_time
from intake.errors import FormRefused, MoveRefused, NotAllowed, NotFound
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.accounts import Staff
from intake.tables.alerts import Alert, MatterTopic
from intake.tables.mind import IncidentMember
from intake.tables.petitions import Matter, Petition
from intake.tables.studies import Study
from intake.thinking.facts import shorten
from nlp.masks import mask

LISTED, EXAMPLES, READ_FOR_EXAMPLES, WORDS_MAX = 100, 4, 300, 160
REASON_MIN, REASON_MAX = 10, 500


class Verdict(StrEnum):
    """What a person made of an alert."""

    ATTENTION = "attention"
    NO_MERIT = "no_merit"
    STUDIED = "studied"


@dataclass(frozen=True)
class Example:
    """Words of persons are masked."""

    matter_id: int
    folio: str
    opened_at: datetime
    words: str


@dataclass(frozen=True)
class Card:
    """`what`: the topic's name, of an incident its number. `observed`, `expected` None: too few to be told to this
    member. `every_days` None: there is no baseline to be rare against. `conflicts`: of which its examples speak.
    `is_retired`: nothing is named with its topic any more."""

    id: int
    kind: str
    what: str
    level: str
    territory: str
    town: str | None
    began_on: date
    seen_on: date
    window_days: int
    observed: int | None
    expected: float | None
    every_days: float | None
    strength: int
    state: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    study: str | None
    examples: tuple[Example, ...]
    conflicts: tuple[str, ...]
    is_retired: bool

    @property
    def is_sustained(self) -> bool:
        """The same community, again and again, rather than all at once."""
        return self.kind == "topic" and self.window_days > 7


@dataclass(frozen=True)
class Eyes:
    """How much a member sees. `hidden_under`: smaller counts are not told."""

    topics: Topics
    terms: AlertTerms
    with_examples: bool
    hidden_under: int


def list_cards(session: Session, office: Office, eyes: Eyes, *, is_open: bool) -> Sequence[Card]:
    """Open: what stands today first, strongest first. Decided: the newest decision first."""
    wanted = select(Alert, Staff.name, Study.title)
    wanted = wanted.outerjoin(Staff, Staff.id == Alert.decided_by).outerjoin(Study, Study.id == Alert.study_id)
    if is_open:
        wanted = wanted.where(Alert.open_mark == 1).order_by(Alert.seen_on.desc(), Alert.strength.desc(), Alert.id)
    else:
        wanted = wanted.where(Alert.open_mark.is_(None)).order_by(Alert.decided_at.desc())
    return [_card(session, office, eyes, *row) for row in session.execute(wanted.limit(LISTED))]


def decide_alert(
    office: Office, member: Member, alert_id: int, verdict: Verdict, reason: str, *, study_id: int | None = None
) -> None:
    """Commits. Raises NotAllowed, NotFound, MoveRefused (somebody was first), FormRefused: reason, study."""
    require(member, DECIDERS)
    said = " ".join(reason.split())[:REASON_MAX]
    if len(said) < REASON_MIN:
        raise FormRefused("reason")
    with office.sessions.begin() as session:
        row = session.get(Alert, alert_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no alert {alert_id}")
        if row.open_mark is None:
            raise MoveRefused(f"alert {alert_id} was decided already")
        if (verdict == Verdict.STUDIED) != (study_id is not None and session.get(Study, study_id) is not None):
            raise FormRefused("study")
        row.state, row.open_mark, row.reason, row.study_id = verdict.value, None, said, study_id
        row.decided_by, row.decided_at = member.id, utc_now()
        note_act(session, staff_of(member.id), Act.ALERT_DECIDED, {"alert": alert_id, "verdict": verdict.value})


def correct_topic(office: Office, topics: Topics, member: Member, folio: str, matter_id: int, topic: str) -> None:
    """A person's word on what a matter is about; its day is counted anew. Commits. Raises NotAllowed, NotFound."""
    require(member, DECIDERS)
    found = topics.find(topic)
    if found is None or not found.is_open:
        raise NotFound(f"no topic {topic}")
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)  # first, as whoever counts takes it: two who name a matter wait for each other
        petition = get_petition(session, folio)
        if petition.is_blocked:
            raise NotAllowed(f"the data of {folio} are blocked")
        if matter_id not in [matter.id for matter in petition.matters]:
            raise NotFound(f"{folio} has no matter {matter_id}")
        row = session.get(MatterTopic, matter_id) or MatterTopic(matter_id=matter_id)
        row.topic, row.staff_id, row.named_at = topic, member.id, utc_now()
        session.add(row)
        day = petition.opened_at.astimezone(office.jurisdiction.zone).date()
        told = {"matter": matter_id, "topic": topic, "day": day.isoformat()}
        note_act(session, staff_of(member.id), Act.TOPIC_CORRECTED, told, petition_id=petition.id)
        session.flush()
        count_days(session, office, day, day)


def reopen(office: Office, member: Member, alert_id: int) -> None:
    """A decision that was a mistake. Commits. Raises NotAllowed, NotFound, MoveRefused: the series has a card again."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)  # no look opens a card of the series meanwhile
        row = session.get(Alert, alert_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no alert {alert_id}")
        series = Alert.kind == row.kind, Alert.topic == row.topic, Alert.territory == row.territory
        if row.open_mark or session.scalars(select(Alert.id).where(*series, Alert.open_mark == 1)).first():
            raise MoveRefused(f"the series of alert {alert_id} has an open card")
        row.state, row.open_mark, row.reason, row.study_id = "open", 1, None, None
        row.decided_by, row.decided_at = None, None
        note_act(session, staff_of(member.id), Act.ALERT_DECIDED, {"alert": alert_id, "verdict": "open"})


def _card(session: Session, office: Office, eyes: Eyes, row: Alert, name: str | None, study: str | None) -> Card:
    place = office.reader.find_municipality(row.territory) if row.level == MUNICIPALITY else None
    is_told = row.observed >= eyes.hidden_under
    texts = _examples(session, office, eyes, row) if eyes.with_examples else []
    conflicts = {kind for *_, text in texts for kind in conflicts_in(eyes.terms, text)} if row.kind != CONFLICT else ()
    return Card(
        row.id,
        row.kind,
        row.topic if row.kind != "topic" else eyes.topics.name_of(row.topic),
        row.level,
        place.nombre if place else row.territory,
        row.territory if place else None,
        row.began_on,
        row.seen_on,
        row.window_days,
        row.observed if is_told else None,
        row.expected if is_told else None,
        row.every_days,
        row.strength,
        row.state,
        name,
        row.decided_at,
        row.reason,
        study,
        tuple(
            Example(matter, folio, at, shorten(mask(text), WORDS_MAX)) for matter, folio, at, text in texts[:EXAMPLES]
        ),
        tuple(sorted(conflicts)),
        row.kind == TOPIC and row.topic not in [topic.key for topic in eyes.topics.topics],
    )


def _examples(session: Session, office: Office, eyes: Eyes, row: Alert) -> list[tuple[int, str, datetime, str]]:
    """Newest first. By the indexes of petitions' place and opening, of a window's days."""
    began, ended = bounds(office.jurisdiction.zone, row.seen_on - (row.window_days - 1) * DAY, row.seen_on)
    wanted = select(Matter.id, Petition.folio, Petition.opened_at, Matter.text)
    wanted = wanted.join(Petition, Petition.id == Matter.petition_id)
    wanted = wanted.where(Petition.opened_at >= began, Petition.opened_at < ended, *counted(), _of(office, row))
    if row.kind == "topic":
        wanted = wanted.join(MatterTopic, MatterTopic.matter_id == Matter.id).where(MatterTopic.topic == row.topic)
    rows = session.execute(wanted.order_by(Petition.opened_at.desc()).limit(READ_FOR_EXAMPLES))
    if row.kind == CONFLICT:
        return [one for one in rows if row.topic in conflicts_in(eyes.terms, one[3])]
    return list(rows)


def _of(office: Office, row: Alert) -> ColumnElement[bool]:
    if row.kind == CLUSTER:
        members = select(IncidentMember.petition_id).where(IncidentMember.incident_id == int(row.topic))
        return Petition.id.in_(members)
    if row.level == REGION:
        within = [place.clave for place in office.reader.list_municipalities() if place.region == row.territory]
        return Petition.municipality.in_(within)
    if row.level == STATE:
        return Petition.municipality.is_not(None)
    return and_(Petition.municipality == row.territory)
