"""Log-in and log-out. One sentence for every refusal; a fresh token at each log-in; the form is proved by a cookie."""

import hmac
import secrets
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Header, Query, Request
from starlette.responses import RedirectResponse, Response

from admin.guards import AccountOwner
from admin.pages import Here, Pages
from intake.accounts.challenges import LASTS
from intake.accounts.entering import is_second_open, log_in, pass_second
from intake.accounts.staff import log_out

LOGIN_COOKIE, SECOND_COOKIE = "canaliza_entrada", "canaliza_paso"
FORM_LASTS_S, SECOND_LASTS_S = 3600, int(LASTS.total_seconds())
Proof = Annotated[str, Form(max_length=500)]
Onward = Annotated[str, Form(max_length=500)]
Agent = Annotated[str, Header(alias="User-Agent")]
router = APIRouter()
log = structlog.get_logger()


@router.get("/login")
def show_login(request: Request, pages: Here, siguiente: str = "/") -> Response:
    return login_form(request, pages, siguiente)


@router.post("/login")
def do_login(
    request: Request,
    pages: Here,
    usuario: Annotated[str, Form(max_length=200)] = "",
    clave: Annotated[str, Form(max_length=1000)] = "",
    prueba: Proof = "",
    siguiente: Onward = "/",
    agent: Agent = "",
) -> Response:
    if not is_our_form(request, pages, prueba):
        return login_form(request, pages, siguiente, fault="login.expired", status=403)
    step = log_in(pages.office, usuario.replace("\x00", "").strip(), clave, agent)
    if step is None:
        log.warning("staff.login-refused")
        return login_form(request, pages, siguiente, fault="login.refused", status=401)
    if step.session:
        return enter(request, pages, step.session, siguiente)
    if step.second is None:
        fault = "login.elsewhere" if step.is_elsewhere else "login.needs_key"
        log.warning("staff.way-refused", fault=fault)
        return login_form(request, pages, siguiente, fault=fault, status=401)
    response = second_form(request, pages, siguiente)
    pages.set_cookie(response, SECOND_COOKIE, step.second, SECOND_LASTS_S)
    return response


@router.get("/login/codigo")
def show_second(request: Request, pages: Here, siguiente: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """Only after a right password, for some minutes."""
    if not is_second_open(pages.office, request.cookies.get(SECOND_COOKIE, "")):
        return RedirectResponse("/login", status_code=303)
    return _form(request, pages, "second.html", siguiente)


@router.post("/login/codigo")
def do_second(
    request: Request,
    pages: Here,
    codigo: Annotated[str, Form(max_length=40)] = "",
    prueba: Proof = "",
    siguiente: Onward = "/",
    agent: Agent = "",
) -> Response:
    if not is_our_form(request, pages, prueba):
        return _form(request, pages, "second.html", siguiente, fault="login.expired", status=403)
    second = request.cookies.get(SECOND_COOKIE, "")
    token = pass_second(pages.office, second, codigo, agent)
    if token:
        return enter(request, pages, token, siguiente)
    log.warning("staff.code-refused")
    if not is_second_open(pages.office, second):
        return login_form(request, pages, siguiente, fault="login.expired", status=401)
    return _form(request, pages, "second.html", siguiente, fault="second.refused", status=401)


@router.post("/logout")
def do_logout(request: Request, pages: Here, member: AccountOwner) -> Response:
    _end_session(request, pages)
    onward = "/login/salida" if member.door and pages.provider else "/login"
    response = RedirectResponse(onward, status_code=303)
    response.delete_cookie(pages.session_cookie, secure=pages.is_secure, httponly=True, samesite="lax")
    return response


def enter(request: Request, pages: Pages, token: str, onward: str) -> Response:
    """The log-in is done; the one before in this browser ends."""
    _end_session(request, pages)
    response = RedirectResponse(own_path(onward), status_code=303)
    pages.set_cookie(response, pages.session_cookie, token)
    for name in (LOGIN_COOKIE, SECOND_COOKIE):
        response.delete_cookie(name)
    return response


def login_form(
    request: Request,
    pages: Pages,
    onward: str,
    *,
    fault: str | None = None,
    status: int = 200,
    subject: str | None = None,
) -> Response:
    """`subject`: what the provider calls whoever came and is not linked yet."""
    values = {"onward": own_path(onward), "fault": fault, "subject": subject}
    return form_with_proof(request, pages, "login.html", status, **values)


def second_form(request: Request, pages: Pages, onward: str) -> Response:
    return _form(request, pages, "second.html", onward)


def is_our_form(request: Request, pages: Pages, proof: str) -> bool:
    kept = pages.unsign(request.cookies.get(LOGIN_COOKIE, ""), FORM_LASTS_S)
    return isinstance(kept, str) and hmac.compare_digest(kept.encode(), proof.encode())


def own_path(path: str) -> str:
    """Only a path of this app: `//host` and `/\\host` lead elsewhere in a browser."""
    is_own = path.startswith("/") and path.isprintable() and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if is_own else "/"


def _form(
    request: Request, pages: Pages, template: str, onward: str, *, fault: str | None = None, status: int = 200
) -> Response:
    return form_with_proof(request, pages, template, status, onward=own_path(onward), fault=fault)


def form_with_proof(request: Request, pages: Pages, template: str, status: int, **values: Any) -> Response:
    """Double submit: the form's token must equal the one in the signed cookie, so that no other site can log one in."""
    proof = secrets.token_urlsafe(24)
    response = pages.show(request, template, status=status, proof=proof, **values)
    pages.set_cookie(response, LOGIN_COOKIE, pages.sign(proof), FORM_LASTS_S)
    return response


def _end_session(request: Request, pages: Pages) -> None:
    token = request.cookies.get(pages.session_cookie)
    if token:
        log_out(pages.office, token)
