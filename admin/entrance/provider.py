"""The way in by the organisation's own log-in: to the provider, back with a code, out again. The browser that set out
holds the journey in a signed cookie: what comes back to another one is refused."""

import hmac
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from admin.entrance.login import (
    SECOND_COOKIE,
    SECOND_LASTS_S,
    Agent,
    enter,
    login_form,
    own_path,
    second_form,
)
from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.paths import RowId
from intake.accounts.entering_by_provider import accept_with_identity, enter_with_identity
from intake.accounts.id_tokens import Identity
from intake.accounts.identities import link_subject, unlink
from intake.accounts.provider import Journey, Provider
from intake.accounts.staff import AccountRefused
from intake.errors import FormRefused, NotFound

HERE = "/login/proveedor"
BACK = f"{HERE}/regreso"
COOKIE, LASTS_S = "canaliza_viaje", 600
Short = Annotated[str, Query(max_length=500)]
router = APIRouter()
log = structlog.get_logger()


@router.get(HERE)
def do_begin(request: Request, pages: Here, siguiente: Short = "/", invitacion: Short = "") -> Response:
    provider = _get_provider(pages)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    journey = Journey(state, nonce, verifier, _site(request, pages) + BACK)
    try:
        address = provider.begin(journey)
    except FormRefused as error:
        return _refused(request, pages, siguiente, error)
    response = RedirectResponse(address, status_code=303)
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "onward": own_path(siguiente), "for": invitacion}
    pages.set_cookie(response, COOKIE, pages.sign(kept), LASTS_S)
    return response


@router.get(BACK)
def do_return(
    request: Request,
    pages: Here,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Short = "",
    error: Short = "",
    iss: Short = "",
    agent: Agent = "",
) -> Response:
    provider, kept = _get_provider(pages), _unpack(request, pages)
    onward = kept["onward"] if kept else "/"
    identity: Identity | None = None
    try:
        if kept is None or not _is_answer_to(kept, state, iss, pages):
            raise FormRefused("mixed")
        if error or not code:
            raise FormRefused("denied")
        journey = Journey(kept["state"], kept["nonce"], kept["verifier"], _site(request, pages) + BACK)
        identity = provider.finish(journey, code)
        if kept["for"]:
            accept_with_identity(pages.office, kept["for"], identity)
        response = _enter(request, pages, identity, onward, agent)
    except FormRefused as refusal:
        response = _refused(request, pages, onward, refusal, identity)
    except (NotFound, AccountRefused):
        response = _refused(request, pages, onward, FormRefused("invitation_over"))
    response.delete_cookie(COOKIE)
    return response


@router.get("/login/salida")
def show_out(request: Request, pages: Here) -> Response:
    """Where whoever came by the provider's door ends up: out of here, and one step from being out there too."""
    farewell = _get_provider(pages).farewell(f"{_site(request, pages)}/login")
    return pages.show(request, "logged_out.html", farewell=farewell)


@router.post("/usuarios/{staff_id}/identidad")
def do_link(
    request: Request,
    pages: Here,
    member: Administrator,
    staff_id: RowId,
    sujeto: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    _get_provider(pages)
    try:
        row = link_subject(pages.office, member, staff_id, sujeto.strip())
    except FormRefused as error:
        return pages.send_on(f"/usuarios/{staff_id}", f"provider.link_{error.fault}")
    except AccountRefused as error:
        return pages.send_on(f"/usuarios/{staff_id}", f"account.{error.fault.value}")
    log.info("staff.identity-linked", staff=staff_id, by=member.id)
    return pages.send_on(f"/usuarios/{staff_id}", "done.identity_linked", name=row.name)


@router.post("/usuarios/{staff_id}/identidad/{identity_id}/quitar")
def do_unlink(pages: Here, member: Administrator, staff_id: RowId, identity_id: RowId) -> Response:
    try:
        row = unlink(pages.office, member, staff_id, identity_id)
    except AccountRefused as error:
        return pages.send_on(f"/usuarios/{staff_id}", f"account.{error.fault.value}")
    log.info("staff.identity-unlinked", staff=staff_id, by=member.id)
    return pages.send_on(f"/usuarios/{staff_id}", "done.identity_unlinked", name=row.name)


def _enter(request: Request, pages: Pages, identity: Identity, onward: str, agent: str) -> Response:
    step = enter_with_identity(pages.office, identity, agent)
    if step.session:
        return enter(request, pages, step.session, onward)
    if step.second is None:
        return login_form(request, pages, onward, fault="login.needs_key", status=401)
    response = second_form(request, pages, onward)
    pages.set_cookie(response, SECOND_COOKIE, step.second, SECOND_LASTS_S)
    return response


def _refused(
    request: Request, pages: Pages, onward: str, refusal: FormRefused, identity: Identity | None = None
) -> Response:
    """`identity`: an administrator links an account by what the provider calls its owner, so the owner is told it."""
    log.warning("staff.provider-refused", fault=refusal.fault)
    subject = identity.subject if identity and refusal.fault == "unknown" else None
    status = 401 if refusal.status_code == 422 else refusal.status_code
    return login_form(request, pages, onward, fault=f"provider.fault_{refusal.fault}", status=status, subject=subject)


def _is_answer_to(kept: Mapping[str, Any], state: str, issuer: str, pages: Pages) -> bool:
    """`issuer`: said by those providers that do (RFC 9207)."""
    is_own = hmac.compare_digest(kept["state"].encode(), state.encode())
    return is_own and issuer in ("", pages.office.settings.oidc_issuer)


def _unpack(request: Request, pages: Pages) -> Mapping[str, Any] | None:
    kept = pages.unsign(request.cookies.get(COOKIE, ""), LASTS_S)
    return kept if isinstance(kept, dict) and "verifier" in kept else None


def _get_provider(pages: Pages) -> Provider:
    """Raises NotFound where the settings name none."""
    if pages.provider is None:
        raise NotFound("there is no other log-in")
    return pages.provider


def _site(request: Request, pages: Pages) -> str:
    return pages.office.settings.staff_url or str(request.base_url).rstrip("/")
