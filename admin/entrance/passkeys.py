"""Passkeys: a member's own ones, and the way in with one. What the browser does is in `static/passkeys.js`."""

import json
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from admin.entrance.login import Agent, Onward, Proof, enter, is_our_form, login_form
from admin.entrance.own_account import HERE, account_page
from admin.guards import AccountOwner
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.passkeys import Asked, Site, add_key, ask_for_known, ask_for_new, enter_with_key, remove_key
from intake.errors import FormRefused

Answer = Annotated[str, Form(max_length=20_000)]
Token = Annotated[str, Form(max_length=100)]
router = APIRouter()
log = structlog.get_logger()


@router.post(f"{HERE}/llaves/opciones")
def do_ask_for_new(request: Request, pages: Here, member: AccountOwner) -> Response:
    return _as_json(ask_for_new(pages.office, member, _site(request, pages)))


@router.post(f"{HERE}/llaves")
def do_add(
    request: Request,
    pages: Here,
    member: AccountOwner,
    nombre: Annotated[str, Form(max_length=100)] = "",
    reto: Token = "",
    respuesta: Answer = "",
) -> Response:
    name = tidy(nombre) or pages.texts("passkey.unnamed")
    try:
        add_key(pages.office, member, _site(request, pages), reto, name, respuesta)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    log.info("staff.passkey-added", staff=member.id)
    return pages.send_on(HERE, "done.passkey_added", name=name)


@router.post(f"{HERE}/llaves/{{key_id}}/quitar")
def do_remove(request: Request, pages: Here, member: AccountOwner, key_id: RowId) -> Response:
    try:
        name = remove_key(pages.office, member, key_id)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    log.info("staff.passkey-removed", staff=member.id)
    return pages.send_on(HERE, "done.passkey_removed", name=name)


@router.post("/login/llave/opciones")
def do_ask_for_known(request: Request, pages: Here, prueba: Proof = "") -> Response:
    if not is_our_form(request, pages, prueba):
        return Response(status_code=403)
    return _as_json(ask_for_known(pages.office, _site(request, pages)))


@router.post("/login/llave")
def do_enter(
    request: Request,
    pages: Here,
    prueba: Proof = "",
    reto: Token = "",
    respuesta: Answer = "",
    siguiente: Onward = "/",
    agent: Agent = "",
) -> Response:
    if not is_our_form(request, pages, prueba):
        return login_form(request, pages, siguiente, fault="login.expired", status=403)
    token = enter_with_key(pages.office, _site(request, pages), reto, respuesta, agent)
    if token is None:
        log.warning("staff.passkey-refused")
        return login_form(request, pages, siguiente, fault="passkey.refused", status=401)
    return enter(request, pages, token, siguiente)


def _as_json(asked: Asked) -> Response:
    return JSONResponse({"token": asked.token, "options": json.loads(asked.options)})


def _site(request: Request, pages: Pages) -> Site:
    """As the settings name it; else as the browser asked for it."""
    parts = urlsplit(pages.office.settings.staff_url or str(request.base_url))
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
