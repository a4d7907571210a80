"""What stands in rows and is asked by every message: kept in memory, looked at again every few seconds.

One instance a process, for all its threads. Used by the rulebook, the office's table of days, and what staff published
over the jurisdiction's folder.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Known = TypeVar("Known")


class Lately(Generic[Known]):
    """`look` is given what is known and gives what there is now; what it raises reaches whoever asked, and the next
    question looks again. `kept_s`: what another process wrote is known after so long."""

    def __init__(self, first: Known, look: Callable[[Known], Known], *, kept_s: float) -> None:
        self._known, self._look, self._kept_s = first, look, kept_s
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._was_read = False

    @property
    def current(self) -> Known:
        """One looks for all; nobody goes on with the first before there was a look, nor with what was known before
        what this thread has just written."""
        if not self._was_read or self._is_due():
            with self._lock:
                if self._is_due():
                    self._look_again()
        return self._known

    def forget(self) -> None:
        """The next question looks again: something was written here."""
        self._looked_at = None

    def _is_due(self) -> bool:
        looked_at = self._looked_at
        return looked_at is None or time.monotonic() - looked_at > self._kept_s

    def _look_again(self) -> None:
        before, self._looked_at = self._looked_at, time.monotonic()  # others go on with what was known meanwhile
        try:
            self._known = self._look(self._known)
        except Exception:
            self._looked_at = before
            raise
        self._was_read = True
