"""A municipality's sheet: for who goes there, or gets its mayor as a visitor."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from admin.figures.reporting import send_file
from admin.guards import Overseer
from admin.pages import Here
from intake.reports.paper import draw_paper
from intake.reports.town import read_town
from intake.reports.town_form import town_paper
from intake.triage.marks import today_at

Clave = Annotated[str, Path(max_length=8)]
router = APIRouter()


@router.get("/municipios/{clave}")
def show_town(request: Request, pages: Here, member: Overseer, clave: Clave) -> Response:
    town = read_town(pages.office, clave, today_at(pages.office))
    return pages.show(request, "town.html", member, town=town)


@router.get("/municipios/{clave}/ficha.pdf")
def send_town(pages: Here, member: Overseer, clave: Clave) -> Response:
    town = read_town(pages.office, clave, today_at(pages.office))
    content = draw_paper(town_paper(town, pages.texts, pages.office.jurisdiction.office))
    return send_file(pages, member, content, f"ficha-{town.place.clave}.pdf")
