"""Webhooks of invented citizens as both providers send them, signed, as bytes ready for a socket.

Everything is computed before the clock runs: a generator that signs while it measures would measure itself.
"""

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bot.channels import Channel
from bot.messages import ChannelName, WebhookRequest
from intake.clock import utc_now
from intake.incoming.spool import Arrival
from intake.incoming.webhooks import TELEGRAM, WHATSAPP
from intake.settings import Settings

FIRST_CHAT, FIRST_PHONE = 5_000_000_000, 9_510_000_000
ORDER = (ChannelName.TELEGRAM, ChannelName.WHATSAPP)


@dataclass(frozen=True)
class Webhook:
    """`address`: to whom the program will answer."""

    channel: ChannelName
    address: str
    raw: bytes


def write_webhooks(
    settings: Settings, texts: Sequence[str], *, first: int, channels: Sequence[ChannelName] = ORDER
) -> list[Webhook]:
    """One message each of as many citizens, the channels in turn; `first` numbers the first citizen and message."""
    turns = itertools.cycle(channels)
    return [
        write_webhook(settings, next(turns), text, first + place, first + place) for place, text in enumerate(texts)
    ]


def arrivals_of(channel: Channel, hooks: Sequence[Webhook]) -> list[Arrival]:
    """As the server would keep them, all come now."""
    requests = [WebhookRequest(hook.raw.partition(b"\r\n\r\n")[2], {}) for hook in hooks]
    return [Arrival(channel.name, "message", channel.peek(one), one, utc_now()) for one in requests]


def write_webhook(settings: Settings, channel: ChannelName, text: str, citizen: int, number: int) -> Webhook:
    """`number`: of the message; equal ones are copies of one message."""
    if channel == ChannelName.TELEGRAM:
        return _telegram(settings, text, FIRST_CHAT + citizen, number)
    return _whatsapp(settings, text, f"whatsapp:+521{FIRST_PHONE + citizen}", number)


def _telegram(settings: Settings, text: str, chat: int, number: int) -> Webhook:
    person = {"id": chat, "first_name": "Lupita", "last_name": "Hernández"}
    message = {
        "message_id": number,
        "from": {**person, "is_bot": False, "language_code": "es"},
        "chat": {**person, "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    body = json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()
    secret = f"X-Telegram-Bot-Api-Secret-Token: {settings.telegram_webhook_secret}"
    return Webhook(ChannelName.TELEGRAM, str(chat), _post(TELEGRAM, "application/json", secret, body))


def _whatsapp(settings: Settings, text: str, address: str, number: int) -> Webhook:
    """The parameters of a captured webhook (CHANNELS A2)."""
    sid = f"SM{number:032x}"
    form = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Lupita Hernández",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": address.removeprefix("whatsapp:+"),
        "SmsStatus": "received",
        "Body": text,
        "To": settings.twilio_whatsapp_from,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": settings.twilio_account_sid,
        "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {"ProfileName": "Lupita Hernández"}}}),
        "From": address,
        "ApiVersion": "2010-04-01",
    }
    url = f"{settings.public_url}{WHATSAPP}"
    signature = RequestValidator(settings.twilio_auth_token).compute_signature(url, form)
    body = urlencode(form).encode()
    header = f"X-Twilio-Signature: {signature}"
    return Webhook(ChannelName.WHATSAPP, address, _post(WHATSAPP, "application/x-www-form-urlencoded", header, body))


def _post(path: str, media_type: str, header: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{header}\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
