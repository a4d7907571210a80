"""«Contingencia»: the one switch for a mass event, what it tells people, and the damage that they report."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from admin.guards import Decider, Overseer
from admin.local_times import LocalTime, read_local_time
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from admin.triage.triage import FOLIO
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.petitions.contingencies import (
    NOTICE_MAX,
    REASON_MAX,
    SOURCE_MAX,
    Draft,
    call_off,
    declare,
    join_spot,
    list_contingencies,
    list_towns,
)

SPOT_MAX = 200
router = APIRouter()


@router.get("/contingencia")
def show_contingency(
    request: Request, pages: Here, member: Overseer, de: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> Response:
    """`de`: an earlier one, whose reports are looked at again."""
    return _page(request, pages, member, shown=de)


@router.post("/contingencia")
def do_declare(
    request: Request,
    pages: Here,
    member: Decider,
    motivo: Annotated[str, Form(max_length=REASON_MAX)] = "",
    aviso: Annotated[str, Form(max_length=NOTICE_MAX)] = "",
    fuente: Annotated[str, Form(max_length=SOURCE_MAX)] = "",
    hora: LocalTime = "",
    termina: LocalTime = "",
) -> Response:
    draft = Draft(
        tidy(motivo), tidy(aviso), tidy(fuente), read_local_time(pages, hora), read_local_time(pages, termina)
    )
    try:
        declare(pages.office, member, draft)
    except FormRefused as error:
        return _page(request, pages, member, fault=f"fault.contingency_{error.fault}", draft=draft)
    return pages.send_on("/contingencia", "done.contingency_on", reason=draft.reason)


@router.post("/contingencia/{contingency_id}/terminar")
def do_call_off(pages: Here, member: Decider, contingency_id: RowId) -> Response:
    call_off(pages.office, member, contingency_id)
    return pages.send_on("/contingencia", "done.contingency_off")


@router.post("/contingencia/{contingency_id}/juntar")
def do_join_spot(
    pages: Here,
    member: Decider,
    contingency_id: RowId,
    folio: Annotated[list[Annotated[str, Form(pattern=FOLIO)]], Form(min_length=2, max_length=SPOT_MAX)],
) -> Response:
    count = join_spot(pages.office, member, folio)
    return pages.send_on(f"/contingencia?de={contingency_id}", "done.spot_joined", count=str(count))


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    shown: int = 0,
    fault: str | None = None,
    draft: Draft | None = None,
) -> Response:
    with reading(pages.office.sessions) as session:
        views = list_contingencies(session, utc_now())
        current = next((view for view in views if view.ended_at is None), None)
        wanted = next((view for view in views if view.id == shown), current)
        towns = list_towns(session, pages.office, wanted.id) if wanted else ()
    values = {
        "current": current,
        "shown": wanted,
        "past": [view for view in views if view.ended_at],
        "towns": towns,
        "fault": fault,
        "draft": draft,
        "may_act": member.role != Role.AUDITOR,
    }
    return pages.show(request, "contingency.html", member, 422 if fault else 200, **values)
