"""Waiting for what another process does: asked again and again, and an error that names what did not come."""

import time
from collections.abc import Callable


def wait_for(is_so: Callable[[], bool], what: str, timeout_s: float = 30, *, every_s: float = 0.05) -> None:
    """Raises AssertionError when it is not so within the time."""
    end = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < end, f"did not come in {timeout_s:.0f} s: {what}"
        time.sleep(every_s)
