"""Under HTTP: cutting a connection as a network does, and noticing that the server is about to stop.

ASGI has no word for either, so this file alone reaches into uvicorn's request cycle; without uvicorn a cut raises
ConnectionResetError through the app, which an in-process client sees as such.
"""

import asyncio
import socket
import struct
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TRICKLE_S = 0.5
LOST_S = 0.02  # the loop needs a turn to note that the connection is gone, before the app returns without an answer
SCOPE_KEY = "canaliza.connection"
RESET = struct.pack("ii", 1, 0)  # of SO_LINGER: the connection ends with RST instead of FIN


class Connection:
    def __init__(self, send: Send) -> None:
        self._cycle: Any = getattr(send, "__self__", None)
        self._was_kept_alive = bool(getattr(self._cycle, "keep_alive", False))

    @property
    def is_ending(self) -> bool:
        """Uvicorn takes keep-alive from running requests when it stops; endless answers end themselves then."""
        return self._was_kept_alive and not self._cycle.keep_alive

    async def cut(self, *, after_flush: bool = False) -> None:
        transport = getattr(self._cycle, "transport", None)
        if transport is None:
            raise ConnectionResetError("cut by an ordered fault")
        if after_flush:
            transport.close()
        else:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            transport.abort()
        await asyncio.sleep(LOST_S)

    def write(self, raw: bytes) -> None:
        """Past HTTP."""
        if self._cycle is not None:
            self._cycle.transport.write(raw)


class SimulatorApp(FastAPI):
    """FastAPI whose requests know the connection that they came on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY] = Connection(send)
        await super().__call__(scope, receive, send)


class Cut(Response):
    """No answer at all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[SCOPE_KEY].cut()


class Truncated(Response):
    """Half of an answer, whose length was announced in full; then an end, or a reset."""

    is_reset = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        if self.is_reset:
            await asyncio.sleep(LOST_S)  # so that the half has left: a reset takes back what still waits
        await scope[SCOPE_KEY].cut(after_flush=not self.is_reset)


class ResetAmid(Truncated):
    is_reset = True


class Trickled(Response):
    """The head of an answer, a byte at a time, until the caller has enough of it."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = scope[SCOPE_KEY]
        connection.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(int(self._seconds / TRICKLE_S)):
            if connection.is_ending:
                break
            await asyncio.sleep(TRICKLE_S)
            connection.write(b"x")
        await connection.cut()


def connection_of(scope: Scope) -> Connection:
    connection: Connection = scope[SCOPE_KEY]
    return connection
