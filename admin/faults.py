"""What goes wrong becomes a page in plain Spanish with the error's own status; never a stack trace, never English."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from admin.guards import ForgedForm, LacksFactor, NotLoggedIn
from admin.pages import get_pages
from intake.accounts.staff import Member
from intake.errors import IntakeError, MoveRefused, Stale

SENTENCES = ((ForgedForm, "fault.forged"), (Stale, "fault.stale"), (MoveRefused, "fault.move"))


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(NotLoggedIn, _to_login)
    app.add_exception_handler(LacksFactor, _to_account)
    app.add_exception_handler(IntakeError, _intake_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)


def _to_login(request: Request, _error: Exception) -> Response:
    """After the log-in back to the page."""
    where = request.url.path if request.method == "GET" else "/"
    target = "/login" if where == "/" else f"/login?siguiente={quote(where)}"
    return _lead(request, "/login", target)


def _to_account(request: Request, _error: Exception) -> Response:
    return _lead(request, "/mi-cuenta", "/mi-cuenta")


def _lead(request: Request, whole: str, target: str) -> Response:
    """A part of a page asked for by htmx sends the whole page there; a stream, which shows no page, is refused."""
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": whole})
    if "text/event-stream" in request.headers.get("Accept", ""):
        return Response(status_code=401, media_type="text/event-stream")
    return RedirectResponse(target, status_code=303)


def _intake_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, IntakeError) else 500
    key = next((key for kind, key in SENTENCES if isinstance(error, kind)), None)
    return get_pages(request).fault(request, status, key, _member(request))


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return get_pages(request).fault(request, status, None, _member(request))


def _invalid(request: Request, error: Exception) -> Response:
    """A path that names nothing is not found; a form that no page of ours sends is refused."""
    places = {fault["loc"][0] for fault in error.errors()} if isinstance(error, RequestValidationError) else set()
    return get_pages(request).fault(request, 404 if "path" in places else 422, None, _member(request))


def _member(request: Request) -> Member | None:
    member: Member | None = getattr(request.state, "member", None)
    return member
