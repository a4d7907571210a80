"""An incident's undecided petitions, sent to one agency from the incident's page."""

from fastapi import APIRouter
from starlette.responses import Response

from admin.guards import Decider
from admin.pages import Here
from admin.paths import RowId
from admin.portal.bulk_answers import Agency, Numbers
from intake.answers.bulk_referrals import refer_all

router = APIRouter()


@router.post("/focos/{incident_id}/turnar")
def do_refer_all(
    pages: Here,
    member: Decider,
    incident_id: RowId,
    asuntos: Numbers = [],  # noqa: B006 — FastAPI copies it; a form without a tick has none
    agencia: Agency = "",
) -> Response:
    count = refer_all(pages.office, member, incident_id, asuntos, agencia)
    name = pages.office.jurisdiction.name_agency(agencia)
    key = "done.bulk_referred_one" if count == 1 else "done.bulk_referred"
    return pages.send_on(f"/focos/{incident_id}/respuesta", key, count=str(count), name=name)
