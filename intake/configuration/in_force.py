"""What staff published over the jurisdiction's folder, as it is in force now.

One instance a process, for all its threads, asked by every message; two numbers are read every few seconds, the values
only when one of them is another. A database that cannot be asked leaves what was known.
"""

import threading
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from intake.database import reading
from intake.tables.configuration import ConfigVerdict, ConfigVersion

KEPT_S = 5.0  # another process's publication is known after so long
Stamp = tuple[int, int]
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


class InForce:
    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._was_read = False
        self._known: tuple[Stamp, Mapping[str, Mapping[str, dict[str, Any]]]] = (0, 0), {}

    @property
    def stamp(self) -> Stamp:
        """Another one whenever something was published or confirmed."""
        return self._current()[0]

    def values(self, subject: Subject) -> Mapping[str, dict[str, Any]]:
        """By key; what stands as the folder says is not among them."""
        return self._current()[1].get(subject, NOTHING)

    def forget(self) -> None:
        """The next question looks again: something was published here."""
        self._read_at = None

    def _current(self) -> tuple[Stamp, Mapping[str, Mapping[str, dict[str, Any]]]]:
        """One looks for all; nobody goes on with the folder's alone before the first look, nor with what was known
        before what this thread has just published."""
        if not self._was_read or self._is_due():
            with self._lock:
                if self._is_due():
                    self._read_at = time.monotonic()
                    self._try_to_look()
                self._was_read = True
        return self._known

    def _is_due(self) -> bool:
        read_at = self._read_at
        return read_at is None or time.monotonic() - read_at > KEPT_S

    def _try_to_look(self) -> None:
        try:
            self._look()
        except SQLAlchemyError as error:
            log.warning("configuration.not-read", error=type(error).__name__)

    def _look(self) -> None:
        with reading(self._sessions) as session:
            newest = select(
                select(func.max(ConfigVersion.number)).scalar_subquery(),
                select(func.max(ConfigVerdict.number)).scalar_subquery(),
            )
            versions, verdicts = session.execute(newest).one()
            stamp = versions or 0, verdicts or 0
            if stamp == self._known[0]:
                return
            self._known = stamp, read_values(session)
        log.info("configuration.in-force", version=stamp[0], verdict=stamp[1])


def read_values(session: Session) -> Mapping[str, Mapping[str, dict[str, Any]]]:
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
