"""What staff published over the jurisdiction's folder, as it is in force now.

One instance a process, for all its threads, asked by every message; two numbers are read every few seconds, the values
only when one of them is another. A database that cannot be asked leaves what was known.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from intake.database import reading
from intake.lately import Lately
from intake.tables.configuration import ConfigVerdict, ConfigVersion

KEPT_S = 5.0  # another process's publication is known after so long
Stamp = tuple[int, int]
Values = Mapping[str, Mapping[str, dict[str, Any]]]  # by subject and key
NOTHING: Mapping[str, dict[str, Any]] = {}
log = structlog.get_logger()


class Subject(StrEnum):
    """What a version is of."""

    SENTENCE = "sentence"
    TEMPLATE = "template"
    AGENCY = "agency"
    LINE = "line"
    TOPIC = "topic"
    PROMISE = "promise"
    TERM = "term"
    SERIES = "series"


class InForce:
    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._lately = Lately[tuple[Stamp, Values]](((0, 0), {}), self._look, kept_s=KEPT_S)

    @property
    def stamp(self) -> Stamp:
        """Another one whenever something was published or confirmed."""
        return self._lately.current[0]

    def values(self, subject: Subject) -> Mapping[str, dict[str, Any]]:
        """By key; what stands as the folder says is not among them."""
        return self._lately.current[1].get(subject, NOTHING)

    def forget(self) -> None:
        """The next question looks again: something was published here."""
        self._lately.forget()

    def _look(self, known: tuple[Stamp, Values]) -> tuple[Stamp, Values]:
        try:
            return self._read(known)
        except SQLAlchemyError as error:
            log.warning("configuration.not-read", error=type(error).__name__)
            return known

    def _read(self, known: tuple[Stamp, Values]) -> tuple[Stamp, Values]:
        newest = select(
            select(func.max(ConfigVersion.number)).scalar_subquery(),
            select(func.max(ConfigVerdict.number)).scalar_subquery(),
        )
        with reading(self._sessions) as session:
            versions, verdicts = session.execute(newest).one()
            stamp = versions or 0, verdicts or 0
            if stamp == known[0]:
                return known
            values = read_values(session)
        log.info("configuration.in-force", version=stamp[0], verdict=stamp[1])
        return stamp, values


def read_values(session: Session) -> Values:
    """By subject and key: the newest version of each that needs nobody's word any more."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in session.scalars(select(ConfigVersion).where(ConfigVersion.number.in_(numbers_in_force()))):
        if row.value is not None:
            found.setdefault(row.subject, {})[row.key] = row.value
    return found


def numbers_in_force() -> Any:
    counts = ~ConfigVersion.needs_second | ConfigVerdict.is_confirmed
    return (
        select(func.max(ConfigVersion.number))
        .outerjoin(ConfigVerdict, ConfigVerdict.version == ConfigVersion.number)
        .where(counts)
        .group_by(ConfigVersion.subject, ConfigVersion.key)
    )
