"""«Oficina»: what there is besides the day's work, by groups, each with a line that says what it is for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import FigureReader
from admin.pages import Here
from intake.configuration.unconfirmed import find_unconfirmed

router = APIRouter()


@router.get("/oficina")
def show_office(request: Request, pages: Here, member: FigureReader) -> Response:
    counts = {"unconfirmed": find_unconfirmed(pages.office.settings.jurisdiction_dir).count}
    return pages.show(request, "office.html", member, counts=counts)
