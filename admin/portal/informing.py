"""«Con copia»: what an agency reads of matters that another one answers. Nothing is done from here."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import AgencyMember
from admin.pages import Here
from admin.paths import RowId
from intake.database import reading
from intake.triage.informing import SHOWN, list_copies, open_copy

router = APIRouter()


@router.get("/copias")
def show_copies(request: Request, pages: Here, member: AgencyMember) -> Response:
    with reading(pages.office.sessions) as session:
        rows = list_copies(session, pages.office, member)
    return pages.show(request, "copies.html", member, rows=rows, most=SHOWN)


@router.get("/copias/{copy_id}")
def show_copy(request: Request, pages: Here, member: AgencyMember, copy_id: RowId) -> Response:
    return pages.show(request, "copy.html", member, one=open_copy(pages.office, member, copy_id))
