"""«Emergencia»: an officer marks a petition as one, or unmarks it, and says why."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider
from admin.pages import Here
from admin.portal.answers import REASON_MIN, tidy
from admin.triage.triage import Anyway, FolioPath, ask_first, petition_page
from intake.triage.alarms import mark, unmark

Reason = Annotated[str, Form(max_length=500)]
router = APIRouter()


@router.post("/peticiones/{folio}/emergencia")
def do_mark(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    clase: Annotated[str, Form(max_length=24)],
    causa: Reason = "",
    aunque: Anyway = False,
) -> Response:
    reason = tidy(causa)
    if len(reason) < REASON_MIN:
        return petition_page(request, pages, member, folio, fault="alarm.short", why=reason)
    values = {"clase": clase, "causa": reason}
    if not aunque and (asked := ask_first(request, pages, member, folio, "emergencia", values)):
        return asked
    mark(pages.office, member, folio, clase, reason)
    return pages.send_on(f"/peticiones/{folio}", "done.marked", folio=folio)


@router.post("/peticiones/{folio}/sin-emergencia")
def do_unmark(
    request: Request, pages: Here, member: Decider, folio: FolioPath, causa: Reason = "", aunque: Anyway = False
) -> Response:
    reason = tidy(causa)
    if len(reason) < REASON_MIN:
        return petition_page(request, pages, member, folio, fault="alarm.short", why=reason)
    if not aunque and (asked := ask_first(request, pages, member, folio, "sin-emergencia", {"causa": reason})):
        return asked
    unmark(pages.office, member, folio, reason)
    return pages.send_on(f"/peticiones/{folio}", "done.unmarked", folio=folio)
