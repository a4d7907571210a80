"""Apps on free loopback ports, and a stand-in program that writes down what reaches its webhooks."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response

from canaliza.simulator import Pace, SimulatorConfig, read_scene
from intake.clock import utc_now
from tests.models import JURISDICTION

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ACCOUNT, AUTH_TOKEN = "AC" + "a1" * 16, "secreto-de-prueba"
SENDER = "whatsapp:+5219510009999"
QUICK = Pace(sent_s=0.01, delivered_s=0.01, read_s=0.02, retry_s=0.02)
PATIENCE_S = 30.0
GRACE_S = 20
T = TypeVar("T")


@dataclass(frozen=True)
class Arrived:
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Program:
    """Stands for the product: keeps every webhook; answers with `answers` in turn, then 200."""

    url: str
    arrived: list[Arrived] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def at(self, path: str) -> list[Arrived]:
        return [request for request in self.arrived if request.path == path]


@dataclass
class Clock:
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Stage:
    url: str
    program: Program
    clock: Clock
    http: httpx.Client

    def post(self, path: str, values: Any) -> Any:
        response = self.http.post(path, json=values)
        response.raise_for_status()
        return response.json() if response.content else None

    def screen(self, channel: str, person: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.http.get(f"/phones/{channel}/{person}/messages").json()["messages"]
        return rows

    def log(self) -> dict[str, list[dict[str, Any]]]:
        values: dict[str, list[dict[str, Any]]] = self.http.get("/control/log").json()
        return values


def simulator_config(
    url: str, *, program_url: str = "http://127.0.0.1:9", clock: Callable[[], datetime] = utc_now
) -> SimulatorConfig:
    """Port 9 takes nothing: the default program is one that is not there."""
    return SimulatorConfig(
        scene=read_scene(JURISDICTION / "phones.json"),
        telegram_token=TOKEN,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=AUTH_TOKEN,
        whatsapp_sender=SENDER,
        whatsapp_webhook_url=f"{program_url}/webhooks/whatsapp",
        public_url=url,
        staff_url=f"{program_url}/oficina",
        pace=QUICK,
        clock=clock,
    )


def until(look: Callable[[], T]) -> T:
    """What `look` returns as soon as it is true; fails the test when it does not become so."""
    end = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return found


def program_app(program: Program) -> FastAPI:
    app = FastAPI()
    app.state.program = program

    @app.get("/oficina")
    async def office() -> Response:
        return Response("<!doctype html><title>Oficina</title><p>Oficina", media_type="text/html")

    @app.post("/{path:path}")
    async def take(path: str, request: Request) -> Response:
        body = await request.body()
        program.arrived.append(Arrived(request.url.path, request.url.query, dict(request.headers), body))
        return program.answers.pop(0) if program.answers else Response("{}")

    return app


@contextmanager
def served(build: Callable[[str], FastAPI]) -> Iterator[tuple[str, FastAPI]]:
    """The app in a thread of its own until the end; the socket is bound first, so that its port is known."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = build(url)
        server = uvicorn.Server(
            uvicorn.Config(app, http="httptools", log_config=None, timeout_graceful_shutdown=GRACE_S)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        until(lambda: server.started)
        try:
            yield url, app
        finally:
            server.should_exit = True
            thread.join()
