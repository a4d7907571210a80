"""Requests about one's own data (ARCO), with their terms; a cancellation is granted, kept blocked and suppressed."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from admin.guards import Administrator, Inspector, for_roles
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.citizens.rights import list_requests
from intake.database import reading
from intake.erasing.blocking import REASON_MAX, Acceptance, accept
from intake.erasing.listing import get_erasure, list_erasures, list_ready, open_request
from intake.erasing.opening import open_blocked
from intake.erasing.suppressing import confirm
from intake.errors import FormRefused, NotFound
from intake.studies.register import split_folios
from intake.terms.steps import days_left
from intake.triage.marks import today_at

HERE = "/derechos"
FURTHER_MAX = 400  # letters
Auditor = Annotated[Member, Depends(for_roles(Role.AUDITOR))]
Reason = Annotated[str, Form(max_length=REASON_MAX)]
Folio = Annotated[str, Path(max_length=40)]
router = APIRouter()


@router.get(HERE)
def show_rights(request: Request, pages: Here, member: Inspector) -> Response:
    jurisdiction, today = pages.office.jurisdiction, today_at(pages.office)
    with reading(pages.office.sessions) as session:
        asked, erasures = list_requests(session), list_erasures(session, pages.office)
        ready = list_ready(session, pages.office)
    rows = [(one, days_left(today, one.due_on, jurisdiction.closed)) for one in asked]
    values: dict[str, Any] = {"rows": rows, "terms": jurisdiction.rights_terms, "archive": jurisdiction.records}
    return pages.show(request, "rights.html", member, erasures=erasures, ready=ready, **values)


@router.get(HERE + "/{folio}/cancelar")
def show_cancellation(request: Request, pages: Here, member: Administrator, folio: Folio) -> Response:
    return _cancellation(request, pages, member, folio)


@router.post(HERE + "/{folio}/cancelar")
def do_accept(
    request: Request,
    pages: Here,
    member: Administrator,
    folio: Folio,
    motivo: Reason = "",
    otros: Annotated[str, Form(max_length=FURTHER_MAX)] = "",
    confirmo: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    further = split_folios(tidy(otros))
    try:
        number = accept(pages.office, member, Acceptance(folio, tidy(motivo), confirmo == "si", further))
    except FormRefused as error:
        return _cancellation(request, pages, member, folio, fault=f"erasing.{error.fault}", reason=motivo, others=otros)
    except NotFound:
        fault = "erasing.further"
        return _cancellation(request, pages, member, folio, fault=fault, reason=motivo, others=otros)
    return pages.send_on(f"{HERE}/bloqueo/{number}", "done.data_blocked", folio=folio)


@router.get(HERE + "/bloqueo/{number}")
def show_erasure(request: Request, pages: Here, member: Inspector, number: RowId) -> Response:
    return _erasure(request, pages, member, number)


@router.post(HERE + "/bloqueo/{number}/abrir")
def do_open(request: Request, pages: Here, member: Auditor, number: RowId, motivo: Reason = "") -> Response:
    """The answer to the form is the page itself: what was opened stands at no address."""
    try:
        rows = open_blocked(pages.office, member, number, tidy(motivo))
    except FormRefused as error:
        return _erasure(request, pages, member, number, fault=f"erasing.{error.fault}")
    shown = _erasure(request, pages, member, number, opened=rows)
    shown.headers["Cache-Control"] = "no-store"
    return shown


@router.post(HERE + "/bloqueo/{number}/suprimir")
def do_suppress(
    request: Request,
    pages: Here,
    member: Administrator,
    number: RowId,
    confirmo: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    try:
        confirm(pages.office, member, number, is_confirmed=confirmo == "si")
    except FormRefused as error:
        return _erasure(request, pages, member, number, fault=f"erasing.{error.fault}")
    return pages.send_on(f"{HERE}/bloqueo/{number}", "done.data_suppressed")


def _cancellation(
    request: Request,
    pages: Pages,
    member: Member,
    folio: str,
    *,
    fault: str | None = None,
    reason: str = "",
    others: str = "",
) -> Response:
    with reading(pages.office.sessions) as session:
        asked = open_request(session, pages.office, folio)
    values = {"asked": asked, "reason": reason, "others": others, "archive": pages.office.jurisdiction.records}
    status = 422 if fault else 200
    return pages.show(request, "cancellation.html", member, status, fault=fault, reason_max=REASON_MAX, **values)


def _erasure(
    request: Request,
    pages: Pages,
    member: Member,
    number: int,
    *,
    fault: str | None = None,
    opened: object = None,
) -> Response:
    with reading(pages.office.sessions) as session:
        one = get_erasure(session, pages.office, number)
    values = {"one": one, "opened": opened, "archive": pages.office.jurisdiction.records, "reason_max": REASON_MAX}
    return pages.show(request, "erasure.html", member, 422 if fault else 200, fault=fault, **values)
