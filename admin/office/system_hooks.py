"""«Sistemas conectados», where each is told of events: its address, its secret, what did not get through."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.office.systems import Shown, show
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.systems.hook_addresses import URL_MAX
from intake.systems.hooks import drop_hook, list_notices, rotate_secret, send_again, set_hook
from intake.systems.tokens import list_systems

router = APIRouter()


@router.get("/sistemas/{system_id}/avisos")
def show_notices(request: Request, pages: Here, member: Administrator, system_id: RowId) -> Response:
    with reading(pages.office.sessions) as session:
        system = next((one for one in list_systems(session) if one.id == system_id), None)
        notices = list_notices(session, system_id)
    if system is None:
        raise NotFound(f"no system {system_id}")
    return pages.show(request, "system_notices.html", member, system=system, notices=notices)


@router.post("/sistemas/{system_id}/avisos")
def do_set(
    request: Request,
    pages: Here,
    member: Administrator,
    system_id: RowId,
    direccion: Annotated[str, Form(max_length=URL_MAX)] = "",
) -> Response:
    return _with_secret(
        request, pages, member, system_id, lambda: set_hook(pages.office, member, system_id, tidy(direccion))
    )


@router.post("/sistemas/{system_id}/avisos/secreto")
def do_rotate(request: Request, pages: Here, member: Administrator, system_id: RowId) -> Response:
    return _with_secret(request, pages, member, system_id, lambda: rotate_secret(pages.office, member, system_id))


@router.post("/sistemas/{system_id}/avisos/quitar")
def do_drop(pages: Here, member: Administrator, system_id: RowId) -> Response:
    drop_hook(pages.office, member, system_id)
    return pages.send_on("/sistemas", "done.hook_dropped")


@router.post("/sistemas/{system_id}/avisos/{notice_id}/reenviar")
def do_send_again(pages: Here, member: Administrator, system_id: RowId, notice_id: RowId) -> Response:
    send_again(pages.office, member, system_id, notice_id)
    return pages.send_on(f"/sistemas/{system_id}/avisos", "done.notice_again")


def _with_secret(request: Request, pages: Pages, member: Member, system_id: int, make: Callable[[], str]) -> Response:
    try:
        secret = make()
    except FormRefused as error:
        return show(request, pages, member, Shown(fault=f"hooks.{error.fault}", of=system_id))
    return show(request, pages, member, Shown(secret=secret, of=system_id))
