"""«Vencimientos»: what is near its end, by agency and step. Says whose it becomes."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admin.guards import CaseReader
from admin.pages import Here
from intake.database import reading
from intake.terms.expiring import Count, Wish, count_expiring, list_expiring
from intake.terms.steps import Step

Key = Annotated[str, Query(max_length=60)]
router = APIRouter()


@router.get("/vencimientos")
def show_expiring(
    request: Request, pages: Here, member: CaseReader, paso: Key = "", dependencia: Key = "", desde: Key = ""
) -> Response:
    agency = None if member.is_agencys else pages.office.jurisdiction.find_agency(dependencia)
    step = next((one for one in Step if one == paso), None)
    wish = Wish(step, agency.key if agency else None, desde)
    with reading(pages.office.sessions) as session:
        entries, onward = list_expiring(session, pages.office, member, wish)
        counts = count_expiring(session, pages.office, member, wish)
    total = Count(sum(one.number for one in counts.values()), any(one.is_more for one in counts.values()))
    values: dict[str, Any] = {"entries": entries, "onward": onward, "counts": counts, "total": total, "wish": wish}
    return pages.show(request, "expiring.html", member, agencies=pages.agencies, **values)
