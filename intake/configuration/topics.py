"""Topics as the administrator changes them: listed, checked, and tried on the latest petitions before they count.

Called by the admin. Publishing is `changing`; what older petitions are named with follows within the hour
(`intake.alerts.counting`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from intake.alerts.counting import counted
from intake.alerts.topics import NEW, Topic, Topics, topic_of
from intake.answers.plain_language import flatten
from intake.clock import utc_now
from intake.configuration.things import NAME_MAX, TOPIC_KEY_MAX, read_topic
from intake.database import reading
from intake.office import Office
from intake.tables.alerts import MatterTopic, TopicCount
from intake.tables.petitions import Matter, Petition
from intake.thinking.facts import shorten
from nlp.masks import mask

WORDS_MAX = 1200  # the form's field
MONTH_DAYS = 30
SHOWN, WORDS_SHOWN = 8, 160  # of what would be named otherwise


class Wrong(StrEnum):
    """What a topic cannot be published with; the staff's catalogue has a sentence for each."""

    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    SAME_NAME = "same_name"
    NO_AGENCY = "no_agency"
    NOTHING = "nothing"
    ONLY_WORDS = "only_words"
    NO_WORD = "no_word"
    LONG_WORDS = "long_words"
    OTHER = "other"


@dataclass(frozen=True)
class Fault:
    """`what`: the words in question."""

    wrong: Wrong
    what: str = ""

    def __str__(self) -> str:
        return f"{self.wrong.value} {self.what}".strip()


@dataclass(frozen=True)
class TopicView:
    """`persons`: who asked for it in the last thirty days."""

    topic: Topic
    persons: int


@dataclass(frozen=True)
class Move:
    """A matter that would be named otherwise; words of persons are masked."""

    folio: str
    words: str
    before: str
    after: str


@dataclass(frozen=True)
class Trial:
    """`read`: matters that were tried; `moved`: how many of them would be named otherwise, `moves` the first."""

    read: int
    moved: int
    moves: tuple[Move, ...]


def list_topics(office: Office) -> list[TopicView]:
    """In the order in which they are tried, those in use first, the one for all the rest after them."""
    topics = office.jurisdiction.topics
    since = utc_now().astimezone(office.jurisdiction.zone).date() - timedelta(days=MONTH_DAYS)
    counts = select(TopicCount.topic, func.sum(TopicCount.persons)).where(TopicCount.day > since)
    with reading(office.sessions) as session:
        persons = {key: int(count) for key, count in session.execute(counts.group_by(TopicCount.topic))}
    retired = [topic for topic in topics.table.values() if not topic.is_open and topic.key != topics.other_key]
    return [TopicView(one, persons.get(one.key, 0)) for one in (*topics.topics, topics.other, *retired)]


def find_topic_faults(office: Office, key: str, value: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Of a value in a version's shape."""
    return tuple(_faults(office, key, value))


def key_for(topics: Topics, name: str) -> str:
    """A new topic's: its name's plain letters, another than all there are."""
    plain = flatten(name).replace("ñ", "n")
    letters = "".join(letter if letter.isalnum() else "_" for letter in plain).encode("ascii", "ignore")
    base = "_".join(part for part in letters.decode().lower().split("_") if part)[: TOPIC_KEY_MAX - 3] or "tema"
    taken, number = base, 2
    while taken == NEW or topics.find(taken) is not None:
        taken, number = f"{base}_{number}", number + 1
    return taken


def try_topic(office: Office, key: str, value: Mapping[str, Any]) -> Trial:
    """What it would do to the latest petitions, as many as rules are rehearsed on; what a person corrected stays.
    Reads only. Raises ValueError, KeyError for a value of no topic's shape."""
    topics = office.jurisdiction.topics
    now = replace(topics, table=dict(topics.table))  # one table for all of them
    then = replace(now, table={**now.table, key: read_topic(key, value, now.find(key))})
    wanted = (
        select(Petition.folio, Matter.text, Matter.agency)
        .join(Matter, Matter.petition_id == Petition.id)
        .outerjoin(MatterTopic, MatterTopic.matter_id == Matter.id)
        .where(*counted(), MatterTopic.staff_id.is_(None))
        .order_by(Petition.opened_at.desc(), Petition.id.desc())
    )
    with reading(office.sessions) as session:
        rows = session.execute(wanted.limit(office.settings.rehearsed_petitions)).all()
    named = [(folio, text, topic_of(now, text, agency), topic_of(then, text, agency)) for folio, text, agency in rows]
    moved = [
        Move(folio, shorten(mask(text), WORDS_SHOWN), now.name_of(before), then.name_of(after))
        for folio, text, before, after in named
        if before != after
    ]
    return Trial(len(named), len(moved), tuple(moved[:SHOWN]))


def _faults(office: Office, key: str, value: Mapping[str, Any]) -> Iterator[Fault]:
    topics, name = office.jurisdiction.topics, str(value["name"]).strip()
    if not name:
        yield Fault(Wrong.NO_NAME)
    if len(name) > NAME_MAX:
        yield Fault(Wrong.LONG_NAME)
    if any(flatten(one.name) == flatten(name) for one in topics.table.values() if one.key != key):
        yield Fault(Wrong.SAME_NAME, name)
    topic = read_topic(key, {**value, "name": name or key}, None)
    if key == topics.other_key:
        if topic.sounds or topic.agencies or not topic.is_open:
            yield Fault(Wrong.OTHER)
        return
    for agency in sorted(topic.agencies):
        if office.jurisdiction.find_agency(agency) is None:
            yield Fault(Wrong.NO_AGENCY, agency)
    yield from _word_faults(topic)


def _word_faults(topic: Topic) -> Iterator[Fault]:
    if len(topic.words) > WORDS_MAX:
        yield Fault(Wrong.LONG_WORDS)
    if not topic.sounds and not topic.agencies:
        yield Fault(Wrong.NOTHING)
    if not topic.sounds and topic.needs_words:
        yield Fault(Wrong.ONLY_WORDS)
    phrases = [phrase.strip() for phrase in topic.words.split(",") if phrase.strip()]
    for phrase, (sound, _) in zip(phrases, topic.sounds, strict=True):
        if not any(letter.isalnum() for letter in sound):
            yield Fault(Wrong.NO_WORD, phrase)
