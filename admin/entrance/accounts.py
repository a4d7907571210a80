"""One account: its role and agency, a new password for whoever forgot it. Each change ends its log-ins at once."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.paths import RowId
from intake.accounts.changing_accounts import change_role, set_password
from intake.accounts.identities import list_identities
from intake.accounts.staff import PASSWORD_MIN, AccountRefused, Member, Role, get_account
from intake.database import reading

router = APIRouter()
log = structlog.get_logger()


@router.get("/usuarios/{staff_id}")
def show_one(request: Request, pages: Here, member: Administrator, staff_id: RowId) -> Response:
    return _page(request, pages, member, staff_id)


@router.post("/usuarios/{staff_id}/papel")
def do_change_role(
    request: Request,
    pages: Here,
    member: Administrator,
    staff_id: RowId,
    papel: Annotated[Role, Form()],
    agencia: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    try:
        row = change_role(pages.office, member, staff_id, papel, agencia or None)
    except AccountRefused as error:
        return _page(request, pages, member, staff_id, fault=error.fault.value)
    log.info("staff.role-changed", staff=staff_id, by=member.id)
    return pages.send_on("/usuarios", "done.role_changed", name=row.name)


@router.post("/usuarios/{staff_id}/clave")
def do_set_password(
    request: Request,
    pages: Here,
    member: Administrator,
    staff_id: RowId,
    clave: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    try:
        row = set_password(pages.office, member, staff_id, clave)
    except AccountRefused as error:
        return _page(request, pages, member, staff_id, fault=error.fault.value)
    log.info("staff.password-set", staff=staff_id, by=member.id)
    return pages.send_on("/usuarios", "done.password_set", name=row.name)


def _page(request: Request, pages: Pages, member: Member, staff_id: int, *, fault: str | None = None) -> Response:
    with reading(pages.office.sessions) as session:
        row = get_account(session, staff_id)
        identities = list_identities(session, staff_id)
    return pages.show(
        request,
        "account.html",
        member,
        422 if fault else 200,
        row=row,
        identities=identities,
        roles=list(Role),
        agencies=pages.agencies,
        password_min=PASSWORD_MIN,
        fault=fault,
    )
