"""«Mi cuenta»: a member's own codes, password and log-ins; reached even by whoever still lacks a second factor."""

from collections.abc import Sequence
from typing import Annotated

import segno
import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from admin.guards import AccountOwner
from admin.pages import Here, Pages
from intake.accounts.changing_accounts import change_own_password
from intake.accounts.own_sessions import end_others, list_log_ins
from intake.accounts.passkeys import list_keys
from intake.accounts.second_factor import (
    begin_totp,
    confirm_totp,
    end_totp,
    find_factors,
    find_offer,
    is_required,
    renew_recovery_codes,
)
from intake.accounts.staff import PASSWORD_MIN, Door, Member
from intake.database import reading
from intake.errors import FormRefused
from intake.notices.calendar_links import made_at
from intake.notices.mail_wishes import READERS, OwnWish, Wish, find_wish

HERE = "/mi-cuenta"
Code = Annotated[str, Form(max_length=40)]
router = APIRouter()
log = structlog.get_logger()


@router.get(HERE)
def show_account(request: Request, pages: Here, member: AccountOwner) -> Response:
    return account_page(request, pages, member)


@router.post(f"{HERE}/codigos")
def do_begin(request: Request, pages: Here, member: AccountOwner) -> Response:
    try:
        begin_totp(pages.office, member)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    return RedirectResponse(f"{HERE}#codigos", status_code=303)


@router.post(f"{HERE}/codigos/confirmar")
def do_confirm(request: Request, pages: Here, member: AccountOwner, codigo: Code = "") -> Response:
    try:
        codes = confirm_totp(pages.office, member, codigo)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    log.info("staff.codes-on", staff=member.id)
    return account_page(request, pages, member, codes=codes)


@router.post(f"{HERE}/codigos/recuperacion")
def do_renew(request: Request, pages: Here, member: AccountOwner, codigo: Code = "") -> Response:
    try:
        codes = renew_recovery_codes(pages.office, member, codigo)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    return account_page(request, pages, member, codes=codes)


@router.post(f"{HERE}/codigos/quitar")
def do_end(request: Request, pages: Here, member: AccountOwner, codigo: Code = "") -> Response:
    try:
        end_totp(pages.office, member, codigo)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    log.info("staff.codes-off", staff=member.id)
    return pages.send_on(HERE, "done.codes_off")


@router.post(f"{HERE}/clave")
def do_change_password(
    request: Request,
    pages: Here,
    member: AccountOwner,
    actual: Annotated[str, Form(max_length=1000)] = "",
    clave: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    try:
        change_own_password(pages.office, member, _token(request, pages), actual, clave)
    except FormRefused as error:
        return account_page(request, pages, member, fault=error.fault)
    log.info("staff.password-changed", staff=member.id)
    return pages.send_on(HERE, "done.password_changed")


@router.post(f"{HERE}/sesiones")
def do_end_others(request: Request, pages: Here, member: AccountOwner) -> Response:
    end_others(pages.office, member, _token(request, pages))
    return pages.send_on(HERE, "done.others_out")


def account_page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    codes: Sequence[str] = (),
    wish: OwnWish | None = None,
    calendar: str | None = None,
) -> Response:
    """`codes`, `calendar`: recovery codes, a calendar's address, which are shown on this page and never again. `wish`:
    as it was written, where that was refused."""
    offer = find_offer(pages.office, member)
    with reading(pages.office.sessions) as session:
        factors = find_factors(session, member.id)
        keys = list_keys(session, member.id)
        log_ins = list_log_ins(session, member, _token(request, pages))
        own_wish, calendar_since = wish or find_wish(session, member.id), made_at(session, member.id)
    is_needed = is_required(pages.office.settings, member.role) and member.door != Door.STRONG
    lacks_needed = is_needed and not factors.has_any
    return pages.show(
        request,
        "own_account.html",
        member,
        422 if fault else 200,
        factors=factors,
        is_required=is_needed,
        offer=offer,
        picture=_picture(offer.uri) if offer else None,
        codes=codes,
        log_ins=log_ins,
        keys=keys,
        password_min=PASSWORD_MIN,
        fault=fault,
        has_notices=member.role in READERS and not lacks_needed,
        has_mail=bool(pages.office.settings.smtp_host),
        wishes=list(Wish),
        own_wish=own_wish,
        calendar=calendar,
        calendar_since=calendar_since,
    )


def _token(request: Request, pages: Pages) -> str:
    return request.cookies.get(pages.session_cookie, "")


def _picture(uri: str) -> str:
    """The QR code as SVG: dark on light whatever the page's colours, without a style that the policy would refuse."""
    return segno.make(uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=False)
