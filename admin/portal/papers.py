"""An answer's paper for staff: to be printed at the window, or given to who has lost the link."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.files import send_pdf
from admin.guards import CaseReader
from admin.pages import Here
from admin.paths import RowId
from intake.answers.reading_papers import read_paper

router = APIRouter()


@router.get("/turnos/{referral_id}/respuestas/{answer_id}/documento")
def get_paper(request: Request, pages: Here, member: CaseReader, referral_id: RowId, answer_id: RowId) -> Response:
    try:
        folio, content = read_paper(pages.office, member, referral_id, answer_id)
    except OSError:
        return pages.fault(request, 503, "paper.later", member)
    return send_pdf(content, f"respuesta-{folio}.pdf", answer_id)
