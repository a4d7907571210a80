"""The contingency that is on, if any: of the rows for pages, and as each message asks for it, kept a moment."""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, sessionmaker

from intake.database import reading
from intake.tables.petitions import Contingency

KEPT_S = 1.0  # what another process's staff declare or end is known after so long

# Made once: making a statement takes longer than running it.
CURRENT = select(Contingency).where(
    Contingency.open_mark == 1, or_(Contingency.ends_at.is_(None), Contingency.ends_at > bindparam("now"))
)
OPEN = select(Contingency).where(Contingency.open_mark == 1)


@dataclass(frozen=True)
class Declared:
    """What a message is told of it, and when it ends by itself."""

    id: int
    notice: str
    source: str
    source_at: datetime
    ends_at: datetime | None


class Contingencies:
    """One instance a process, for all its threads."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._read_at: float | None = None
        self._open: Declared | None = None

    def current(self, now: datetime) -> Declared | None:
        """The one that is on; the rows are asked at most once a second."""
        if self._read_at is None or time.monotonic() - self._read_at > KEPT_S:
            read_at = time.monotonic()
            self._open = self._look()
            self._read_at = read_at
        found = self._open
        return found if found and (found.ends_at is None or found.ends_at > now) else None

    def forget(self) -> None:
        """The next question looks again: one was declared or ended here."""
        self._read_at = None

    def _look(self) -> Declared | None:
        with reading(self._sessions) as session:
            row = session.scalars(OPEN).first()
        return Declared(row.id, row.notice, row.source, row.source_at, row.ends_at) if row else None


def find_current(session: Session, now: datetime) -> Contingency | None:
    return session.scalars(CURRENT, {"now": now}).first()
