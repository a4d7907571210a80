"""The load: prepared requests over kept-alive connections, HTTP/1.1 by hand, so that little of the machine goes to it.

Closed: each connection sends its next request when it has its answer. Paced: requests are due at fixed moments and
their latency counts from then, whether or not a connection was free (what waits in a queue has waited too).
"""

import asyncio
import gc
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

CONNECTIONS = 32
PATIENCE_S = 120.0  # for all answers of one run


@dataclass
class Run:
    """What came of it. `sent_at`, `taken_s`: of each request, by its place; NaN in `taken_s`: no answer."""

    sent_at: list[float]
    taken_s: list[float]
    statuses: dict[int, int] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / max(self.ended - self.began, 1e-9)

    @property
    def refused(self) -> int:
        """Requests without a 200, those without any answer among them."""
        return len(self.taken_s) - self.statuses.get(200, 0)

    def percentile_ms(self, share: float) -> float:
        return float(np.nanpercentile(self.taken_s, share)) * 1000


async def run_load(
    port: int, requests: Sequence[bytes], *, per_second: float | None = None, connections: int = CONNECTIONS
) -> Run:
    """Send all of them to 127.0.0.1. `per_second` None: as fast as answers come. Raises TimeoutError."""
    gc.collect()
    gc.freeze()  # a look through the generator's own objects would be measured as the server's pause
    load = _Load(requests)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(load), "127.0.0.1", port)
    load.run.began = time.monotonic()
    async with asyncio.timeout(PATIENCE_S + len(requests) / (per_second or 1000)):
        if per_second:
            await load.release_paced(per_second)
        else:
            load.release_all()
        await load.finished.wait()
    load.run.ended = time.monotonic()
    load.close()
    return load.run


class _Load:
    """Which request is next, and which connections are free."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        nothing = [float("nan")] * len(requests)
        self.run = Run(nothing[:], nothing[:])
        self.finished = asyncio.Event()
        self.free: deque[_Connection] = deque()
        self._all: list[_Connection] = []
        self._requests, self._due, self._left = requests, deque[int](), len(requests)

    def release_all(self) -> None:
        self._due.extend(range(len(self._requests)))
        self._dispatch()

    async def release_paced(self, per_second: float) -> None:
        for place in range(len(self._requests)):
            moment = self.run.began + place / per_second
            while (wait_s := moment - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            self.run.sent_at[place] = moment
            self._due.append(place)
            self._dispatch()

    def add(self, connection: "_Connection") -> None:
        self._all.append(connection)
        self.free.append(connection)

    def answered(self, connection: "_Connection", place: int, status: int) -> None:
        self.run.taken_s[place] = time.monotonic() - self.run.sent_at[place]
        self.run.statuses[status] = self.run.statuses.get(status, 0) + 1
        self._left -= 1
        self.free.append(connection)
        self._dispatch()
        if not self._left:
            self.finished.set()

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    def _dispatch(self) -> None:
        while self._due and self.free:
            place = self._due.popleft()
            if self.run.sent_at[place] != self.run.sent_at[place]:  # NaN: due at once
                self.run.sent_at[place] = time.monotonic()
            self.free.popleft().send(place, self._requests[place])


class _Connection(asyncio.Protocol):
    """One request at a time; understands answers with a Content-Length, which is all that our servers give."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._buffer, self._place = b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._load.add(self)

    def send(self, place: int, request: bytes) -> None:
        self._place = place
        if self._transport:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._buffer = b""
        self._load.answered(self, self._place, int(head[9:12]))

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0
