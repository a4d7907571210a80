"""«Acuerdos»: what presses on top, as a page and as a workbook; one of them with its evidence and how it ends."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admin.figures.reporting import send_file
from admin.guards import Answerer, CaseReader, Decider
from admin.local_times import LocalDay, read_day
from admin.meetings.fields import Reason, Text
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import ANSWERERS, Member
from intake.acting import DECIDERS
from intake.database import reading
from intake.errors import FormRefused
from intake.meetings.agreeing import drop_agreement, fulfil, get_agreement, move_due_day, reopen_agreement
from intake.meetings.filing import list_evidence
from intake.meetings.kinds import AgreementState, Kind
from intake.meetings.pressing_agreements import (
    AgreementWish,
    agreement_sheet,
    count_states,
    list_agreements,
    view_agreement,
)
from intake.reports.workbook import as_workbook
from intake.triage.marks import today_at

HERE, ONE = "/acuerdos", "/acuerdos/{agreement_id}"
ALL = 20_000
Key = Annotated[str, Query(max_length=40)]
router = APIRouter()


@router.get(HERE)
def show_agreements(
    request: Request, pages: Here, member: CaseReader, estado: Key = "open", tipo: Key = "", dependencia: Key = ""
) -> Response:
    wish = _wish(pages, estado, tipo, dependencia)
    with reading(pages.office.sessions) as session:
        views = list_agreements(session, pages.office, member, wish)
        counts = count_states(session, member, wish)
    values: dict[str, Any] = {
        "views": views,
        "counts": counts,
        "wish": wish,
        "kinds": list(Kind),
        "agencies": pages.agencies,
    }
    return pages.show(request, "agreements.html", member, **values)


@router.get(HERE + ".xlsx")
def send_agreements(
    pages: Here, member: CaseReader, estado: Key = "", tipo: Key = "", dependencia: Key = ""
) -> Response:
    wish = _wish(pages, estado, tipo, dependencia)
    with reading(pages.office.sessions) as session:
        views = list_agreements(session, pages.office, member, wish, most=ALL)
    content = as_workbook([agreement_sheet(views, pages.texts)])
    return send_file(pages, member, content, f"acuerdos-{today_at(pages.office).isoformat()}.xlsx")


@router.get(ONE)
def show_agreement(request: Request, pages: Here, member: CaseReader, agreement_id: RowId) -> Response:
    return show_one(request, pages, member, agreement_id)


@router.post(ONE + "/cumplido")
def do_fulfil(request: Request, pages: Here, member: Answerer, agreement_id: RowId, evidencia: Text = "") -> Response:
    try:
        fulfil(pages.office, member, agreement_id, tidy(evidencia))
    except FormRefused as error:
        return show_one(request, pages, member, agreement_id, fault=f"agreements.{error.fault}")
    return pages.send_on(f"{HERE}/{agreement_id}", "done.agreement_fulfilled")


@router.post(ONE + "/fecha")
def do_move(
    request: Request, pages: Here, member: Decider, agreement_id: RowId, fecha: LocalDay = "", motivo: Reason = ""
) -> Response:
    try:
        move_due_day(pages.office, member, agreement_id, read_day(fecha), tidy(motivo))
    except FormRefused as error:
        return show_one(request, pages, member, agreement_id, fault=f"agreements.{error.fault}")
    return pages.send_on(f"{HERE}/{agreement_id}", "done.agreement_moved")


@router.post(ONE + "/sin-efecto")
def do_drop(request: Request, pages: Here, member: Decider, agreement_id: RowId, motivo: Reason = "") -> Response:
    try:
        drop_agreement(pages.office, member, agreement_id, tidy(motivo))
    except FormRefused as error:
        return show_one(request, pages, member, agreement_id, fault=f"agreements.{error.fault}")
    return pages.send_on(f"{HERE}/{agreement_id}", "done.agreement_dropped")


@router.post(ONE + "/reabrir")
def do_reopen(pages: Here, member: Decider, agreement_id: RowId) -> Response:
    reopen_agreement(pages.office, member, agreement_id)
    return pages.send_on(f"{HERE}/{agreement_id}", "done.agreement_reopened")


def show_one(
    request: Request, pages: Pages, member: Member, agreement_id: int, *, fault: str | None = None
) -> Response:
    """Also when a form on it is refused. Raises NotFound."""
    with reading(pages.office.sessions) as session:
        row = get_agreement(session, member, agreement_id)
        view, files = view_agreement(session, pages.office, row), list_evidence(session, agreement_id)
    values = {"may_act": member.role in DECIDERS, "may_fulfil": member.role in ANSWERERS}
    return pages.show(
        request, "agreement.html", member, 422 if fault else 200, one=view, files_of=files, fault=fault, **values
    )


def _wish(pages: Pages, state: str, kind: str, agency: str) -> AgreementWish:
    found = pages.office.jurisdiction.find_agency(agency)
    return AgreementWish(
        next((one for one in AgreementState if one == state), None),
        next((one for one in Kind if one == kind), None),
        found.key if found else "",
    )
