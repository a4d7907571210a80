"""Connections that are reset while we answer (RELIABILITY, case 24)."""

import json
import socket
import struct
import time
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from intake.tables.incoming import Message
from tests.whole.evidence import reading_rows, settle
from tests.whole.ledger import Ledger
from tests.whole.program import Program
from tests.whole.providers import AUTH, SECRET, SENDER, Providers

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
CHANNELS = ("telegram", "whatsapp")
RESET = struct.pack("ii", 1, 0)  # of SO_LINGER: the connection ends with RST
pytestmark = pytest.mark.slow


def test_a_webhook_that_is_reset_before_its_answer_counts_once_when_it_comes_again(
    installation: tuple[Program, Providers], ledger: Ledger
) -> None:
    """Cut in its middle it counts for nothing; whole, it may be kept, though nobody was told so."""
    program, providers = installation
    program.start()
    providers.waits_for_webhook()
    for channel in CHANNELS:
        providers.writes(channel, "lupita", "hola")
        providers.waits_for(channel, "lupita", "peti")
    for raw in (_update(int(providers.address("telegram", "lupita"))), _form(program, providers)):
        for length in (len(raw) // 2, len(raw) - 1, len(raw), len(raw)):
            with socket.create_connection(("127.0.0.1", program.port), timeout=20) as connection:
                connection.sendall(raw[:length])
                _resets(connection)
        with socket.create_connection(("127.0.0.1", program.port), timeout=20) as connection:
            connection.sendall(raw)
            assert b" 200 " in connection.recv(200).split(b"\r\n")[0]
    for channel in CHANNELS:
        providers.waits_for(channel, "lupita", "¿De qué municipio")
    settle(program, providers)
    ledger.holds(program, providers, faults=8)
    program.stop()
    with reading_rows(program) as session:
        assert list(session.scalars(select(Message.text))).count(TEXT) == len(CHANNELS)


def _resets(connection: socket.socket) -> None:
    """What closes it next sends RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def _update(chat: int) -> bytes:
    message = {"message_id": 999_999_999, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
    body = json.dumps({"update_id": 999_999_999, "message": {**message, "from": {"id": chat}, "text": TEXT}})
    return _request("/webhooks/telegram", body, f"X-Telegram-Bot-Api-Secret-Token: {SECRET}")


def _form(program: Program, providers: Providers) -> bytes:
    path, sid = "/webhooks/whatsapp", "SM" + "7" * 32
    form = {"MessageSid": sid, "From": providers.address("whatsapp", "lupita"), "To": SENDER, "Body": TEXT}
    form["NumMedia"] = "0"
    signature = RequestValidator(AUTH).compute_signature(f"{program.public_url}{path}", form)
    kind = "Content-Type: application/x-www-form-urlencoded"
    return _request(path, urlencode(form), f"X-Twilio-Signature: {signature}\r\n{kind}")


def _request(path: str, body: str, headers: str) -> bytes:
    length = len(body.encode())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\nContent-Length: {length}\r\n\r\n"
    return (head + body).encode()
