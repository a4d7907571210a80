"""«Ver lo que está tapado»: an officer writes down why, and sees for an hour who told a petition and its papers."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider
from admin.pages import Here
from admin.portal.answers import REASON_MIN, tidy
from admin.triage.triage import FolioPath, petition_page
from intake.triage.veil import REASON_MAX, look

router = APIRouter()


@router.post("/peticiones/{folio}/destapar")
def do_look(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    motivo: Annotated[str, Form(max_length=REASON_MAX)] = "",
) -> Response:
    reason = tidy(motivo)
    if len(reason) < REASON_MIN:
        return petition_page(request, pages, member, folio, fault="look.short")
    look(pages.office, member, folio, reason)
    return pages.send_on(f"/peticiones/{folio}", "done.looked")
