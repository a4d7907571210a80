"""Both providers' APIs as a fast sink: takes what the program sends, answers as they do, notes when each came.

Not the simulator: that keeps phones, windows and journals, and would be what is measured. No delivery reports come
from here. Runs in the generator's process, whose share of the machine is reported.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs

from bot.messages import ChannelName

ACCEPTED = {"id": 1, "is_bot": True, "first_name": "Canaliza", "username": "CanalizaBot"}


@dataclass(frozen=True)
class Sending:
    """One message that the program handed over."""

    channel: ChannelName
    address: str
    at: float


class Sink:
    def __init__(self) -> None:
        self.sendings: list[Sending] = []
        self.port = 0
        self._numbers = itertools.count(1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def first_reply_at(self) -> dict[str, float]:
        """Of each address."""
        first: dict[str, float] = {}
        for sending in self.sendings:
            first.setdefault(sending.address, sending.at)
        return first

    async def wait_for(self, addresses: Sequence[str], *, timeout_s: float) -> None:
        """Until each of them has had a reply. Raises TimeoutError."""
        wanted = set(addresses)
        async with asyncio.timeout(timeout_s):
            while wanted - self.first_reply_at().keys():
                await asyncio.sleep(0.05)

    def answer(self, path: str, body: bytes) -> bytes:
        method = path.rpartition("/")[2].partition("?")[0]
        if method == "Messages.json":
            return self._twilio(body)
        if method == "sendMessage":
            return self._telegram(body)
        result = {"getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0}}
        return json.dumps({"ok": True, "result": result.get(method, ACCEPTED if method == "getMe" else True)}).encode()

    def _telegram(self, body: bytes) -> bytes:
        chat = parse_qs(body.decode())["chat_id"][0]
        self.sendings.append(Sending(ChannelName.TELEGRAM, chat, time.monotonic()))
        number = next(self._numbers)
        sent = {"message_id": number, "date": int(time.time()), "chat": {"id": int(chat), "type": "private"}}
        return json.dumps({"ok": True, "result": sent}).encode()

    def _twilio(self, body: bytes) -> bytes:
        """A creation; without a body it is the list that reconciliation asks for."""
        if not body:
            return b'{"messages": [], "next_page_uri": null, "page": 0, "page_size": 50}'
        address = parse_qs(body.decode())["To"][0]
        self.sendings.append(Sending(ChannelName.WHATSAPP, address, time.monotonic()))
        return json.dumps({"sid": f"SM{next(self._numbers):032x}", "status": "queued"}).encode()


@asynccontextmanager
async def open_sink() -> AsyncIterator[Sink]:
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(sink), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink, self._buffer = sink, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while request := self._take():
            head, body = request
            path = head.split(b" ", 2)[1].decode()
            answer = self._sink.answer(path, body)
            start = "HTTP/1.1 201 Created" if path.endswith("Messages.json") and body else "HTTP/1.1 200 OK"
            headers = f"{start}\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
            if self._transport:
                self._transport.write(headers.encode() + answer)

    def _take(self) -> tuple[bytes, bytes] | None:
        """The first whole request."""
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        _, has_length, length = head.lower().partition(b"content-length:")
        size = int(length.partition(b"\r\n")[0]) if has_length else 0
        if not found or len(rest) < size:
            return None
        self._buffer = rest[size:]
        return head, rest[:size]
