"""A citizen's file that could not be had, asked for once more from the petition's page."""

from fastapi import APIRouter
from starlette.responses import Response

from admin.guards import Decider
from admin.pages import Here
from admin.paths import RowId
from admin.triage.triage import FolioPath
from intake.triage.refetching import ask_again

router = APIRouter()


@router.post("/peticiones/{folio}/archivos/{attachment_id}/traer")
def do_ask_again(pages: Here, member: Decider, folio: FolioPath, attachment_id: RowId) -> Response:
    ask_again(pages.office, member, folio, attachment_id)
    return pages.send_on(f"/peticiones/{folio}#archivo-{attachment_id}", "done.file_asked_again")
