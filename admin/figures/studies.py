"""«Estudios y diagnósticos»: the register of component 1, its programmes, and both as a workbook."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from admin.figures.reporting import send_file
from admin.guards import Decider, Overseer
from admin.local_times import LocalDay, read_day
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.acting import DECIDERS
from intake.database import reading
from intake.errors import FormRefused
from intake.reports.workbook import Sheet, as_workbook
from intake.studies.programmes import Risk, add_programme, end_watch, grade, list_programmes
from intake.studies.register import (
    Draft,
    Kind,
    State,
    add_study,
    link_petitions,
    list_studies,
    move_study,
    split_folios,
)
from intake.triage.marks import today_at

HERE = "/estudios"
ALL = 20_000
Words = Annotated[str, Form(max_length=4000)]
router = APIRouter()


@router.get(HERE)
def show_studies(
    request: Request,
    pages: Here,
    member: Overseer,
    tipo: Annotated[str, Query(max_length=12)] = "",
    estado: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    return _page(request, pages, member, kind=_kind(tipo), state=_state(estado))


@router.get(HERE + ".xlsx")
def send_studies(pages: Here, member: Overseer) -> Response:
    t = pages.texts
    with reading(pages.office.sessions) as session:
        studies, programmes = list_studies(session, most=ALL), list_programmes(session)
    head = [t(f"studies.{name}") for name in ("kind", "name", "state", "planned", "delivered", "programme", "folios")]
    rows = [
        [
            t(f"studies.kind_{one.kind}"),
            one.title,
            t(f"studies.state_{one.state}"),
            one.planned_on,
            one.delivered_on,
            one.programme,
            " ".join(one.folios),
        ]
        for one in studies
    ]
    watched = [t(f"programmes.{name}") for name in ("name", "agency", "since", "until", "risk", "assessed", "reason")]
    lines = [
        [
            one.name,
            pages.office.jurisdiction.name_agency(one.agency),
            one.since,
            one.until,
            t(f"programmes.risk_{one.risk}") if one.risk else None,
            one.assessed_on,
            one.reason,
        ]
        for one in programmes
    ]
    book = as_workbook(
        [
            Sheet(t("studies.title"), head, rows, [14, 50, 14, 12, 12, 40, 40]),
            Sheet(t("programmes.title"), watched, lines, [50, 40, 12, 12, 10, 12, 50]),
        ]
    )
    return send_file(pages, member, book, "estudios.xlsx")


@router.post(HERE)
def do_add(
    request: Request,
    pages: Here,
    member: Decider,
    tipo: Annotated[Kind, Form()] = Kind.STUDY,
    titulo: Words = "",
    resumen: Words = "",
    programado: LocalDay = "",
    programa: Annotated[str, Form(pattern=r"^\d{0,18}$")] = "",
    folios: Words = "",
) -> Response:
    programme = int(programa) if programa else None
    draft = Draft(tipo, tidy(titulo), tidy(resumen), read_day(programado), programme, split_folios(tidy(folios)))
    try:
        add_study(pages.office, member, draft)
    except FormRefused as error:
        return _page(request, pages, member, fault=f"studies.fault_{error.fault}", draft=draft)
    return pages.send_on(HERE, "done.study_added")


@router.post(HERE + "/{number}")
def do_move(
    request: Request,
    pages: Here,
    member: Decider,
    number: RowId,
    estado: Annotated[State, Form()] = State.PLANNED,
    entregado: LocalDay = "",
) -> Response:
    try:
        move_study(pages.office, member, number, estado, read_day(entregado))
    except FormRefused as error:
        return _page(request, pages, member, fault=f"studies.fault_{error.fault}")
    return pages.send_on(HERE, "done.study_moved")


@router.post(HERE + "/{number}/peticiones")
def do_link(request: Request, pages: Here, member: Decider, number: RowId, folios: Words = "") -> Response:
    try:
        count = link_petitions(pages.office, member, number, split_folios(tidy(folios)))
    except FormRefused as error:
        return _page(request, pages, member, fault=f"studies.fault_{error.fault}")
    return pages.send_on(HERE, "done.study_linked", count=str(count))


@router.post("/programas")
def do_watch(
    request: Request,
    pages: Here,
    member: Decider,
    nombre: Words = "",
    dependencia: Annotated[str, Form(max_length=24)] = "",
    desde: LocalDay = "",
) -> Response:
    try:
        add_programme(pages.office, member, tidy(nombre), dependencia, read_day(desde))
    except FormRefused as error:
        return _page(request, pages, member, fault=f"programmes.fault_{error.fault}")
    return pages.send_on(f"{HERE}#programas", "done.programme_added")


@router.post("/programas/{number}/riesgo")
def do_grade(
    request: Request,
    pages: Here,
    member: Decider,
    number: RowId,
    riesgo: Annotated[Risk, Form()] = Risk.LOW,
    motivo: Words = "",
) -> Response:
    try:
        grade(pages.office, member, number, riesgo, tidy(motivo))
    except FormRefused as error:
        return _page(request, pages, member, fault=f"programmes.fault_{error.fault}")
    return pages.send_on(f"{HERE}#programas", "done.programme_graded")


@router.post("/programas/{number}/terminar")
def do_end(pages: Here, member: Decider, number: RowId) -> Response:
    end_watch(pages.office, member, number, today_at(pages.office))
    return pages.send_on(f"{HERE}#programas", "done.programme_ended")


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    kind: Kind | None = None,
    state: State | None = None,
    fault: str | None = None,
    draft: Draft | None = None,
) -> Response:
    with reading(pages.office.sessions) as session:
        studies, programmes = list_studies(session, kind=kind, state=state), list_programmes(session)
    today: date = today_at(pages.office)
    return pages.show(
        request,
        "studies.html",
        member,
        422 if fault else 200,
        studies=studies,
        programmes=programmes,
        kinds=list(Kind),
        states=list(State),
        risks=list(Risk),
        kind=kind,
        state=state,
        today=today,
        agencies=[view.agency for view in pages.agencies],
        may_act=member.role in DECIDERS,
        fault=fault,
        draft=draft,
    )


def _kind(written: str) -> Kind | None:
    return Kind(written) if written in set(Kind) else None


def _state(written: str) -> State | None:
    return State(written) if written in set(State) else None
