"""Every channel fulfils one contract. Each payload file is an event as the provider sends it and what it must mean."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Channel
from bot.console import Console
from bot.errors import Unreadable
from bot.messages import NOT_SAID, Ignored, Inbound, WebhookRequest
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp

PAYLOADS = Path(__file__).parent / "payloads"
CASES = sorted(PAYLOADS.glob("*/*.json"))
NOWHERE = "http://127.0.0.1:9"
CHANNELS: dict[str, Channel] = {
    "telegram": Telegram("1:invented", webhook_secret="s", api_url=NOWHERE),
    "whatsapp": WhatsApp("AC1", "invented", sender="whatsapp:+1", api_url=NOWHERE, public_url=NOWHERE),
    "console": Console(),
}
NAMES = pytest.mark.parametrize("name", CHANNELS)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
UPDATE_FIELDS = st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll"])
MESSAGE_FIELDS = st.sampled_from(
    "message_id from chat date text caption photo document contact location venue reply_to_message data id".split()
)
UPDATES = st.fixed_dictionaries({"update_id": JSON_VALUES}) | st.builds(
    lambda field, item: {"update_id": 5, field: item},
    UPDATE_FIELDS,
    st.dictionaries(MESSAGE_FIELDS, JSON_VALUES | st.just({"id": 1, "type": "private"}) | st.just(1)),
)


def _case(path: Path) -> tuple[Channel, bytes, dict[str, Any]]:
    case = json.loads(path.read_text())
    is_form = path.parent.name == "whatsapp"
    body = urlencode(case["body"]).encode() if is_form else json.dumps(case["body"]).encode()
    return CHANNELS[path.parent.name], body, case


def _comparable(inbound: Inbound) -> dict[str, Any]:
    def plain(value: object) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(inbound), default=plain))
    return values


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_providers_event_means_what_its_payload_file_says(path: Path) -> None:
    channel, body, case = _case(path)
    if "unreadable" in case:
        with pytest.raises(Unreadable):
            channel.parse(body)
        return
    parsed = channel.parse(body)
    if "ignored" in case:
        assert parsed == Ignored(case["ignored"])
        return
    assert isinstance(parsed, Inbound)
    got = _comparable(parsed)
    assert {name: got[name] for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_events_identity_is_read_without_its_meaning(path: Path) -> None:
    channel, body, case = _case(path)
    key = channel.peek(WebhookRequest(body, {}))
    assert {"address": key.address, "order": key.order} == {n: case["peek"][n] for n in ("address", "order")}
    assert key.provider_id == case["peek"].get("provider_id", key.provider_id)
    assert key == channel.peek(WebhookRequest(body, {}))


@pytest.mark.parametrize("path", [p for p in CASES if "expected" in p.read_text()], ids=lambda path: path.stem)
def test_a_conversation_is_known_by_the_same_address_before_and_after_reading(path: Path) -> None:
    channel, body, _ = _case(path)
    parsed = channel.parse(body)
    assert isinstance(parsed, Inbound)
    assert channel.peek(WebhookRequest(body, {})).address == parsed.address


@NAMES
@given(
    body=st.binary()
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | UPDATES.map(json.dumps).map(str.encode)
)
def test_no_body_whatever_breaks_a_channel(name: str, body: bytes) -> None:
    channel = CHANNELS[name]
    request = WebhookRequest(body, {"x-twilio-signature": "ñ", "x-telegram-bot-api-secret-token": "ñ"}, "a=%ff", "/")
    assert not channel.verify(request)
    key = channel.peek(request)
    assert 1 <= len(key.provider_id) <= 100
    assert len(key.address) <= 200
    for parse in (lambda: channel.parse(body), lambda: channel.parse_status(request)):
        try:
            parsed = parse()
        except Unreadable:
            continue
        if isinstance(parsed, Inbound):
            json.dumps(_comparable(parsed), ensure_ascii=False, allow_nan=False).encode()
            assert parsed.sent_at.tzinfo is not None


@NAMES
def test_a_deeply_nested_body_is_unreadable_and_nothing_worse(name: str) -> None:
    body = b"[" * 200_000
    assert len(CHANNELS[name].peek(WebhookRequest(body, {})).provider_id) == 64
    with pytest.raises(Unreadable):
        CHANNELS[name].parse(body)


@NAMES
def test_a_body_without_an_id_is_known_by_its_hash(name: str) -> None:
    first, second = (CHANNELS[name].peek(WebhookRequest(body, {})).provider_id for body in (b"x=1", b"x=2"))
    assert len(first) == len(second) == 64
    assert first != second


def test_what_telegram_does_not_date_is_not_dated() -> None:
    _, body, _ = _case(PAYLOADS / "telegram" / "button.json")
    pressed = CHANNELS["telegram"].parse(body)
    assert isinstance(pressed, Inbound)
    assert pressed.sent_at == NOT_SAID
