"""Invitations: an administrator makes and withdraws them, the invited opens the account that one is for."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.entrance.login import form_with_proof, is_our_form
from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.invitations import Invited, accept, find_invited, invite, list_invitations, withdraw
from intake.accounts.staff import PASSWORD_MIN, AccountRefused, Member, Role
from intake.database import reading
from intake.errors import NotFound

HERE = "/invitaciones"
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
Short = Annotated[str, Form(max_length=300)]
router = APIRouter()
log = structlog.get_logger()


@router.get(HERE)
def show_invitations(request: Request, pages: Here, member: Administrator) -> Response:
    return _page(request, pages, member)


@router.post(HERE)
def do_invite(
    request: Request,
    pages: Here,
    member: Administrator,
    papel: Annotated[Role, Form()],
    usuario: Short = "",
    nombre: Short = "",
    agencia: Short = "",
) -> Response:
    """The page with the link, which is shown this once. Under the address at which the member sees this app."""
    invited = Invited(tidy(usuario), tidy(nombre), papel, agencia or None)
    try:
        token = invite(pages.office, member, invited)
    except AccountRefused as error:
        return _page(request, pages, member, fault=error.fault.value, draft=invited)
    log.info("staff.invited", by=member.id)
    site = pages.office.settings.staff_url or str(request.base_url).rstrip("/")
    link = f"{site}/invitacion/{token}"
    return _page(request, pages, member, link=link, whose=invited.name)


@router.post(HERE + "/{invitation_id}/retirar")
def do_withdraw(pages: Here, member: Administrator, invitation_id: RowId) -> Response:
    name = withdraw(pages.office, member, invitation_id)
    return pages.send_on(HERE, "done.invitation_withdrawn", name=name)


@router.get("/invitacion/{token}")
def show_invitation(request: Request, pages: Here, token: Token) -> Response:
    return _form(request, pages, token)


@router.post("/invitacion/{token}")
def do_accept(
    request: Request,
    pages: Here,
    token: Token,
    clave: Annotated[str, Form(max_length=1000)] = "",
    otra_vez: Annotated[str, Form(max_length=1000)] = "",
    prueba: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    if not is_our_form(request, pages, prueba):
        return _form(request, pages, token, fault="login.expired", status=403)
    if clave != otra_vez:
        return _form(request, pages, token, fault="invitation.not_the_same", status=422)
    try:
        accept(pages.office, token, clave)
    except AccountRefused as error:
        return _form(request, pages, token, fault=f"account.{error.fault.value}", status=422)
    log.info("staff.invitation-accepted")
    return pages.send_on("/login", "done.account_yours")


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    draft: Invited | None = None,
    link: str | None = None,
    whose: str = "",
) -> Response:
    with reading(pages.office.sessions) as session:
        invitations = list_invitations(session)
    return pages.show(
        request,
        "invitations.html",
        member,
        422 if fault else 200,
        invitations=invitations,
        roles=list(Role),
        agencies=pages.agencies,
        fault=fault,
        draft=draft,
        link=link,
        whose=whose,
    )


def _form(request: Request, pages: Pages, token: str, *, fault: str | None = None, status: int = 200) -> Response:
    """Raises NotFound for a link that is not good any more."""
    invited = find_invited(pages.office, token)
    if invited is None:
        raise NotFound("the invitation is over")
    response = form_with_proof(
        request,
        pages,
        "invitation.html",
        status,
        invited=invited,
        token=token,
        fault=fault,
        password_min=PASSWORD_MIN,
        has_other_door=pages.provider is not None and pages.office.settings.oidc_accepts_invited,
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
