"""Step 1, in: the app that faces the internet. Verifies, hands to `receive`, answers; never parses, never thinks."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.requests import ClientDisconnect

from bot.messages import ChannelName, EventKey, WebhookRequest
from intake.answers import evidence_pages, paper_pages
from intake.citizens import own_data_pages
from intake.errors import Busy
from intake.failpoints import pass_point
from intake.incoming.receive import Receiver
from intake.meetings import check_in_pages
from intake.office import Office
from intake.settings import Settings
from intake.transparency import pages as transparency_pages
from intake.upkeep import metrics
from intake.upkeep.readiness import find_faults
from intake.wiring import PRIVACY_PATH

# Telegram's updates and Twilio's forms are a few kilobytes; 1 MiB leaves room and bounds what a stranger can send.
MAX_BODY_BYTES = 1024 * 1024
DIGITS_MAX = 20  # of a declared length; more of them need no reading to be too many
BODY_DEADLINE_S = 15.0  # Twilio gives up after it (CHANNELS A2), Telegram after 60
RETRY_AFTER_S = 5  # Telegram keeps the update and comes back (CHANNELS §0.2)
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
TELEGRAM, WHATSAPP, WHATSAPP_STATUS = "/webhooks/telegram", "/webhooks/whatsapp", "/webhooks/whatsapp/status"
log = structlog.get_logger()
Handler = Callable[[Request], Awaitable[Response]]


def build_app(office: Office, receiver: Receiver, *, body_deadline_s: float = BODY_DEADLINE_S) -> FastAPI:
    app = FastAPI(title="Canaliza", openapi_url=None, docs_url=None, redoc_url=None)
    webhook = partial(_webhook, office, receiver, body_deadline_s)
    routes: list[tuple[str, str, Handler]] = [
        ("POST", TELEGRAM, webhook(ChannelName.TELEGRAM, "message")),
        ("POST", WHATSAPP, webhook(ChannelName.WHATSAPP, "message")),
        ("POST", WHATSAPP_STATUS, webhook(ChannelName.WHATSAPP, "status")),
        ("GET", "/healthz", _alive),
        ("GET", "/readyz", _ready(office)),
        ("GET", "/metrics", _metrics(office)),
        ("GET", PRIVACY_PATH, _privacy(office)),
        *own_data_pages.routes(office),
        *evidence_pages.routes(office),
        *paper_pages.routes(office),
        *check_in_pages.routes(office),
        *transparency_pages.routes(office),
    ]
    for method, path, handler in routes:
        app.add_route(path, handler, methods=[method])  # as it is: solving no dependencies is half of a request
    return app


def telegram_url(settings: Settings) -> str:
    """Where Telegram has to send its updates."""
    return f"{settings.public_url}{TELEGRAM}"


def _webhook(office: Office, receiver: Receiver, body_deadline_s: float, name: ChannelName, kind: str) -> Handler:
    async def take(request: Request) -> Response:
        channel = office.channels.get(name)
        if channel is None:
            return _refused(name, "not-configured", 404)
        try:
            arrived = await asyncio.wait_for(_read(request), body_deadline_s)
        except (TimeoutError, ClientDisconnect):
            return _refused(name, "body-incomplete", 408)
        if arrived is None:
            return _refused(name, "too-large", 413)
        pass_point("receive.body-read")
        if not channel.verify(arrived):
            return _refused(name, "not-verified", 403)
        pass_point("receive.verified")
        key = channel.peek(arrived)
        return await _keep(receiver, name, kind, key, arrived)

    return take


async def _keep(receiver: Receiver, name: ChannelName, kind: str, key: EventKey, arrived: WebhookRequest) -> Response:
    try:
        is_new = await receiver.keep(name, kind, key, arrived)
    except Busy:
        refused = _refused(name, "database-away", 503)
        refused.headers["Retry-After"] = str(RETRY_AFTER_S)
        return refused
    metrics.EVENTS.labels(name.value, kind if is_new else "copy").inc()
    if not is_new:
        log.info("webhook.copy", channel=name.value, kind=kind)
    if name == ChannelName.WHATSAPP:
        return Response(EMPTY_TWIML, media_type="text/xml")
    return JSONResponse({})


async def _read(request: Request) -> WebhookRequest | None:
    """The request with a bounded body; None when it is larger, without having taken it all in.

    One that says at once how large it is, is not taken in at all. The caller's deadline ends a body that trickles.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:DIGITS_MAX]) > MAX_BODY_BYTES:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    headers = {name.lower(): value for name, value in request.headers.items()}
    return WebhookRequest(bytes(body), headers, request.url.query, request.url.path)


def _refused(name: ChannelName, reason: str, status_code: int) -> Response:
    metrics.EVENTS.labels(name.value, reason).inc()
    log.warning("webhook.refused", channel=name.value, reason=reason)
    return PlainTextResponse(reason, status_code=status_code)


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


def _ready(office: Office) -> Handler:
    async def ready(request: Request) -> Response:
        faults = await find_faults(office)
        return JSONResponse({"ready": not faults, "faults": faults}, status_code=503 if faults else 200)

    return ready


def _metrics(office: Office) -> Handler:
    async def show(request: Request) -> Response:
        if not metrics.may_read(request, office.settings.metrics_token):
            return PlainTextResponse("forbidden", status_code=403)
        text = await metrics.render(office)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    return show


def _privacy(office: Office) -> Handler:
    """The integral notice is a file of the jurisdiction, replaced without a deployment (facts/domain §0.11)."""

    async def notice(request: Request) -> Response:
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return FileResponse(office.jurisdiction.folder / "privacy_notice.html", headers=headers)

    return notice
