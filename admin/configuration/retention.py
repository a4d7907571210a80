"""«Conservación»: the archive's series with their terms; tried, published with who confirmed them, gone back from.
Nothing is deleted from here."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.configuration.acts import Asked, Number, Text, find_thing_fault, rights_of, shown_versions
from admin.configuration.forms import one_line
from admin.configuration.things import Ticked, figure_of
from admin.guards import Administrator, Overseer
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.configuration.changing import change_thing, find_wrong, own_value_of, value_of
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change, list_versions
from intake.correspondence.inventories import count_series
from intake.correspondence.records import (
    CODE_MAX,
    DESTINATIONS,
    NAME_MAX,
    PERSON_MAX,
    REMARKS_MAX,
    SOURCE_MAX,
    TECHNIQUES,
    VALUES,
    YEARS_MAX,
)
from intake.correspondence.retention import NEW, Trial, try_series
from intake.database import reading
from intake.errors import NotFound

PAGE = "/conservacion"
LIMITS = {
    "code": CODE_MAX,
    "name": NAME_MAX,
    "source": SOURCE_MAX,
    "person": PERSON_MAX,
    "remarks": REMARKS_MAX,
    "years": YEARS_MAX,
}
NOTHING: Mapping[str, Any] = {
    "name": "",
    "values": [],
    "active_years": None,
    "resting_years": None,
    "destination": None,
    "technique": None,
    "personal_data": True,
    "remarks": "",
    "source": "",
    "confirmed": False,
    "confirmed_by": "",
    "is_open": True,
}
Key = Annotated[str, Path(max_length=CODE_MAX)]
Values = Annotated[list[str], Form(max_length=len(VALUES))]
router = APIRouter()


@router.get(PAGE)
def show_retention(request: Request, pages: Here, member: Overseer) -> Response:
    with reading(pages.office.sessions) as session:
        counts = count_series(session, pages.office)
    records = pages.office.jurisdiction.records
    return pages.show(request, "retention.html", member, counts=counts, records=records, **rights_of(member))


@router.get("/conservacion/{series_key}")
def show_series(request: Request, pages: Here, member: Overseer, series_key: Key) -> Response:
    """`nueva`: one that there is not yet."""
    return _page(request, pages, member, series_key)


@router.post("/conservacion/{series_key}")
def do_change_series(
    request: Request,
    pages: Here,
    member: Administrator,
    series_key: Key,
    valores: Values = [],  # noqa: B006 — FastAPI's default, never changed
    codigo: Text = "",
    nombre: Text = "",
    tramite: Text = "",
    concentracion: Text = "",
    destino: Text = "",
    tecnica: Text = "",
    personales: Ticked = False,
    notas: Text = "",
    fundamento: Text = "",
    confirmado: Ticked = False,
    confirmo: Text = "",
    abierta: Ticked = False,
    probar: Ticked = False,
    motivo: Text = "",
    vigente: Number = 0,
) -> Response:
    """`probar`: what it would do is shown and nothing changed."""
    office = pages.office
    value: dict[str, Any] = {
        "name": one_line(nombre),
        "values": sorted(valores),
        "active_years": _years(tramite),
        "resting_years": _years(concentracion),
        "destination": destino or None,
        "technique": tecnica or None,
        "personal_data": personales,
        "remarks": one_line(notas),
        "source": one_line(fundamento),
        "confirmed": confirmado,
        "confirmed_by": one_line(confirmo),
        "is_open": abierta,
    }
    is_new, code = series_key == NEW, one_line(codigo)
    key = code if is_new else _known(pages, series_key)
    change = Change(Subject.SERIES, key, value)
    wrong = "same_code" if is_new and _is_taken(pages, key) else find_wrong(office, change)
    told = {**value, "code": code}
    if probar:
        trial = None if wrong else try_series(office, key, value)
        return _page(request, pages, member, series_key, typed=told, reason=motivo, wrong=wrong, trial=trial)
    fault = None if wrong else find_thing_fault(lambda: change_thing(office, member, change, tidy(motivo), vigente))
    if fault or wrong:
        return _page(request, pages, member, series_key, fault=fault, wrong=wrong, typed=told, reason=motivo)
    return pages.send_on(f"{PAGE}/{key}", "done.thing_published")


@router.post("/conservacion/{series_key}/volver/{version}")
def do_series_back(request: Request, pages: Here, member: Administrator, series_key: Key, asked: Asked) -> Response:
    key = _known(pages, series_key)
    if fault := asked.find_fault(pages, member, Subject.SERIES, key):
        return _page(request, pages, member, key, fault=fault)
    return pages.send_on(f"{PAGE}/{key}", "done.thing_back")


def _known(pages: Pages, key: str) -> str:
    if key not in pages.office.jurisdiction.records.series:
        raise NotFound(f"no series {key}")
    return key


def _is_taken(pages: Pages, key: str) -> bool:
    """Also by the page of a new one."""
    return key == NEW or key in pages.office.jurisdiction.records.series


def _years(said: str) -> int | str | None:
    """None: not known."""
    return figure_of(said.strip()) if said.strip() else None


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    key: str,
    *,
    fault: str | None = None,
    wrong: str | None = None,
    typed: Mapping[str, Any] | None = None,
    trial: Trial | None = None,
    reason: str = "",
) -> Response:
    office, is_new = pages.office, key == NEW
    own = NOTHING if is_new else value_of(office.jurisdiction, Subject.SERIES, _known(pages, key))
    values = {
        "key": key,
        "is_new": is_new,
        "has_own": own_value_of(office.jurisdiction, Subject.SERIES, key) is not None,
        "is_default": key == office.jurisdiction.records.default,
        "form": typed or own,
        "choices": {"values": VALUES, "destinations": DESTINATIONS, "techniques": TECHNIQUES},
        "limits": LIMITS,
        "fault": fault,
        "wrong": wrong,
        "trial": trial,
        "reason": reason,
        "shown": shown_versions([] if is_new else list_versions(office, Subject.SERIES, key)),
        **rights_of(member),
    }
    return pages.show(request, "series.html", member, 422 if fault or wrong else 200, **values)
