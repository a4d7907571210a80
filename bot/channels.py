"""The contract that every channel fulfils: Telegram, WhatsApp, console."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import (
    Attachment,
    ChannelName,
    EventKey,
    Ignored,
    Inbound,
    Outbound,
    Sent,
    StatusReport,
    WebhookRequest,
)


@dataclass(frozen=True)
class Pace:
    """What a provider takes: messages a second from this sender, and seconds between two to one citizen."""

    per_second: int
    apart_s: float = 0.0


class Channel(Protocol):
    """One provider. `parse` and `peek` only read; `send`, `fetch` and `find_sent` talk to the provider."""

    name: ChannelName
    max_text: int
    has_buttons: bool
    pace: Pace

    def verify(self, request: WebhookRequest) -> bool:
        """Whether the provider sent this; constant time, never raises."""
        ...

    def peek(self, request: WebhookRequest) -> EventKey:
        """Identity and order of an event. Never raises: what cannot be read gets its body's hash as identity."""
        ...

    def parse(self, body: bytes) -> Inbound | Ignored:
        """The event's meaning. Raises Unreadable."""
        ...

    def parse_status(self, request: WebhookRequest) -> StatusReport | Ignored:
        """A delivery report's meaning. Raises Unreadable."""
        ...

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        """Hand one message to the provider, once, without retry. Raises SendError."""
        ...

    async def find_sent(
        self, address: str, message: Outbound, *, since: datetime, known: Collection[str] = ()
    ) -> Sent | None:
        """Look for an ambiguous send at the provider; those `known` are other replies', perhaps in the same words.

        None: surely not there. Raises SendError when it cannot tell.
        """
        ...

    async def answer_button(self, callback_id: str) -> None:
        """Stop the spinner of a pressed button. Best effort: never raises SendError."""
        ...

    def fetch(self, attachment: Attachment, *, max_bytes: int) -> AsyncIterator[bytes]:
        """The attachment's bytes in chunks. Raises FetchError, also when `max_bytes` is passed."""
        ...

    async def close(self) -> None:
        """Give back the connections. The channel cannot be used afterwards."""
        ...
