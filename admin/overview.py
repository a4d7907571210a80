"""«Oficina»: what there is besides the day's work, by groups, each with a line that says what it is for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import FigureReader
from admin.pages import Here

router = APIRouter()


@router.get("/oficina")
def show_office(request: Request, pages: Here, member: FigureReader) -> Response:
    return pages.show(request, "office.html", member)
