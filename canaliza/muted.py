"""Channels for invented citizens: providers' messages are made and read as always, and nothing is ever sent.

Called by `seed`.
"""

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from bot.channels import Channel, Pace
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
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp
from intake.office import Office

NOWHERE = "http://127.0.0.1:9"  # the discard port: what is invented is never sent


@dataclass(frozen=True)
class Person:
    """An invented citizen: their channel and address there."""

    channel: ChannelName
    address: str
    name: str


def payload(person: Person, text: str, moment: datetime, number: int) -> bytes:
    """The message as the provider would have sent it."""
    if person.channel == ChannelName.WHATSAPP:
        number_only = person.address.removeprefix("whatsapp:+")
        form = {"MessageSid": f"SM{number:032x}", "From": person.address, "Body": text, "NumMedia": "0"}
        return urlencode(
            {**form, "WaId": number_only, "ProfileName": person.name, "To": "whatsapp:+5219510000000"}
        ).encode()
    user = {"id": int(person.address), "first_name": person.name}
    message = {
        "message_id": number,
        "date": int(moment.timestamp()),
        "text": text,
        "chat": {**user, "type": "private"},
        "from": {**user, "is_bot": False},
    }
    return json.dumps({"update_id": number, "message": message}).encode()


def muted(office: Office) -> Office:
    """The office with channels that read providers' messages as always and send nothing."""
    telegram = Telegram("1:invented", webhook_secret="", api_url=NOWHERE)
    whatsapp = WhatsApp(
        f"AC{0:032x}", "invented", sender="whatsapp:+5219510000000", api_url=NOWHERE, public_url=NOWHERE
    )
    return replace(office, channels={channel.name: Muted(channel) for channel in (telegram, whatsapp)})


class Muted:
    """A channel that reads as `inner` does; what it is given to send is accepted and goes nowhere."""

    def __init__(self, inner: Channel) -> None:
        self._inner = inner
        self.name, self.max_text, self.has_buttons = inner.name, inner.max_text, inner.has_buttons
        self.pace = Pace(per_second=1000)

    def verify(self, request: WebhookRequest) -> bool:
        return False

    def peek(self, request: WebhookRequest) -> EventKey:
        return self._inner.peek(request)

    def parse(self, body: bytes) -> Inbound | Ignored:
        return self._inner.parse(body)

    def parse_status(self, request: WebhookRequest) -> StatusReport | Ignored:
        return self._inner.parse_status(request)

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        return Sent(f"invented-{reply_id}")

    async def find_sent(
        self, address: str, message: Outbound, *, since: datetime, known: Collection[str] = ()
    ) -> Sent | None:
        return None

    async def answer_button(self, callback_id: str) -> None:
        return None

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> AsyncIterator[bytes]:
        return
        yield b""

    async def close(self) -> None:
        return None
