"""Runs the whole program: both web apps and the workers in one process, or one part of it on each of many hosts.

Called by `serve`, `poll`, `demo`. Stops on SIGTERM and SIGINT: no new request, work at hand finished, then the end.
"""

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from admin.api.app import build_doors
from admin.app import build_app as build_staff_app
from admin.app import staff_texts
from admin.live.routes import end_streams
from bot.errors import ChannelError
from bot.messages import ChannelName
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp
from intake.alerts.watching import keep_alerts
from intake.answers.leaving import keep_leaving
from intake.audit.sealing import keep_sealing
from intake.boards.keeping import keep_boards
from intake.carrying.keeping import keep_carrying
from intake.correspondence.mailbox import keep_mailbox
from intake.correspondence.reading import keep_reading_pages
from intake.database import held_alone, is_sqlite
from intake.erasing.keeping import keep_erasing
from intake.errors import SettingsError
from intake.incoming.forgetting import keep_forgetting
from intake.incoming.media import Fetcher
from intake.incoming.poll import Poller
from intake.incoming.receive import Receiver, store
from intake.incoming.reconcile import keep_reconciling
from intake.incoming.spool import Arrival, Spool, keep_replaying
from intake.incoming.watching import keep_watching
from intake.incoming.webhooks import build_app, telegram_url
from intake.indicators.snapshots import keep_snapshots
from intake.meetings.inviting import keep_reminding
from intake.mind.trials import keep_minds_current
from intake.notices.posting import keep_posting
from intake.office import Office
from intake.outgoing.sending import Sender, recover_leases
from intake.schema import can_serve
from intake.settings import require_webhook_secrets
from intake.systems.telling import keep_telling
from intake.thinking.leases import Keeper
from intake.thinking.timers import keep_timers
from intake.thinking.worker import COMPARES_EVERY_S, OnButton, Worker
from intake.transparency.publishing import keep_publishing
from intake.triage.concluding import keep_concluding
from intake.triage.promises import keep_promises
from intake.triage.takeovers import keep_takeovers
from intake.triage.tasks import keep_tasks

WORKERS = {"sqlite": 1, "postgresql": 2}  # SQLite has one writer: a second worker would only wait for it
REGISTER_PAUSES_S = (0.5, 1, 2, 5, 15, 60)
# How long a thread that thinks may keep the interpreter from those that answer. At Python's 5 ms a reply waited at each
# of its steps: at 20 messages a second p50 39 and p99 157 ms on SQLite, so 29 and 58 ms (measured, same machine).
SWITCH_S = 0.0005
FINISH_S = 8  # of work at hand after SIGTERM
log = structlog.get_logger()


class Part(StrEnum):
    WEB = "web"
    STAFF = "staff"
    WORKER = "worker"


@dataclass(frozen=True)
class Plan:
    """What this process does. `polls`: Telegram is asked for updates instead of calling the webhook."""

    host: str = "127.0.0.1"
    port: int = 8080
    staff_port: int = 8081
    parts: frozenset[Part] = frozenset(Part)
    polls: bool = False
    further: Sequence[tuple[FastAPI, int]] = field(default_factory=tuple)


def check(office: Office, plan: Plan) -> None:
    """Raises SettingsError for what would only fail later, in front of a citizen. A database that is away is none of
    that: a process that starts without it takes in what comes, as one that runs does."""
    if not plan.polls and Part.WEB in plan.parts:
        require_webhook_secrets(office.settings)
    if is_sqlite(office.engine) and plan.parts != frozenset(Part):
        raise SettingsError("--only needs PostgreSQL (CANALIZA_DATABASE_URL): SQLite serves one process")
    if plan.polls and not office.settings.has_telegram:
        raise SettingsError("CANALIZA_TELEGRAM_TOKEN is missing: @BotFather gives one")
    try:
        is_current = can_serve(office.engine)
    except OperationalError as error:  # what comes meanwhile is spooled; /readyz says whether it is up to date later
        log.error("serve.database-away", error=type(error).__name__)
        return
    if not is_current:
        raise SettingsError("the database is not up to date: run `canaliza db upgrade`")


async def serve(office: Office, plan: Plan) -> None:
    """Until a signal comes."""
    sys.setswitchinterval(SWITCH_S)
    with held_alone(office.engine):
        if is_sqlite(office.engine):
            recover_leases(office)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        with _working(office, plan) as loops:
            await _run_until(stop, _servers(office, plan), loops)
        for channel in office.channels.values():
            await channel.close()


@dataclass(frozen=True)
class Loop:
    """A coroutine that runs beside the servers. `stop` lets it finish what it has begun; None: it may be cut off."""

    run: Coroutine[Any, Any, None]
    stop: Callable[[], None] | None = None


async def _run_until(stop: asyncio.Event, servers: Sequence[uvicorn.Server], loops: Sequence[Loop]) -> None:
    serving = [asyncio.create_task(server.serve()) for server in servers]
    looping = {asyncio.create_task(loop.run): loop for loop in loops}
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, *serving}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving)
    for task, loop in looping.items():
        loop.stop() if loop.stop else task.cancel()
    if looping:
        _, unfinished = await asyncio.wait(looping, timeout=FINISH_S)
        for task in unfinished:
            task.cancel()
    await asyncio.gather(*looping, return_exceptions=True)


def _servers(office: Office, plan: Plan) -> list[uvicorn.Server]:
    apps: list[tuple[FastAPI, int]] = [*plan.further]
    if Part.WEB in plan.parts:
        apps.append((build_web(office), plan.port))
    if Part.STAFF in plan.parts:
        apps.append((build_staff_app(office), plan.staff_port))
    return [_Server(server_config(app, plan.host, port)) for app, port in apps]


def build_web(office: Office) -> FastAPI:
    """The app that faces the internet: the providers' webhooks, and the machines' door beside them."""
    app = build_app(office, _receiver(office))
    for path, door in build_doors(office).items():
        app.mount(path, door)
    return app


def server_config(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        http="httptools",
        server_header=False,
        timeout_graceful_shutdown=FINISH_S,
    )


class _Server(uvicorn.Server):
    """Several servers share one process: signals are handled once, by `serve`, not by each of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if isinstance(self.config.app, FastAPI):
            end_streams(self.config.app)
        await super().shutdown(sockets)


@contextmanager
def _working(office: Office, plan: Plan) -> Iterator[list[Loop]]:
    """Worker threads while it lasts, and the loops that have to run beside the servers."""
    keeper = Keeper(office)
    workers = _workers(office, keeper) if Part.WORKER in plan.parts else []
    beside = _started(office.wake.listen, *([keeper.run] if workers else []))
    working = _started(*(worker.run for worker in workers))
    try:
        yield [
            Loop(keep_minds_current(office)),
            *([Loop(keep_promises(office))] if workers else []),
            *_inward(office, plan),
            *(_outward(office, _webhook_url(office, plan)) if workers else []),
        ]
    finally:
        for worker in workers:
            worker.stop()
        office.wake.stop()
        _join(working)
        keeper.stop()  # what workers were finishing was still theirs
        _join(beside)


def _started(*runs: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=run, daemon=True) for run in runs]
    for thread in threads:
        thread.start()
    return threads


def _join(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.join(FINISH_S)


def _workers(office: Office, keeper: Keeper) -> list[Worker]:
    on_button = _on_button(office, asyncio.get_running_loop())
    return [
        Worker(office, on_button, keeper, compares_every_s=COMPARES_EVERY_S)
        for _ in range(WORKERS[office.engine.dialect.name])
    ]


def _outward(office: Office, webhook_url: str | None) -> list[Loop]:
    sender, fetcher = Sender(office), Fetcher(office)
    whatsapp = office.channels.get(ChannelName.WHATSAPP)
    loops = [
        Loop(sender.run(), sender.stop),
        Loop(fetcher.run(), fetcher.stop),
        Loop(keep_tasks(office)),
        Loop(keep_concluding(office)),
        Loop(keep_snapshots(office)),
        Loop(keep_publishing(office)),
        Loop(keep_boards(office)),
        Loop(keep_sealing(office)),
        Loop(keep_erasing(office)),
        Loop(keep_telling(office)),
        Loop(keep_alerts(office)),
        Loop(keep_reading_pages(office)),
        Loop(keep_carrying(office, staff_texts(office))),
    ]
    if office.settings.imap_host:
        loops.append(Loop(keep_mailbox(office)))
    if office.settings.smtp_host:
        loops.append(Loop(keep_posting(office, staff_texts(office))))
    loops += [
        Loop(keep_watching(office, webhook_url)),
        Loop(keep_timers(office)),
        Loop(keep_leaving(office)),
        Loop(keep_reminding(office)),
        Loop(keep_takeovers(office)),
    ]
    if isinstance(whatsapp, WhatsApp):
        loops += [Loop(keep_reconciling(office, whatsapp)), Loop(keep_forgetting(office, whatsapp))]
    return loops


def _webhook_url(office: Office, plan: Plan) -> str | None:
    return None if plan.polls else telegram_url(office.settings)


def _inward(office: Office, plan: Plan) -> list[Loop]:
    if Part.WEB not in plan.parts:
        return []
    telegram = office.channels.get(ChannelName.TELEGRAM)
    if not isinstance(telegram, Telegram):
        return [_replaying(office)]
    if plan.polls:
        return [_replaying(office), Loop(Poller(telegram, _receiver(office)).run())]
    return [_replaying(office), Loop(_register(office, telegram))]


def _spool(office: Office) -> Spool:
    return Spool(Path(office.settings.spool_dir))


def _receiver(office: Office) -> Receiver:
    return Receiver(office.sessions, office.wake, _spool(office))


def _replaying(office: Office) -> Loop:
    def put(arrivals: Sequence[Arrival]) -> None:
        store(office.sessions, arrivals)
        office.wake.now()

    return Loop(keep_replaying(_spool(office), put))


def _on_button(office: Office, loop: asyncio.AbstractEventLoop) -> OnButton:
    def answer(name: ChannelName, callback_id: str) -> None:
        asyncio.run_coroutine_threadsafe(office.channels[name].answer_button(callback_id), loop)

    return answer


async def _register(office: Office, telegram: Telegram) -> None:
    """Tell Telegram where updates go; tried until it works, so that a start without network mends itself."""
    await asyncio.sleep(REGISTER_PAUSES_S[0])  # this process's own servers first: Telegram may call at once
    for attempt in range(1_000_000):
        try:
            await telegram.register_webhook(telegram_url(office.settings))
            log.info("telegram.webhook-registered")
            return
        except ChannelError as error:
            log.error("telegram.webhook-not-registered", error=type(error).__name__, remedy="canaliza doctor")
            await asyncio.sleep(REGISTER_PAUSES_S[min(attempt, len(REGISTER_PAUSES_S) - 1)])
