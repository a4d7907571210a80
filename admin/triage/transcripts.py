"""«Lo que dice la nota»: an officer writes down a citizen's voice note beside its player."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.guards import Decider
from admin.pages import Here
from admin.paths import RowId
from admin.portal.answers import tidy
from admin.triage.triage import FolioPath, petition_page
from intake.thinking.messages import TEXT_MAX
from intake.triage.transcriptions import transcribe

router = APIRouter()


@router.post("/peticiones/{folio}/notas/{attachment_id}")
def do_transcribe(
    request: Request,
    pages: Here,
    member: Decider,
    folio: FolioPath,
    attachment_id: RowId,
    despues_de: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
) -> Response:
    text = tidy(texto)
    if not text:
        return petition_page(request, pages, member, folio, fault="transcript.empty")
    danger = transcribe(pages.office, member, folio, attachment_id, text, despues_de)
    where = f"/peticiones/{folio}#nota-{attachment_id}"
    if danger:
        return pages.send_on(where, "done.transcribed_danger", kind=pages.texts(f"emergency.{danger}"))
    return pages.send_on(where, "done.transcribed")
