"""Answers that did not arrive: the list of people to be told another way, and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.newcomers import ASKED_EVERY_S
from admin.pages import Here
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Role
from intake.database import reading
from intake.triage.newcomers import look_at_tasks
from intake.triage.tasks import NOTE_MAX, Means, Outcome, close, list_open

router = APIRouter()


@router.get("/avisos")
def show_tasks(request: Request, pages: Here, member: Overseer) -> Response:
    tasks, may_act = list_open(pages.office), member.role != Role.AUDITOR
    with reading(pages.office.sessions) as session:
        mark = look_at_tasks(session)
    return pages.show(
        request,
        "tasks.html",
        member,
        tasks=tasks,
        means=list(Means),
        may_act=may_act,
        note_max=NOTE_MAX,
        mark=mark,
        asked_every_s=ASKED_EVERY_S,
    )


@router.post("/avisos/{task_id}/cerrar")
def do_close_task(
    pages: Here,
    member: Decider,
    task_id: RowId,
    resultado: Annotated[Outcome, Form()],
    medio: Annotated[Means, Form()],
    nota: Annotated[str, Form(max_length=NOTE_MAX)] = "",
) -> Response:
    folio = close(pages.office, member, task_id, resultado, medio, tidy(nota))
    done = {Outcome.TOLD: "done.task_told", Outcome.UNREACHABLE: "done.task_unreachable"}
    return pages.send_on("/avisos", done[resultado], folio=folio)
