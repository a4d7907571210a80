"""What a list that is open asks now and then: has something come? A sentence when it has, nothing otherwise.

Polling, as for emergencies: a request is over in some milliseconds and passes every proxy; a stream would hold a
connection and a thread for each open tab of each member.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from admin.guards import AgencyMember, Overseer
from admin.pages import Here, Pages
from intake.database import reading
from intake.triage.newcomers import Mark, count_new_in_inbox, count_new_in_queue

ASKED_EVERY_S = 20
Number = Annotated[int, Query(ge=0, le=2**63 - 1)]
router = APIRouter()


@router.get("/novedades/triage")
def show_new_in_queue(pages: Here, member: Overseer, hasta: Number = 0, antes: Number = 0) -> Response:
    with reading(pages.office.sessions) as session:
        return _say(pages, "/triage", count_new_in_queue(session, Mark(hasta, antes)))


@router.get("/novedades/turnos")
def show_new_in_inbox(pages: Here, member: AgencyMember, hasta: Number = 0, antes: Number = 0) -> Response:
    with reading(pages.office.sessions) as session:
        return _say(pages, "/turnos", count_new_in_inbox(session, member, Mark(hasta, antes)))


def _say(pages: Pages, where: str, count: int) -> Response:
    return pages.fragment("newcomers.html", where=where, count=count) if count > 0 else Response(status_code=204)
