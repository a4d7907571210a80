"""«Reuniones»: the list, a new one, and what becomes of its plan."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.meetings.fields import Agenda, Planned, Reason
from admin.meetings.showing import choices, show_meeting
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.meetings.inviting import tell_change
from intake.meetings.kinds import Kind, State
from intake.meetings.planning import Plan, cancel_meeting, change_meeting, hold_meeting, plan_meeting
from intake.meetings.reading_meetings import MeetingWish, list_meetings

HERE = "/reuniones"
Key = Annotated[str, Query(max_length=40)]
router = APIRouter()


@router.get(HERE)
def show_meetings(
    request: Request,
    pages: Here,
    member: Overseer,
    tipo: Key = "",
    estado: Key = "",
    municipio: Key = "",
    lengua: Key = "",
) -> Response:
    kind = next((one for one in Kind if one == tipo), None)
    state = next((one for one in State if one == estado), None)
    town, language = pages.office.reader.find_municipality(municipio), pages.office.jurisdiction.languages.names
    wish = MeetingWish(kind, state, town.clave if town else "", lengua if lengua in language else "")
    with reading(pages.office.sessions) as session:
        meetings = list_meetings(session, pages.office, wish, utc_now())
    values: dict[str, Any] = {
        "meetings": meetings,
        "wish": wish,
        "may_act": member.role != Role.AUDITOR,
        "now": utc_now(),
    }
    return pages.show(request, "meetings.html", member, **values, **choices(pages))


@router.get(HERE + "/nueva")
def show_form(request: Request, pages: Here, member: Decider, tipo: Key = "") -> Response:
    kind = next((one for one in Kind if one == tipo), Kind.POLITICAL)
    return _form(request, pages, member, Plan(kind, "", None, ""), "")


@router.get(HERE + "/{number}")
def show_one(request: Request, pages: Here, member: Overseer, number: RowId) -> Response:
    return show_meeting(request, pages, member, number)


@router.post(HERE)
def do_plan(request: Request, pages: Here, member: Decider, plan: Planned, agenda: Agenda = "") -> Response:
    try:
        number = plan_meeting(pages.office, member, plan, [line.strip() for line in tidy(agenda).splitlines()])
    except FormRefused as error:
        return _form(request, pages, member, plan, agenda, fault=f"meetings.{error.fault}")
    return pages.send_on(f"{HERE}/{number}", "done.meeting_planned")


@router.post(HERE + "/{number}/cambiar")
def do_change(request: Request, pages: Here, member: Decider, number: RowId, plan: Planned) -> Response:
    try:
        is_moved = change_meeting(pages.office, member, number, plan)
    except FormRefused as error:
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="plan")
    if is_moved:
        tell_change(pages.office, number)
    return pages.send_on(f"{HERE}/{number}", "done.meeting_changed")


@router.post(HERE + "/{number}/realizada")
def do_hold(request: Request, pages: Here, member: Decider, number: RowId) -> Response:
    try:
        hold_meeting(pages.office, member, number)
    except FormRefused as error:
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="state")
    return pages.send_on(f"{HERE}/{number}", "done.meeting_held")


@router.post(HERE + "/{number}/cancelar")
def do_cancel(request: Request, pages: Here, member: Decider, number: RowId, motivo: Reason = "") -> Response:
    try:
        cancel_meeting(pages.office, member, number, tidy(motivo))
    except FormRefused as error:
        return show_meeting(request, pages, member, number, fault=f"meetings.{error.fault}", of="state")
    tell_change(pages.office, number)
    return pages.send_on(f"{HERE}/{number}", "done.meeting_cancelled")


def _form(
    request: Request, pages: Pages, member: Member, plan: Plan, agenda: str, *, fault: str | None = None
) -> Response:
    values = {"plan": plan, "agenda": agenda, "fault": fault}
    return pages.show(request, "meeting_form.html", member, 422 if fault else 200, **values, **choices(pages))
