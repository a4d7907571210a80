"""The administrator's pages: accounts, agencies, what could not be processed or sent."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.configuration.drafting import drafts_by_key
from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.second_factor import list_holders, remove_factors
from intake.accounts.staff import (
    PASSWORD_MIN,
    AccountRefused,
    Member,
    NewAccount,
    Role,
    add_account,
    list_accounts,
    set_active,
)
from intake.answers.approvals import list_wishes
from intake.audit.trail import Act, note_alone, staff_of
from intake.configuration.in_force import Subject
from intake.database import reading
from intake.incoming.reconcile import list_accounts as list_accounts_of_messages
from intake.outgoing.dead_letters import list_dead_events, list_dropped, list_unsent_replies, retry_event, retry_reply
from intake.petitions.ratings import count_marks

Short = Annotated[str, Form(max_length=300)]
router = APIRouter()
log = structlog.get_logger()


@router.get("/usuarios")
def show_accounts(request: Request, pages: Here, member: Administrator) -> Response:
    return _accounts(request, pages, member)


@router.post("/usuarios")
def do_add_account(
    request: Request,
    pages: Here,
    member: Administrator,
    papel: Annotated[Role, Form()],
    usuario: Short = "",
    nombre: Short = "",
    clave: Annotated[str, Form(max_length=1000)] = "",
    agencia: Short = "",
) -> Response:
    account = NewAccount(tidy(usuario), tidy(nombre), papel, clave, agencia or None)
    try:
        with pages.office.sessions.begin() as session:
            row = add_account(session, pages.office.jurisdiction, account, by=member.id)
    except AccountRefused as error:
        return _accounts(request, pages, member, fault=error.fault.value, draft=account)
    log.info("staff.account-added", staff=row.id, by=member.id)
    return pages.send_on("/usuarios", "done.account_added", name=row.name)


@router.post("/usuarios/{staff_id}/desactivar")
def do_close_account(request: Request, pages: Here, member: Administrator, staff_id: RowId) -> Response:
    return _set_active(request, pages, member, staff_id, is_active=False)


@router.post("/usuarios/{staff_id}/activar")
def do_open_account(request: Request, pages: Here, member: Administrator, staff_id: RowId) -> Response:
    return _set_active(request, pages, member, staff_id, is_active=True)


@router.post("/usuarios/{staff_id}/quitar-factores")
def do_remove_factors(request: Request, pages: Here, member: Administrator, staff_id: RowId) -> Response:
    try:
        row = remove_factors(pages.office, member, staff_id)
    except AccountRefused as error:
        return _accounts(request, pages, member, fault=error.fault.value)
    return pages.send_on("/usuarios", "done.factors_removed", name=row.name)


@router.get("/agencias")
def show_agencies(request: Request, pages: Here, member: Administrator) -> Response:
    with reading(pages.office.sessions) as session:
        marks, wishes = count_marks(session), list_wishes(session)
    values: dict[str, Any] = {"marks": marks, "wishes": wishes, "drafts": drafts_by_key(pages, member, Subject.AGENCY)}
    return pages.show(request, "agencies.html", member, agencies=pages.agencies, **values)


@router.get("/cartas-muertas")
def show_dead_letters(request: Request, pages: Here, member: Administrator) -> Response:
    events, replies = list_dead_events(pages.office), list_unsent_replies(pages.office)
    with reading(pages.office.sessions) as session:
        accounts = list_accounts_of_messages(session, pages.office)
    values: dict[str, Any] = {
        "events": events,
        "replies": replies,
        "accounts": accounts,
        "dropped": list_dropped(pages.office),
    }
    return pages.show(request, "dead_letters.html", member, **values)


@router.post("/cartas-muertas/entradas/{event_id}/reintentar")
def do_retry_event(pages: Here, member: Administrator, event_id: RowId) -> Response:
    retry_event(pages.office, event_id)
    note_alone(pages.office, staff_of(member.id), Act.RETRIED, {"event": event_id})
    log.info("event.revived", event_id=event_id, by=member.id)
    return pages.send_on("/cartas-muertas", "done.retried")


@router.post("/cartas-muertas/salidas/{reply_id}/reintentar")
def do_retry_reply(pages: Here, member: Administrator, reply_id: RowId) -> Response:
    retry_reply(pages.office, reply_id)
    note_alone(pages.office, staff_of(member.id), Act.RETRIED, {"reply": reply_id})
    log.info("reply.revived", reply=reply_id, by=member.id)
    return pages.send_on("/cartas-muertas", "done.retried")


def _accounts(
    request: Request, pages: Pages, member: Member, *, fault: str | None = None, draft: NewAccount | None = None
) -> Response:
    with reading(pages.office.sessions) as session:
        accounts, holders = list_accounts(session), list_holders(session)
    values: dict[str, Any] = {
        "fault": fault,
        "draft": draft,
        "password_min": PASSWORD_MIN,
        "roles": list(Role),
        "holders": holders,
    }
    status = 422 if fault else 200
    return pages.show(request, "accounts.html", member, status, accounts=accounts, agencies=pages.agencies, **values)


def _set_active(request: Request, pages: Pages, member: Member, staff_id: int, *, is_active: bool) -> Response:
    try:
        row = set_active(pages.office, member, staff_id, is_active=is_active)
    except AccountRefused as error:
        return _accounts(request, pages, member, fault=error.fault.value)
    log.info("staff.account-changed", staff=staff_id, by=member.id, is_active=is_active)
    return pages.send_on("/usuarios", "done.account_opened" if is_active else "done.account_closed", name=row.name)
