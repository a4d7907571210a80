"""The internet-facing app: what is kept, what is refused, and that nothing hostile gets a 5xx."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from twilio.request_validator import RequestValidator

from intake.clock import utc_now
from intake.incoming.receive import Receiver
from intake.incoming.spool import Spool
from intake.incoming.webhooks import MAX_BODY_BYTES, build_app
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.settings import Settings
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.worker import Worker
from intake.wiring import build_office
from nlp.reader import Reader

SECRET, AUTH, PUBLIC = "tg-secret", "0b" * 16, "https://peticiones.example.mx"
MESSAGE = {
    "update_id": 10,
    "message": {
        "message_id": 5,
        "date": 1_790_000_000,
        "text": "no hay agua",
        "chat": {"id": 99, "type": "private", "first_name": "Lupita"},
        "from": {"id": 99, "is_bot": False, "first_name": "Lupita"},
    },
}
FORM = {
    "MessageSid": "SM" + "1" * 32,
    "AccountSid": "AC" + "0a" * 16,
    "From": "whatsapp:+5219511234567",
    "To": "whatsapp:+5219510000000",
    "Body": "no hay agua",
    "NumMedia": "0",
    "ButtonText": "",
}


def _settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        public_url=PUBLIC,
        secret_key="k" * 32,
        telegram_token="7000000001:AAtests",
        telegram_webhook_secret=SECRET,
        twilio_account_sid="AC" + "0a" * 16,
        twilio_auth_token=AUTH,
        twilio_whatsapp_from="whatsapp:+5219510000000",
    )


@pytest.fixture
def provider_office(database_url: str, reader: Reader, jurisdiction: Jurisdiction) -> Iterator[Office]:
    office = build_office(_settings(database_url), reader=reader, jurisdiction=jurisdiction)
    yield office
    office.engine.dispose()


@pytest.fixture
def web(provider_office: Office, tmp_path: Path) -> Iterator[TestClient]:
    app = build_app(
        provider_office, Receiver(provider_office.sessions, provider_office.wake, Spool(tmp_path / "spool"))
    )
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        yield client


def _kept(office: Office) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(InboundEvent)) or 0


def _telegram(web: TestClient, body: bytes, secret: str | None = SECRET) -> int:
    headers = {b"X-Telegram-Bot-Api-Secret-Token": secret.encode()} if secret is not None else {}
    return web.post("/webhooks/telegram", content=body, headers=headers).status_code


def _twilio(
    web: TestClient, form: dict[str, str], *, path: str = "/webhooks/whatsapp", signed: dict[str, str] | None = None
) -> int:
    signature = RequestValidator(AUTH).compute_signature(PUBLIC + path, form if signed is None else signed)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return web.post(path, content=urlencode(form), headers=headers).status_code


def test_telegrams_update_is_kept_once(web: TestClient, provider_office: Office) -> None:
    body = json.dumps(MESSAGE).encode()
    assert [_telegram(web, body) for _ in range(3)] == [200, 200, 200]
    assert _kept(provider_office) == 1


def test_a_number_that_begins_anew_is_no_copy(web: TestClient, provider_office: Office) -> None:
    """Another message, button, person; each of them with copies, and one of the first that is written otherwise."""
    person = {"id": 98, "is_bot": False, "first_name": "Ana"}
    others = [
        MESSAGE,
        MESSAGE | {"message": MESSAGE["message"] | {"message_id": 6}},
        MESSAGE | {"message": MESSAGE["message"] | {"chat": {"id": 98, "type": "private"}, "from": person}},
        {"update_id": 10, "callback_query": {"id": "1", "from": person, "data": "x"}},
    ]
    bodies = [json.dumps(update).encode() for update in others]
    assert [_telegram(web, body) for body in [*bodies, *bodies[::-1], *bodies]] == [200] * 12
    assert _telegram(web, json.dumps(MESSAGE | {"new_field": True}, indent=2).encode()) == 200
    assert _kept(provider_office) == 4


@pytest.mark.parametrize(("days", "kept"), [(1, 1), (3, 2)])
def test_a_number_of_what_was_erased_is_a_copys_for_as_long_as_copies_come(
    web: TestClient, provider_office: Office, days: int, kept: int
) -> None:
    body, now = json.dumps(MESSAGE).encode(), utc_now()
    assert _telegram(web, body) == 200
    with provider_office.sessions.begin() as session:
        session.execute(update(InboundEvent).values(body=b"", received_at=now - timedelta(days=days)))
    assert [_telegram(web, body) for _ in range(3)] == [200] * 3
    assert _kept(provider_office) == kept


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "ñ"])
def test_telegram_without_its_secret_is_refused(web: TestClient, provider_office: Office, secret: str | None) -> None:
    assert _telegram(web, json.dumps(MESSAGE).encode(), secret) == 403
    assert _kept(provider_office) == 0


def test_a_day_of_webhooks_that_is_replayed_changes_nothing(web: TestClient, provider_office: Office) -> None:
    updates = [
        json.dumps(MESSAGE | {"update_id": n, "message": MESSAGE["message"] | {"message_id": n, "text": f"{n} días"}})
        for n in range(1, 21)
    ]
    forms = [FORM | {"MessageSid": f"SM{n:032x}", "Body": f"no hay agua {n}"} for n in range(20)]
    reports = [{"MessageSid": f"SM{n:032x}", "MessageStatus": "read"} for n in range(900, 920)]

    def day() -> set[int]:
        told = {_telegram(web, update.encode()) for update in updates} | {_twilio(web, form) for form in forms}
        return told | {_twilio(web, report, path="/webhooks/whatsapp/status") for report in reports}

    def came_of_it() -> list[tuple[object, ...]]:
        worker = Worker(provider_office, lambda name, callback_id: None)
        while worker.work_once():
            pass
        with provider_office.sessions() as session:
            counts = [session.scalar(select(func.count()).select_from(table)) for table in (Message, Reply, Petition)]
            states = session.execute(select(InboundEvent.state, func.count()).group_by(InboundEvent.state))
            return [tuple(counts), *sorted(map(tuple, states))]

    assert day() == {200}
    once = came_of_it()
    assert day() == {200}
    assert came_of_it() == once
    assert once[1:] == [("ignored", 20), ("processed", 40)]


def test_twilios_message_is_kept_once(web: TestClient, provider_office: Office) -> None:
    assert [_twilio(web, FORM) for _ in range(3)] == [200, 200, 200]
    assert _kept(provider_office) == 1


def test_statuses_of_one_message_are_kept_side_by_side(web: TestClient, provider_office: Office) -> None:
    path = "/webhooks/whatsapp/status"
    for status in ("sent", "delivered", "delivered", "read"):
        form = {"MessageSid": "SM" + "2" * 32, "MessageStatus": status, "AccountSid": FORM["AccountSid"]}
        assert _twilio(web, form, path=path) == 200
    assert _kept(provider_office) == 3


@pytest.mark.parametrize(
    "signed",
    [
        {**FORM, "Body": "otra cosa"},
        {name: value for name, value in FORM.items() if name != "ButtonText"},
        {**FORM, "Extra": "1"},
        {},
    ],
)
def test_a_twilio_form_that_was_changed_is_refused(
    web: TestClient, provider_office: Office, signed: dict[str, str]
) -> None:
    form = FORM if signed else {**FORM, "Body": "forjado"}
    assert _twilio(web, form, signed=signed) == 403
    assert web.post("/webhooks/whatsapp", data=FORM).status_code == 403
    assert _kept(provider_office) == 0


@pytest.mark.parametrize(
    ("url", "token"),
    [
        (f"{PUBLIC}/webhooks/whatsapp", "1b" * 16),
        ("https://otra.example.mx/webhooks/whatsapp", AUTH),
        (f"{PUBLIC}/webhooks/whatsapp/status", AUTH),
        (f"{PUBLIC}/webhooks/whatsapp/", AUTH),
        (f"{PUBLIC}/webhooks/whatsapp?reply=1", AUTH),
    ],
)
def test_a_signature_with_another_token_or_for_another_address_is_refused(
    web: TestClient, provider_office: Office, url: str, token: str
) -> None:
    headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, FORM)}
    assert web.post("/webhooks/whatsapp", data=FORM, headers=headers).status_code == 403
    assert _kept(provider_office) == 0


@dataclass
class Trickle:
    """A request's body that comes in pieces, as far as it is taken; after the last one nothing comes any more."""

    piece: bytes
    pieces: int
    taken: int = 0

    async def __call__(self) -> dict[str, Any]:
        if self.taken == self.pieces:
            await asyncio.Event().wait()
        self.taken += 1
        return {"type": "http.request", "body": self.piece, "more_body": True}


def _status_of(app: FastAPI, body: Trickle, **headers: str) -> int:
    """The very interface that the server calls: how much of the body was taken shows in `body.taken`."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/webhooks/telegram",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, body, send))
    return int(sent[0]["status"])


def _app(office: Office, folder: Path, **more: float) -> FastAPI:
    return build_app(office, Receiver(office.sessions, office.wake, Spool(folder / "spool")), **more)


def test_of_fifty_megabytes_no_two_are_taken(provider_office: Office, tmp_path: Path) -> None:
    body = Trickle(b"x" * 65_536, pieces=800)
    assert _status_of(_app(provider_office, tmp_path), body) == 413
    assert body.taken * 65_536 < 2 * 1024 * 1024


@pytest.mark.parametrize("length", ["52428800", str(MAX_BODY_BYTES + 1), "9" * 5000])
def test_a_body_that_says_it_is_too_large_is_not_taken_at_all(
    provider_office: Office, tmp_path: Path, length: str
) -> None:
    body = Trickle(b"x", pieces=1)
    assert _status_of(_app(provider_office, tmp_path), body, content_length=length) == 413
    assert body.taken == 0


def test_a_body_that_never_ends_is_let_go(provider_office: Office, tmp_path: Path) -> None:
    body = Trickle(b'{"update_id": 1', pieces=1)
    assert _status_of(_app(provider_office, tmp_path, body_deadline_s=0.05), body) == 408
    assert _kept(provider_office) == 0


def test_what_is_not_signed_is_refused_without_the_database(reader: Reader, tmp_path: Path) -> None:
    away = build_office(_settings("postgresql://canaliza@127.0.0.1:1/none"), reader=reader)
    with TestClient(_app(away, tmp_path)) as web:
        update = json.dumps(MESSAGE).encode()
        assert [_telegram(web, update, secret) for secret in ("wrong", None, SECRET)] == [403, 403, 503]
        assert web.post("/webhooks/whatsapp", data=FORM).status_code == 403
        assert web.post("/webhooks/whatsapp/status", data=FORM).status_code == 403


def test_a_large_body_is_refused_without_a_row(web: TestClient, provider_office: Office) -> None:
    assert _telegram(web, b"x" * (MAX_BODY_BYTES + 1)) == 413
    assert _kept(provider_office) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"update_id": "x"}', b"[" * 5000])
def test_what_telegram_cannot_have_sent_is_kept_for_a_person_to_see(
    web: TestClient, provider_office: Office, body: bytes
) -> None:
    assert _telegram(web, body) == 200
    assert _kept(provider_office) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_no_body_gets_a_5xx(web: TestClient, body: bytes) -> None:
    assert _telegram(web, body) == 200
    for path in ("/webhooks/telegram", "/webhooks/whatsapp", "/webhooks/whatsapp/status"):
        assert web.post(path, content=body).status_code == 403


def test_alive_ready_and_metrics(web: TestClient, provider_office: Office) -> None:
    assert web.get("/healthz").text == "ok"
    assert web.get("/readyz").json() == {"ready": True, "faults": []}
    _telegram(web, json.dumps(MESSAGE).encode())
    assert 'canaliza_rows{state="pending",table="inbound_events"} 1.0' in web.get("/metrics").text
    assert web.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def test_the_privacy_notice_is_served(web: TestClient) -> None:
    assert "Aviso de privacidad" in web.get("/privacidad").text


def test_a_channel_without_settings_is_not_there(office: Office, tmp_path: Path) -> None:
    with TestClient(build_app(office, Receiver(office.sessions, office.wake, Spool(tmp_path / "spool")))) as client:
        assert client.post("/webhooks/telegram", json=MESSAGE).status_code == 404
