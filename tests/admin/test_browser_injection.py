"""What a citizen writes, is called, shares or names a file is text on every page: nothing of it runs."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from bot.messages import ChannelName, WebhookRequest
from bot.telegram import Telegram
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.tables.citizens import Citizen, Conversation
from intake.tables.petitions import Petition
from intake.thinking.worker import Worker
from intake.triage.referrals import give_back
from tests.admin import test_browser as shared
from tests.admin.conftest import case_of, refers

pytestmark = pytest.mark.browser
PAYLOADS = (Path(__file__).parent / "injections.txt").read_text().splitlines()
FILE = {"file_id": "f", "file_unique_id": "u", "file_name": "foto.pdf", "mime_type": "application/pdf"}
# What no page of ours has: scripts of another source, handlers in attributes, frames, links that are programs.
FOREIGN = (
    "script:not([src^='/static/']), main iframe, object, embed, base, main style, main link, main meta, xss,"
    "marquee, math, main video:not([controls]), a[href^='javascript' i], a[href^='data:'], [src^='javascript' i],"
    "[onerror], [onload], [onfocus], [ontoggle], [onbegin], [onmouseover], [onstart], [hx-on\\:load], [data-hx-on],"
    "[hx-get='/logout'], template, noscript, #contenido #contenido"
)
address, tab = shared.address, shared.tab  # fixtures


@pytest.fixture
def office(office: Office) -> Office:
    telegram = Telegram("1:t", webhook_secret="s", api_url="http://127.0.0.1:9")
    return replace(office, channels={**office.channels, ChannelName.TELEGRAM: telegram})


@pytest.fixture(params=[1280])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_there_are_sixty_payloads_and_more() -> None:
    assert len(set(PAYLOADS)) >= 60


def test_nothing_that_a_citizen_controls_runs_on_a_page(office: Office, members: dict[str, Member], tab: Page) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_everybody_writes, office).result()
    with office.sessions() as session:
        assert "<svg onload=hit()> <svg onload=hit()>" in set(session.scalars(select(Citizen.name)))
    folios = _folios(office)
    assert len(folios) >= len(PAYLOADS)
    referrals = [refers(office, members["oficial"], case_of(office, folio), "SOAPA") for folio in folios[:20]]
    give_back(office, members["enlace-soapa"], referrals[-1], f"No es nuestro {PAYLOADS[0]}")
    ran: list[str] = []
    tab.expose_function("hit", lambda: ran.append(tab.url))
    tab.on("dialog", lambda dialog: (ran.append(tab.url), dialog.dismiss()))
    shared._logs_in(tab, "oficial")
    pages = ["/triage", "/triage?estado=all", "/triage?estado=all&q=agua", "/focos", "/avisos", "/interpretes"]
    _look(tab, [*pages, *(f"/peticiones/{folio}" for folio in folios)])
    tab.get_by_role("button", name="Salir").click()
    shared._logs_in(tab, "enlace-soapa")
    _look(tab, ["/turnos", *(f"/turnos/{referral}" for referral in referrals)])
    assert ran == []


def _look(tab: Page, paths: list[str]) -> None:
    for path in paths:
        answer = tab.goto(path)
        assert answer, path
        assert answer.status == 200, path
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        found = tab.evaluate(
            "(wanted) => [...document.querySelectorAll(wanted)].map((one) => one.outerHTML.slice(0, 120))", FOREIGN
        )
        assert found == [], path


def _everybody_writes(office: Office) -> None:
    """Each payload is somebody's name, words, place, card and name of a file."""
    updates = [update for number, text in enumerate(PAYLOADS) for update in _updates(number, text)]
    channel = office.channels[ChannelName.TELEGRAM]
    requests = [WebhookRequest(json.dumps(update).encode(), {}) for update in updates]
    arrivals = [Arrival(channel.name, "message", channel.peek(request), request, utc_now()) for request in requests]
    store(office.sessions, arrivals)
    worker = Worker(office, lambda name, callback_id: None)
    while worker.work_once():
        pass


def _updates(number: int, payload: str) -> list[dict[str, Any]]:
    person = {"id": 5000 + number, "is_bot": False, "first_name": payload, "last_name": payload, "username": "agua"}
    contents: list[dict[str, Any]] = [
        {"text": f"no hay agua en la colonia Reforma {payload} desde el lunes {number}"},
        {"document": {**FILE, "file_name": payload, "mime_type": payload[:60]}, "caption": payload},
        {"contact": {"first_name": payload, "phone_number": payload}},
        {"location": {"latitude": 17.06, "longitude": -96.72}, "venue": {"title": payload, "address": payload}},
    ]
    return [
        {
            "update_id": number * 10 + place,
            "message": {
                "message_id": place + 1,
                "date": int(time.time()),
                "chat": {"id": 5000 + number, "type": "private"},
                "from": person,
                **content,
            },
        }
        for place, content in enumerate(contents)
    ]


def _folios(office: Office) -> list[str]:
    """Of each person the newest one."""
    wanted = select(Petition.folio).join(Conversation).where(Conversation.channel == "telegram")
    with office.sessions() as session:
        return list(session.scalars(wanted.order_by(Petition.id)))


def test_a_payload_is_shown_letter_by_letter(office: Office, tab: Page) -> None:
    folio = shared._says(office, "c1", f"no hay agua {PAYLOADS[0]} en la Reforma").folio
    shared._logs_in(tab, "oficial")
    shared._opens(tab, folio)
    assert re.search(re.escape(PAYLOADS[0]), tab.locator("main").inner_text())
