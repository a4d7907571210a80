"""Claiming: how fast events that ask for nothing are drained, through the whole of a worker's way but the thinking."""

import json
import time
from pathlib import Path

from bot.messages import ChannelName, WebhookRequest
from canaliza.bench.figures import Figure
from canaliza.bench.office import fresh_database, office_settings
from intake.clock import utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.settings import Settings
from intake.thinking.leases import LEASE
from intake.thinking.worker import Worker
from intake.wiring import build_office

EVENTS = 1_500


def measure_claiming(
    settings: Settings, kind: str, folder: Path, server: str, *, commits: float, events: int = EVENTS
) -> list[Figure]:
    with fresh_database(kind, folder, server) as url:
        own = office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=1)
        office = build_office(own)
        store(office.sessions, [_event(office, number) for number in range(events)])
        worker = Worker(office, lambda name, callback_id: None)
        started = time.perf_counter()
        while worker.work_once():
            continue
        rate = events / (time.perf_counter() - started)
        office.engine.dispose()
    beside = f"{rate:,.0f} conversations a second; {commits:,.0f} bare commits"
    return [
        Figure("no-op drain, of bare commits", rate / commits, "×", 3 if kind == "sqlite" else None, beside=beside),
        Figure("a dead worker's lease ends after", LEASE.total_seconds(), "s", 3, is_ceiling=True),
    ]


def _event(office: Office, number: int) -> Arrival:
    """An update that asks for nothing: somebody else's reaction."""
    body = json.dumps(
        {"update_id": number, "message_reaction": {"chat": {"id": number + 1, "type": "private"}}}
    ).encode()
    request = WebhookRequest(body, {})
    key = office.channels[ChannelName.TELEGRAM].peek(request)
    return Arrival(ChannelName.TELEGRAM, "message", key, request, utc_now())
