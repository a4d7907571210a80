"""The contingency that is on, if any: of the rows for pages, and as each message asks for it, kept a moment."""

import threading
import time
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from intake.tables.petitions import Contingency

KEPT_S = 1.0  # what another process's staff declare or end is known after so long

# Made once: making a statement takes longer than running it.
CURRENT = select(Contingency).where(
    Contingency.open_mark == 1, or_(Contingency.ends_at.is_(None), Contingency.ends_at > bindparam("now"))
)


@dataclass(frozen=True)
class Declared:
    """What a message is told of it, and when it ends by itself."""

    id: int
    notice: str
    source: str
    source_at: datetime
    ends_at: datetime | None


OPEN = select(*(getattr(Contingency, field.name) for field in fields(Declared))).where(Contingency.open_mark == 1)


class Contingencies:
    """One instance a process, for all its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forgotten = 0
        self._kept: tuple[float, Declared | None] | None = None

    def current(self, session: Session, now: datetime) -> Declared | None:
        """The one that is on; the rows are asked at most once a second."""
        kept = self._kept
        if kept is None or time.monotonic() - kept[0] > KEPT_S:
            kept = self._look(session)
        found = kept[1]
        return found if found and (found.ends_at is None or found.ends_at > now) else None

    def forget(self) -> None:
        """The next question looks again: one was declared or ended here."""
        with self._lock:
            self._forgotten += 1
            self._kept = None

    def _look(self, session: Session) -> tuple[float, Declared | None]:
        """What was read before another thread said that it has changed is not kept."""
        read_at, forgotten = time.monotonic(), self._forgotten
        row = session.connection().execute(OPEN).first()
        read = read_at, Declared(*row) if row else None
        with self._lock:
            if forgotten == self._forgotten:
                self._kept = read
        return read


def find_current(session: Session, now: datetime) -> Contingency | None:
    return session.scalars(CURRENT, {"now": now}).first()
