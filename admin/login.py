"""Log-in and log-out. One sentence for every refusal; a fresh token at each log-in; the form is proved by a cookie."""

import hmac
import secrets
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from admin.guards import Anyone
from admin.pages import Here, Pages
from intake.staff import log_in, log_out

LOGIN_COOKIE = "canaliza_entrada"
FORM_LASTS_S = 3600
router = APIRouter()
log = structlog.get_logger()


@router.get("/login")
def show_login(request: Request, pages: Here, siguiente: str = "/") -> Response:
    return _form(request, pages, siguiente)


@router.post("/login")
def do_login(
    request: Request,
    pages: Here,
    usuario: Annotated[str, Form(max_length=200)] = "",
    clave: Annotated[str, Form(max_length=1000)] = "",
    prueba: Annotated[str, Form(max_length=500)] = "",
    siguiente: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    if not _is_our_form(request, pages, prueba):
        return _form(request, pages, siguiente, fault="login.expired", status=403)
    token = log_in(pages.office, usuario.replace("\x00", "").strip(), clave)
    if token is None:
        log.warning("staff.login-refused")
        return _form(request, pages, siguiente, fault="login.refused", status=401)
    _end_session(request, pages)
    response = RedirectResponse(_own_path(siguiente), status_code=303)
    pages.set_cookie(response, pages.session_cookie, token)
    response.delete_cookie(LOGIN_COOKIE)
    return response


@router.post("/logout")
def do_logout(request: Request, pages: Here, member: Anyone) -> Response:
    _end_session(request, pages)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(pages.session_cookie, secure=pages.is_secure, httponly=True, samesite="lax")
    return response


def _form(request: Request, pages: Pages, onward: str, *, fault: str | None = None, status: int = 200) -> Response:
    """Double submit: the form's token must equal the one in the signed cookie, so that no other site can log one in."""
    proof = secrets.token_urlsafe(24)
    response = pages.show(request, "login.html", status=status, proof=proof, onward=_own_path(onward), fault=fault)
    pages.set_cookie(response, LOGIN_COOKIE, pages.sign(proof), FORM_LASTS_S)
    return response


def _is_our_form(request: Request, pages: Pages, proof: str) -> bool:
    kept = pages.unsign(request.cookies.get(LOGIN_COOKIE, ""), FORM_LASTS_S)
    return isinstance(kept, str) and hmac.compare_digest(kept.encode(), proof.encode())


def _end_session(request: Request, pages: Pages) -> None:
    token = request.cookies.get(pages.session_cookie)
    if token:
        log_out(pages.office, token)


def _own_path(path: str) -> str:
    """Only a path of this app: `//host` and `/\\host` lead elsewhere in a browser."""
    is_own = path.startswith("/") and path.isprintable() and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if is_own else "/"
