"""The pages behind a person's own link (`own_data`), on the app that faces the internet."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from intake.citizens.own_data import PATH, as_document, collect, find_owner, front_page, over_page
from intake.database import reading
from intake.office import Office

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
}
log = structlog.get_logger()
Handler = Callable[[Request], Awaitable[Response]]


def routes(office: Office) -> list[tuple[str, str, Handler]]:
    return [
        ("GET", f"{PATH}/{{token}}", _front(office)),
        ("POST", f"{PATH}/{{token}}/{{form:str}}", _download(office)),
    ]


def _front(office: Office) -> Handler:
    async def front(request: Request) -> Response:
        token = request.path_params["token"]
        if find_owner(office, token) is None:
            return _over(office)
        return HTMLResponse(front_page(office.texts, token), headers=HEADERS)

    return front


def _download(office: Office) -> Handler:
    async def download(request: Request) -> Response:
        owner = find_owner(office, request.path_params["token"])
        if owner is None or request.path_params["form"] not in ("documento", "json"):
            return _over(office)
        log.info("own-data.handed-over", citizen=owner)
        return await asyncio.to_thread(_file, office, owner, is_json=request.path_params["form"] == "json")

    return download


def _file(office: Office, owner: int, *, is_json: bool) -> Response:
    with reading(office.sessions) as session:
        content = collect(session, office, owner)
    ending, media_type = ("json", "application/json") if is_json else ("html", "text/html; charset=utf-8")
    title = office.texts("own_data.title")
    text = json.dumps(content, ensure_ascii=False, indent=2) if is_json else as_document(content, title)
    named = {"Content-Disposition": f'attachment; filename="mis-datos.{ending}"'}
    return Response(text, media_type=media_type, headers=HEADERS | named)


def _over(office: Office) -> Response:
    """Forged and over look alike."""
    return HTMLResponse(over_page(office.texts), status_code=404, headers=HEADERS)
