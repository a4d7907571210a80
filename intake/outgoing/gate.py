"""One process's turns at a provider: one by one, evenly apart, so that what was claimed together does not arrive so.

The pace over all hosts is kept when replies are claimed (`pacing`). A second counted there is not the provider's: what
was claimed at its beginning may be late, and meet what the next one began with. Used by `sending`.
"""

import asyncio
import math
from collections import deque
from time import monotonic

SAVED_S = 1 / 14  # of the pace while nothing leaves: Telegram's 28 a second make 30 with it, WhatsApp's 75 make 80
AHEAD_S = 0.25  # whoever waits longer keeps a place that another channel's messages need


class Gate:
    """Turns at one provider (GCRA, the leaky bucket as a meter). One instance a process and channel."""

    def __init__(self, per_second: int) -> None:
        self._apart_s = 1 / per_second
        self._saved_s = max(SAVED_S - self._apart_s, 0.0)
        self._empty_at = 0.0  # when the bucket is empty, on the clock `monotonic`
        self._left = deque[float](maxlen=per_second)

    def count_turns(self) -> int:
        """How many would be through within `AHEAD_S`."""
        return max(0, math.floor((AHEAD_S - self._wait_s(monotonic())) / self._apart_s) + 1)

    def full_for_s(self) -> float:
        """Until fewer than the pace have left within a second: before then nothing more is claimed. 0: fewer have."""
        is_full = len(self._left) == self._left.maxlen
        return max(0.0, self._left[0] + 1 - monotonic()) if is_full else 0.0

    async def pass_through(self) -> None:
        """Take the next turn, and wait for it."""
        now = monotonic()
        wait_s = self._wait_s(now)
        self._empty_at = max(self._empty_at, now) + self._apart_s
        self._left.append(now + wait_s)
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def _wait_s(self, now: float) -> float:
        return max(0.0, self._empty_at - self._saved_s - now)
