"""A channel without a provider: a conversation in the terminal, and the tests' way in. Nothing of it faces the web."""

import json
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.channels import Pace
from bot.cleaning import clean, event_id
from bot.errors import FetchError, Unreadable
from bot.messages import (
    Attachment,
    ChannelName,
    EventKey,
    Ignored,
    Inbound,
    InboundKind,
    Outbound,
    Sent,
    StatusReport,
    WebhookRequest,
)
from bot.numbering import number_choices

Deliver = Callable[[str, Outbound], None]


class Console:
    """`deliver` gets each message with its address, choices already written as numbered lines."""

    name = ChannelName.CONSOLE
    max_text = 4000
    pace = Pace(per_second=1000)
    has_buttons = False

    def __init__(self, deliver: Deliver | None = None) -> None:
        self._deliver = deliver

    def verify(self, request: WebhookRequest) -> bool:
        """Never: what is typed here does not come through a webhook."""
        return False

    def peek(self, request: WebhookRequest) -> EventKey:
        try:
            said = _read(request.body)
            return EventKey(event_id(str(said["id"]), request.body), str(said["address"]))
        except (Unreadable, KeyError):
            return EventKey(event_id("", request.body), "")

    def parse(self, body: bytes) -> Inbound | Ignored:
        said = _read(body)
        try:
            return _inbound(said)
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"console: {type(error).__name__}") from error

    def parse_status(self, request: WebhookRequest) -> StatusReport | Ignored:
        return Ignored("the console reports nothing")

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        if self._deliver:
            self._deliver(address, replace(message, text=_as_lines(message)))
        return Sent(f"console-{reply_id}")

    async def find_sent(
        self, address: str, message: Outbound, *, since: datetime, known: Collection[str] = ()
    ) -> Sent | None:
        """None: whoever sat at the terminal when the process died is shown the message again."""
        return None

    async def answer_button(self, callback_id: str) -> None:
        return None

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> AsyncIterator[bytes]:
        raise FetchError("no_files", "the console carries no files")
        yield b""  # what makes this an iterator, as the contract wants it

    async def close(self) -> None:
        return None


def _as_lines(message: Outbound) -> str:
    """Choices are numbered; a file is told by its name."""
    lines = number_choices(message)
    return f"[{message.file.name}]\n{lines}" if message.file else lines


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("console: not JSON") from error
    if not isinstance(said, dict):
        raise Unreadable("console: not an object")
    return said


def _inbound(said: dict[str, Any]) -> Inbound:
    button = said.get("button")
    return Inbound(
        channel=ChannelName.CONSOLE,
        kind=InboundKind.BUTTON if button else InboundKind.MESSAGE,
        address=str(said["address"]),
        external_id=str(said["id"]),
        sent_at=datetime.fromisoformat(said["sent_at"]),
        text=clean(said.get("text") or ""),
        button=clean(button) if button else None,
    )
