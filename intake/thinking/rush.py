"""A rush: the oldest work waits longer than people should. They are told in the acknowledgement, staff on every page.

Asked before each message and each page; the database is asked at most once a second a process.
"""

import threading
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from intake.database import reading, without_index
from intake.tables.citizens import Conversation

LOOK_EVERY = timedelta(seconds=1)


class Rush:
    """One instance a process, for all its threads. `channels`: those that are worked on here."""

    def __init__(self, sessions: sessionmaker[Session], channels: Collection[str], late_after: timedelta) -> None:
        self._sessions, self._channels, self._late_after = sessions, channels, late_after
        self._looking = threading.Lock()
        self._looked_at: datetime | None = None
        self._oldest: datetime | None = None

    def since(self, now: datetime) -> datetime | None:
        """Since when the oldest work waits; None while it is not late."""
        if self._is_due(now) and self._looking.acquire(blocking=False):
            try:
                self._look(now)
            finally:
                self._looking.release()
        oldest = self._oldest
        return oldest if oldest and now - oldest > self._late_after else None

    def _is_due(self, now: datetime) -> bool:
        return self._looked_at is None or abs(now - self._looked_at) >= LOOK_EVERY

    def _look(self, now: datetime) -> None:
        self._looked_at = now
        with reading(self._sessions) as session:
            self._oldest = oldest_work(session, now, self._channels)


def oldest_work(session: Session, now: datetime, channels: Collection[str] | None = None) -> datetime | None:
    """Since when a conversation, of those channels, has work to do; a timer in the future is no wait."""
    oldest = select(func.min(Conversation.work_at)).where(Conversation.work_at <= now)
    if channels is not None:
        oldest = oldest.where(without_index(Conversation.channel).in_(channels))
    return session.scalar(oldest)
