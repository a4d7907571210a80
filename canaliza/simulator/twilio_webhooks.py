"""Twilio's requests to the program: form-urlencoded, signed, and hardly ever repeated (CHANNELS §0.1)."""

import secrets
from dataclasses import dataclass
from urllib.parse import urldefrag

import httpx
from twilio.request_validator import RequestValidator

from canaliza.simulator.faults import Do
from canaliza.simulator.world import World

TIMEOUT = httpx.Timeout(15.0, connect=5.0)  # TWO: connect 5 s, read 15 s
Form = dict[str, str]


@dataclass(frozen=True)
class Webhook:
    """`kind`: webhook (a message) or status (a callback). `event`: the sid. `address`: whose conversation it is."""

    kind: str
    event: str
    url: str
    form: Form
    address: str


async def post(world: World, webhook: Webhook) -> int | None:
    """Send it; once more only when no connection could be made. The answer's status, None without an answer."""
    fault = world.faults.take("twilio", webhook.kind, webhook.address)
    status = None
    if fault is None or fault.do != Do.DROP_BEFORE:
        status = await _request(world, webhook)
    world.journal.add_webhook("twilio", webhook.kind, webhook.event, status)
    return status


async def _request(world: World, webhook: Webhook) -> int | None:
    url = urldefrag(webhook.url).url  # what follows # is for Twilio itself and not signed (CHANNELS §0.9)
    headers = {
        "X-Twilio-Signature": sign(world, url, webhook.form),
        "I-Twilio-Idempotency-Token": secrets.token_hex(16),
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
    }
    for is_last in (False, True):
        try:
            response = await world.client.post(url, data=webhook.form, headers=headers, timeout=TIMEOUT)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if is_last:
                return None
        except httpx.HTTPError:
            return None
        else:
            return response.status_code
    return None


def sign(world: World, url: str, form: Form) -> str:
    signature: str = RequestValidator(world.config.twilio_auth_token).compute_signature(url, form)
    return signature
