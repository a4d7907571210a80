"""What a list that is open asks: has something come? A sentence when it has, nothing otherwise.

It asks when its stream says so (`live`), and every few seconds while it has none.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from admin.guards import AgencyMember, Overseer
from admin.pages import Here, Pages
from intake.database import reading
from intake.triage.newcomers import Mark, count_new_in_inbox, count_new_in_queue, count_new_tasks

ASKED_EVERY_S = 20
Number = Annotated[int, Query(ge=0, le=2**63 - 1)]
NEW_PETITIONS, NEW_TASKS = ("newcomers.one", "newcomers.many"), ("newtasks.one", "newtasks.many")
router = APIRouter()


@router.get("/novedades/triage")
def show_new_in_queue(pages: Here, member: Overseer, hasta: Number = 0, antes: Number = 0) -> Response:
    with reading(pages.office.sessions) as session:
        return _say(pages, "/triage", count_new_in_queue(session, Mark(hasta, antes)))


@router.get("/novedades/turnos")
def show_new_in_inbox(pages: Here, member: AgencyMember, hasta: Number = 0, antes: Number = 0) -> Response:
    with reading(pages.office.sessions) as session:
        return _say(pages, "/turnos", count_new_in_inbox(session, member, Mark(hasta, antes)))


@router.get("/novedades/avisos")
def show_new_tasks(pages: Here, member: Overseer, hasta: Number = 0, antes: Number = 0) -> Response:
    with reading(pages.office.sessions) as session:
        return _say(pages, "/avisos", count_new_tasks(session, Mark(hasta, antes)), NEW_TASKS)


def _say(pages: Pages, where: str, count: int, keys: tuple[str, str] = NEW_PETITIONS) -> Response:
    if count <= 0:
        return Response(status_code=204)
    return pages.fragment("newcomers.html", where=where, count=count, key=keys[0] if count == 1 else keys[1])
