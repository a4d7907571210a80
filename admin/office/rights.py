"""Requests about one's own data (ARCO), with their terms: for the administrator."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here
from intake.citizens.rights import list_requests
from intake.database import reading
from intake.terms.steps import days_left
from intake.triage.marks import today_at

router = APIRouter()


@router.get("/derechos")
def show_rights(request: Request, pages: Here, member: Administrator) -> Response:
    jurisdiction, today = pages.office.jurisdiction, today_at(pages.office)
    with reading(pages.office.sessions) as session:
        asked = list_requests(session)
    rows = [(one, days_left(today, one.due_on, jurisdiction.closed)) for one in asked]
    return pages.show(request, "rights.html", member, rows=rows, terms=jurisdiction.rights_terms)
