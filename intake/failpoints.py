"""Crash points for fault tests: `CANALIZA_FAILPOINT=name:nth` kills the process at the nth pass of that point.

Nothing happens, and nothing is counted, unless `arm` was called. The names are RELIABILITY's crash points, in order.
"""

import os
import signal
import threading

NAMES = (
    "receive.body-read",
    "receive.verified",
    "receive.inserted",
    "receive.committed",
    "spool.written",
    "spool.renamed",
    "spool.replayed",
    "worker.claimed",
    "process.parsed",
    "process.written",
    "process.committed",
    "replies.claimed",
    "replies.sending",
    "replies.answered",
    "media.half",
    "media.stored",
    "office.written",
    "office.committed",
    "carrying.packed",
    "carrying.put",
    "carrying.reported",
    "carrying.rows-written",
    "carrying.some-undone",
)


class _Armed:
    """The one point that is armed in this process, if any."""

    name: str | None = None
    passes_left = 0
    lock = threading.Lock()


def arm(spec: str) -> None:
    """`name:nth`, empty for none. Raises ValueError for an unknown name."""
    if not spec:
        return
    name, _, nth = spec.partition(":")
    if name not in NAMES:
        raise ValueError(f"no failpoint {name!r}; there are {', '.join(NAMES)}")
    _Armed.name, _Armed.passes_left = name, int(nth or 1)


def pass_point(name: str) -> None:
    if _Armed.name != name:
        return
    with _Armed.lock:
        _Armed.passes_left -= 1
        if _Armed.passes_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
