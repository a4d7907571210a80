"""What surrounds every request: security headers, a bounded body, and a plain page instead of a stack trace."""

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.guards import find_logged_in
from admin.pages import Pages, get_pages
from intake.answers.attaching import FILES_MAX
from intake.answers.clean_copies import FILE_MAX_BYTES
from intake.carrying.tabular import FILE_MAX_BYTES as FILE_OF_ROWS_MAX_BYTES
from intake.configuration.zipped import ZIP_MAX
from intake.correspondence.page_files import ALL_MAX_BYTES

MAX_BODY_BYTES = 128 * 1024  # the longest form holds an answer of 6,000 characters, percent-encoded
WITH_FILES = ("/turnos/", "/reuniones/", "/acuerdos/")
MAX_BODY_WITH_FILES_BYTES = FILES_MAX * (FILE_MAX_BYTES + 64 * 1024) + MAX_BODY_BYTES
FRONT_DESK = "/correspondencia/recibir"
IMPORTS = "/importar"
log = structlog.get_logger()


class BodyTooLarge(HTTPException):
    """More came than any form of this app holds; nothing of the rest is read."""

    def __init__(self) -> None:
        super().__init__(413)


class Shell:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun, pages = False, get_pages(Request(scope))

        async def send_dressed(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _dress(pages, scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(scope, bounded(receive, await _find_limit(pages, scope)), send_dressed)
        except Exception as error:  # whatever it is, staff read a sentence, and the log says where to look
            log.error("staff.failed", error=type(error).__name__, place=_place(error))
            if not has_begun:
                await pages.fault(Request(scope), 500)(scope, receive, send_dressed)


async def _find_limit(pages: Pages, scope: Scope) -> int:
    """Files are taken in with an answer, at a meeting, at the front desk; only from somebody who is logged in."""
    request = Request(scope)
    limit = _limit_of(request.url.path) if request.method == "POST" else MAX_BODY_BYTES
    if limit == MAX_BODY_BYTES or not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return MAX_BODY_BYTES
    token = request.cookies.get(pages.session_cookie)
    is_known = await run_in_threadpool(find_logged_in, pages, token) is not None
    return limit if is_known else MAX_BODY_BYTES


def _dress(pages: Pages, scope: Scope, headers: MutableHeaders) -> None:
    for name, value in pages.security_headers.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-cache" if scope["path"].startswith("/static/") else "no-store")


def _limit_of(path: str) -> int:
    if path == IMPORTS:
        return FILE_OF_ROWS_MAX_BYTES + MAX_BODY_BYTES
    if path == FRONT_DESK:
        return ALL_MAX_BYTES + MAX_BODY_BYTES
    if path == "/configuracion/revisar":
        return ZIP_MAX + MAX_BODY_BYTES
    return MAX_BODY_WITH_FILES_BYTES if path.startswith(WITH_FILES) else MAX_BODY_BYTES


def bounded(receive: Receive, limit: int = MAX_BODY_BYTES) -> Receive:
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise BodyTooLarge
        return message

    return receive_bounded


def _place(error: Exception) -> str:
    """File and line where it happened; never the text, which may hold what a citizen wrote."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    return f"{step.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno}" if step else ""
