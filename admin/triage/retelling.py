"""«Por qué dijo eso»: what the program read, knew, did and said at each message, and what it would say today."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admin.guards import Overseer
from admin.pages import Here
from admin.triage.triage import FolioPath
from intake.triage.retelling import retell

router = APIRouter()


@router.get("/peticiones/{folio}/por-que")
def show_retelling(
    request: Request,
    pages: Here,
    member: Overseer,
    folio: FolioPath,
    antes: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    return pages.show(request, "retelling.html", member, story=retell(pages.office, member, folio, antes))
