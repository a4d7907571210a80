"""The topic of one matter, as a petition's page tells it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from intake.alerts.topics import Topics, topic_of
from intake.tables.alerts import MatterTopic
from intake.tables.petitions import Matter


@dataclass(frozen=True)
class TopicView:
    """`is_corrected`: a person chose it."""

    key: str
    name: str
    is_corrected: bool


def find_topic(session: Session, topics: Topics, matter_id: int) -> TopicView | None:
    """By the table of topics while nothing is noted of it yet: topics are named by the hour. None: no such matter."""
    row = session.get(MatterTopic, matter_id)
    if row is not None:
        return TopicView(row.topic, topics.name_of(row.topic), row.staff_id is not None)
    matter = session.get(Matter, matter_id)
    if matter is None:
        return None
    key = topic_of(topics, matter.text, matter.agency)
    return TopicView(key, topics.name_of(key), is_corrected=False)
