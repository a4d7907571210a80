"""«Buscar»: by folio, words, place, agency, state, channel and days; every search is an address that can be kept."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admin.guards import CaseReader
from admin.pages import Here
from admin.portal.answers import tidy
from intake.database import reading
from intake.petitions.states import Status
from intake.triage.capturing import TOWN_MAX
from intake.triage.searching import CHANNELS, Search, search

WORDS_MAX = 100
Short = Annotated[str, Query(max_length=24)]
router = APIRouter()


@router.get("/buscar")
def show_search(
    request: Request,
    pages: Here,
    member: CaseReader,
    palabras: Annotated[str, Query(max_length=WORDS_MAX)] = "",
    estado: Short = "",
    dependencia: Short = "",
    municipio: Annotated[str, Query(max_length=TOWN_MAX)] = "",
    canal: Short = "",
    del_dia: Short = "",
    al_dia: Short = "",
    desde: Short = "",
) -> Response:
    town, fault = tidy(municipio), None
    place = pages.office.reader.read_place(town, is_answer=True) if town else None
    if town and not (place and place.chosen):
        fault = "search.town_several" if place and place.candidates else "search.town"
    since, until = _day(del_dia), _day(al_dia)
    if (del_dia and not since) or (al_dia and not until):
        fault = "search.day"
    clave = place.chosen.clave if place and place.chosen else ""
    wish = Search(tidy(palabras), estado, dependencia, clave, canal, since, until, desde)
    page = None
    if not fault and not wish.is_empty:
        with reading(pages.office.sessions) as session:
            page = search(session, pages.office, member, wish)
    fields = {"palabras": wish.words, "estado": estado, "dependencia": dependencia, "municipio": town, "canal": canal}
    fields |= {"del_dia": del_dia, "al_dia": al_dia}
    return pages.show(
        request,
        "search.html",
        member,
        422 if fault else 200,
        page=page,
        wish=wish,
        fields=fields,
        kept={name: value for name, value in fields.items() if value},
        fault=fault,
        options=[one.nombre for one in place.candidates] if place and not place.chosen else [],
        statuses=list(Status),
        channels=CHANNELS,
        agencies=pages.agencies,
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
