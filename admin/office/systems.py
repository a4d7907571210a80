"""«Sistemas conectados»: an administrator gives agencies' programs a token, renews it, takes it away."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import NAME_MAX, Member
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.systems.hook_addresses import URL_MAX
from intake.systems.tokens import LASTS_DAYS, NewSystem, Scope, list_systems, make_system, renew_token, revoke_system

Days = Annotated[int, Form(ge=1, le=3650)]
router = APIRouter()


@dataclass(frozen=True)
class Shown:
    """What a step has to say on the page. `token`, `secret`: just made, shown this once. `of`: whose it is."""

    fault: str | None = None
    draft: NewSystem | None = None
    token: str | None = None
    secret: str | None = None
    of: int | None = None


@router.get("/sistemas")
def show_systems(request: Request, pages: Here, member: Administrator) -> Response:
    return show(request, pages, member, Shown())


@router.post("/sistemas")
def do_make(
    request: Request,
    pages: Here,
    member: Administrator,
    dias: Days,
    nombre: Annotated[str, Form(max_length=NAME_MAX)] = "",
    agencia: Annotated[str, Form(max_length=24)] = "",
    permiso: Annotated[list[Scope] | None, Form()] = None,
) -> Response:
    new = NewSystem(tidy(nombre), agencia or None, frozenset(permiso or ()), dias)
    try:
        system_id, token = make_system(pages.office, member, new)
    except FormRefused as error:
        return show(request, pages, member, Shown(fault=f"systems.{error.fault}", draft=new))
    return show(request, pages, member, Shown(token=token, of=system_id))


@router.post("/sistemas/{system_id}/renovar")
def do_renew(request: Request, pages: Here, member: Administrator, system_id: RowId, dias: Days = 0) -> Response:
    try:
        token = renew_token(pages.office, member, system_id, dias)
    except FormRefused as error:
        return show(request, pages, member, Shown(fault=f"systems.{error.fault}", of=system_id))
    return show(request, pages, member, Shown(token=token, of=system_id))


@router.post("/sistemas/{system_id}/revocar")
def do_revoke(pages: Here, member: Administrator, system_id: RowId) -> Response:
    return pages.send_on("/sistemas", "done.system_revoked", name=revoke_system(pages.office, member, system_id))


def show(request: Request, pages: Pages, member: Member, shown: Shown) -> Response:
    """The page, with a token or a fault where there is one."""
    with reading(pages.office.sessions) as session:
        systems = list_systems(session)
    return pages.show(
        request,
        "systems.html",
        member,
        422 if shown.fault else 200,
        systems=systems,
        shown=shown,
        now=utc_now(),
        scopes=list(Scope),
        agencies=pages.agencies,
        lasts=LASTS_DAYS,
        name_max=NAME_MAX,
        url_max=URL_MAX,
        address=pages.office.settings.public_url,
    )
