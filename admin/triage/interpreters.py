"""Interpreters: who waits for one, in which language, and the form that moves a request along."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.local_times import LocalTime, read_local_time
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from admin.triage.triage import FolioPath
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.errors import FormRefused
from intake.petitions.interpretations import NAME_MAX, NOTE_MAX, PLACE_MAX, Step, list_interpretations, move
from intake.thinking.needs import Stage

DONE = {
    Stage.REQUESTED: "done.interpreter_requested",
    Stage.ASSIGNED: "done.interpreter_assigned",
    Stage.APPOINTMENT: "done.interpreter_appointment",
    Stage.DONE: "done.interpreter_done",
}
router = APIRouter()


@router.get("/interpretes")
def show_interpreters(request: Request, pages: Here, member: Overseer) -> Response:
    return _page(request, pages, member)


@router.post("/peticiones/{folio}/interprete")
def do_move(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    estaba: Annotated[Stage, Form()],
    pasa_a: Annotated[Stage, Form()],
    interprete: Annotated[str, Form(max_length=NAME_MAX)] = "",
    cuando: LocalTime = "",
    donde: Annotated[str, Form(max_length=PLACE_MAX)] = "",
    nota: Annotated[str, Form(max_length=NOTE_MAX)] = "",
) -> Response:
    meets_at = read_local_time(pages, cuando)
    step = Step(estaba, pasa_a, tidy(interprete), meets_at, tidy(donde), tidy(nota))
    try:
        move(pages.office, member, folio, step)
    except FormRefused as error:
        return _page(request, pages, member, fault=f"interpreters.{error.fault}", of=folio, draft=step)
    return pages.send_on("/interpretes", DONE[pasa_a], folio=folio)


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    of: str | None = None,
    draft: Step | None = None,
) -> Response:
    values = {"may_act": member.role != Role.AUDITOR, "fault": fault, "of": of, "draft": draft}
    views = list_interpretations(pages.office, now=utc_now())
    return pages.show(request, "interpreters.html", member, 422 if fault else 200, views=views, **values)
