"""Each way in which a provider's answer goes wrong, and what cannot be read (RELIABILITY, cases 20, 23–25, 29, 38)."""

import json
import socket
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from intake.tables.incoming import InboundEvent
from tests.whole.evidence import reading_rows, settle
from tests.whole.ledger import Ledger
from tests.whole.mishaps import ORDERS
from tests.whole.program import Program
from tests.whole.providers import SECRET, Providers

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
SENDS = {"telegram": ("telegram", "sendMessage"), "whatsapp": ("twilio", "Messages.create")}
BODY_MAX, SLOWEST_S = 2 * 1024 * 1024, 30.0
Installation = tuple[Program, Providers]
pytestmark = [pytest.mark.slow, pytest.mark.faults]


def test_whatever_a_provider_answers_to_one_the_others_are_served_and_each_gets_all_in_order(
    installation: Installation, ledger: Ledger
) -> None:
    """One citizen for each fault and channel, met at the second message; and one whom nothing happens to."""
    program, providers = installation
    program.start()
    people = [(channel, f"vecina-{number}") for channel in SENDS for number in range(len(ORDERS))]
    for number, (channel, person) in enumerate(people):
        _breaks(providers, channel, person, ORDERS[number % len(ORDERS)])
        providers.writes(channel, person, TEXT)
    for channel in SENDS:
        providers.writes(channel, "lupita", TEXT)
        assert len(providers.waits_for(channel, "lupita", "¿De qué municipio")) == 3
    settle(program, providers)
    ledger.holds(program, providers, faults=len(people))
    program.stop()
    for channel, person in people:
        texts = providers.received(channel, person)
        assert len(dict.fromkeys(texts)) == 3, (channel, person, texts)
        assert "¿De qué municipio" in texts[-1]


def _breaks(providers: Providers, channel: str, person: str, order: dict[str, Any]) -> None:
    provider, method = SENDS[channel]
    address = providers.address(channel, person)
    providers.orders_fault(provider=provider, method=method, address=address, **order)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_twenty_hanging_sends_exhaust_nobody(installation: Installation, ledger: Ledger, channel: str) -> None:
    program, providers = installation
    program.start()
    for number in range(20):
        _breaks(providers, channel, f"vecina-{number}", {"do": "hang", "seconds": 120})
        providers.writes(channel, f"vecina-{number}", TEXT)
    providers.writes(channel, "lupita", TEXT)
    providers.waits_for(channel, "lupita", "¿De qué municipio")
    settle(program, providers)
    ledger.holds(program, providers, faults=20)
    program.stop()
    assert all(len(set(providers.received(channel, f"vecina-{number}"))) == 3 for number in range(20))


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_who_blocked_the_office_is_not_written_to_again_and_again(
    installation: Installation, ledger: Ledger, channel: str
) -> None:
    program, providers = installation
    providers.writes(channel, "lupita", TEXT)
    providers.blocks(channel, "lupita")
    program.start()
    if channel == "whatsapp":
        event = providers.screen(channel, "lupita")[0]["event"]
        providers.delivers_again(channel, "lupita", event, 1)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    tried = [call for call in providers.log()["calls"] if call["method"] in ("sendMessage", "Messages.create")]
    assert len(tried) <= 3
    assert providers.received(channel, "lupita") == []


@pytest.mark.parametrize("count", [1, 10, 100])
def test_messages_that_cannot_be_read_are_dead_letters_and_stop_no_other_chat(
    installation: Installation, ledger: Ledger, count: int
) -> None:
    program, providers = installation
    program.start()
    providers.waits_for_webhook()
    url, secret = f"{program.public_url}/webhooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    for number in range(count):
        update = {"update_id": number + 1, "message": {"chat": {"id": 7_000_000_000 + number}, "text": ["no", "text"]}}
        assert httpx.post(url, content=json.dumps(update), headers=secret).status_code == 200
    for channel in SENDS:
        providers.writes(channel, "lupita", TEXT)
        assert len(providers.waits_for(channel, "lupita", "¿De qué municipio")) == 3
    settle(program, providers)
    ledger.holds(program, providers, faults=count)
    program.stop()
    with reading_rows(program) as session:
        dead = select(func.count()).where(InboundEvent.state == "dead", InboundEvent.kind == "message")
        assert session.scalar(dead) == count


def test_five_hundred_messages_at_once_are_all_kept(installation: Installation, ledger: Ledger) -> None:
    """Written before the program is there for Telegram, which then sends forty at a time, as it really does."""
    program, providers = installation
    for number in range(250):
        providers.writes("telegram", f"vecina-{number}", "hola")
    program.start()
    for number in range(250):
        providers.writes("whatsapp", f"vecina-{number}", "hola")
    settle(program, providers)
    ledger.holds(program, providers, faults=0)
    program.stop()
    with reading_rows(program) as session:
        assert session.scalar(select(func.count()).where(InboundEvent.kind == "message")) == 500


def test_a_body_of_fifty_megabytes_is_refused_before_it_is_taken_in(installation: Installation, ledger: Ledger) -> None:
    program, providers = installation
    program.start()
    with socket.create_connection(("127.0.0.1", program.port), timeout=20) as connection:
        connection.sendall(b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 52428800\r\n\r\n")
        connection.sendall(b"x" * BODY_MAX)
        assert b" 413 " in connection.recv(200)
    providers.writes("whatsapp", "lupita", TEXT)
    providers.waits_for("whatsapp", "lupita", "¿De qué municipio")
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()


def test_a_body_that_trickles_is_given_up(installation: Installation, ledger: Ledger) -> None:
    program, providers = installation
    program.start()
    with socket.create_connection(("127.0.0.1", program.port), timeout=SLOWEST_S) as connection:
        connection.sendall(b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        assert b" 408 " in connection.recv(200)
    providers.writes("whatsapp", "lupita", TEXT)
    providers.waits_for("whatsapp", "lupita", "¿De qué municipio")
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
