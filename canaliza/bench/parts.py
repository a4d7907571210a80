"""Where a message's processor time goes, on one core: parsing, the model, the rest of thinking, comparing, sending."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from bot.messages import ChannelName, Outbound
from canaliza.bench.figures import Figure
from canaliza.bench.office import fresh_database, office_settings, sample_texts
from canaliza.bench.sink import open_sink
from canaliza.bench.webhooks import arrivals_of, write_webhooks
from intake.incoming.receive import store
from intake.office import Office
from intake.petitions.comparing import compare_next
from intake.settings import Settings
from intake.thinking.worker import Worker
from intake.wiring import build_office

MESSAGES, SENDS = 400, 200
NEVER_S = 1e9
TELEGRAM = ChannelName.TELEGRAM


def measure_parts(settings: Settings, folder: Path, *, messages: int = MESSAGES) -> list[Figure]:
    with fresh_database("sqlite", folder, "") as url:
        own = office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=1)
        office, texts = build_office(own), sample_texts(settings, messages + 50)
        hooks = write_webhooks(own, texts, first=1, channels=[TELEGRAM])
        telegram = office.channels[TELEGRAM]
        arrivals = arrivals_of(telegram, hooks)
        bodies = [arrival.request.body for arrival in arrivals]
        worker = Worker(office, lambda name, callback_id: None, compares_every_s=NEVER_S)
        store(office.sessions, arrivals[:50])
        _drain(worker)
        keep = _cpu_ms(lambda: store(office.sessions, arrivals[50:])) / messages
        think = _cpu_ms(lambda: _drain(worker)) / messages
        compare = _cpu_ms(lambda: _compare(office)) / messages
        parse = _cpu_ms(lambda: [telegram.parse(body) for body in bodies[50:]]) / messages
        model = _cpu_ms(lambda: [office.reader.read(text) for text in texts[50:]]) / messages
        office.engine.dispose()
    send = asyncio.run(_send(own))
    rest = think - parse - 2 * model
    return [
        Figure("keep, in batches", keep, "ms"),
        Figure("parse", parse, "ms"),
        Figure("model, twice a first message", 2 * model, "ms"),
        Figure("database and dialogue", rest, "ms", beside="statements of SQLAlchemy, above all"),
        Figure("comparing with earlier ones, when nothing waits", compare, "ms"),
        Figure("send, a reply, with the sink's share", send, "ms"),
    ]


def _drain(worker: Worker) -> None:
    while worker.work_once():
        continue


def _compare(office: Office) -> None:
    while compare_next(office):
        continue


def _cpu_ms(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


async def _send(own: Settings) -> float:
    async with open_sink() as sink:
        office = build_office(own.model_copy(update={"telegram_api_url": sink.url}))
        telegram = office.channels[TELEGRAM]
        await telegram.send("5", Outbound("hola"), reply_id="1")
        started = time.process_time()
        for number in range(SENDS):
            await telegram.send("5", Outbound(f"Recibimos su petición {number}."), reply_id=str(number))
        taken = (time.process_time() - started) * 1000 / SENDS
        await telegram.close()
    return taken
