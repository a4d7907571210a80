"""The address at which a provider fetches an answer's file, on the app that faces the internet."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from intake.answers.evidence_links import PATH, find_linked, plain_name
from intake.office import Office

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
log = structlog.get_logger()
Handler = Callable[[Request], Awaitable[Response]]


def routes(office: Office) -> list[tuple[str, str, Handler]]:
    path = f"{PATH}/{{token}}/{{name}}"
    return [("GET", path, _file(office)), ("HEAD", path, _file(office))]


def _file(office: Office) -> Handler:
    async def hand_out(request: Request) -> Response:
        return await asyncio.to_thread(_open, office, request.path_params["token"])

    return hand_out


def _open(office: Office, token: str) -> Response:
    """Forged, over and gone look alike."""
    row = find_linked(office, token)
    if row is None:
        return PlainTextResponse("not found", status_code=404, headers=HEADERS)
    try:
        with office.files.open(row.storage_key) as file:
            content = file.read()
    except OSError as error:
        log.error("evidence.not-read", evidence=row.id, error=type(error).__name__)
        return PlainTextResponse("not found", status_code=404, headers=HEADERS)
    named = {"Content-Disposition": f'inline; filename="{plain_name(row.name)}"'}
    return Response(content, media_type=row.media_type, headers=HEADERS | named)
