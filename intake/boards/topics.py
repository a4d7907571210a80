"""What is asked for over time, by topic, and where an alert says that it is more than usual. Read only."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.alerts.found import TOPIC
from intake.indicators.period import Period
from intake.tables.alerts import Alert, TopicCount

SHOWN = 6


@dataclass(frozen=True)
class Mark:
    """`territory`: an INEGI key, a region's name, or the whole state."""

    topic: str
    began_on: date
    territory: str
    level: str
    observed: int


@dataclass(frozen=True)
class Streams:
    """Persons by day, of the topics with most; `marks`: of their alerts, oldest first."""

    topics: Sequence[str]
    by_day: Mapping[date, Mapping[str, int]]
    marks: Sequence[Mark]


def read_streams(session: Session, period: Period) -> Streams:
    within = TopicCount.day >= period.first, TopicCount.day <= period.last
    rows = select(TopicCount.day, TopicCount.topic, func.sum(TopicCount.persons)).where(*within)
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for day, topic, persons in session.execute(rows.group_by(TopicCount.day, TopicCount.topic)):
        by_day[day][topic] += int(persons)
        total[topic] += int(persons)
    topics = [topic for topic, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]]
    alerts = select(Alert.topic, Alert.began_on, Alert.territory, Alert.level, Alert.observed)
    alerts = alerts.where(Alert.kind == TOPIC, Alert.topic.in_(topics), Alert.state != "no_merit")
    alerts = alerts.where(Alert.began_on >= period.first, Alert.began_on <= period.last)
    marks = [Mark(*row) for row in session.execute(alerts.order_by(Alert.began_on, Alert.id))]
    return Streams(topics, by_day, marks)
