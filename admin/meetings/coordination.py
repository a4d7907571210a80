"""«Coordinación»: how agencies comply in a period, mechanisms and agreements by their days, analyses and proposals."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admin.figures.periods import PeriodName, offer, read_period
from admin.guards import Decider, Overseer
from admin.local_times import LocalDay, read_day
from admin.pages import Here, Pages
from admin.paths import RowId
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.acting import DECIDERS
from intake.coordination.compliance import list_compliance
from intake.coordination.mechanisms import (
    NAME_MAX,
    OTHERS_MAX,
    MechanismKind,
    NewMechanism,
    list_mechanisms,
    propose,
    set_days,
)
from intake.coordination.works import TEXT_MAX, TITLE_MAX, NewWork, WorkKind, list_works, make_work, plan_work
from intake.database import reading
from intake.errors import FormRefused
from intake.indicators.ledger import read_ledger
from intake.triage.marks import today_at

HERE = "/coordinacion"
router = APIRouter()


@router.get(HERE)
def show_coordination(request: Request, pages: Here, member: Overseer, periodo: PeriodName = "") -> Response:
    return _page(request, pages, member, periodo)


@router.post(HERE + "/mecanismos")
def do_propose(
    request: Request,
    pages: Here,
    member: Decider,
    clase: Annotated[MechanismKind, Form()],
    nombre: Annotated[str, Form(max_length=NAME_MAX)] = "",
    propuesto: LocalDay = "",
    dependencias: Annotated[Sequence[str], Form()] = (),
    otras: Annotated[str, Form(max_length=OTHERS_MAX)] = "",
) -> Response:
    new = NewMechanism(clase, tidy(nombre), read_day(propuesto), dependencias, tidy(otras))
    try:
        number = propose(pages.office, member, new)
    except FormRefused as error:
        return _page(request, pages, member, "", fault=f"coordination.{error.fault}", of="mechanisms")
    return pages.send_on(f"{HERE}#mecanismo-{number}", "done.mechanism_proposed")


@router.post(HERE + "/mecanismos/{number}")
def do_set_days(
    request: Request, pages: Here, member: Decider, number: RowId, aprobado: LocalDay = "", firmado: LocalDay = ""
) -> Response:
    try:
        set_days(pages.office, member, number, read_day(aprobado), read_day(firmado))
    except FormRefused as error:
        return _page(request, pages, member, "", fault=f"coordination.{error.fault}", of="mechanisms")
    return pages.send_on(f"{HERE}#mecanismo-{number}", "done.mechanism_days")


@router.post(HERE + "/trabajos")
def do_plan_work(
    request: Request,
    pages: Here,
    member: Decider,
    clase: Annotated[WorkKind, Form()],
    titulo: Annotated[str, Form(max_length=TITLE_MAX)] = "",
    programado: LocalDay = "",
    dependencia: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    try:
        number = plan_work(pages.office, member, NewWork(clase, tidy(titulo), read_day(programado), dependencia))
    except FormRefused as error:
        return _page(request, pages, member, "", fault=f"coordination.{error.fault}", of="works")
    return pages.send_on(f"{HERE}#trabajo-{number}", "done.work_planned")


@router.post(HERE + "/trabajos/{number}")
def do_make_work(
    request: Request,
    pages: Here,
    member: Decider,
    number: RowId,
    hecho: LocalDay = "",
    texto: Annotated[str, Form(max_length=TEXT_MAX)] = "",
) -> Response:
    try:
        make_work(pages.office, member, number, read_day(hecho), tidy(texto))
    except FormRefused as error:
        return _page(request, pages, member, "", fault=f"coordination.{error.fault}", of="works")
    return pages.send_on(f"{HERE}#trabajo-{number}", "done.work_made")


def _page(
    request: Request, pages: Pages, member: Member, name: str, *, fault: str | None = None, of: str = ""
) -> Response:
    today, office = today_at(pages.office), pages.office
    period = read_period(name, today)
    with reading(office.sessions) as session:
        lines = list_compliance(office, read_ledger(session, office, period, today))
        mechanisms, works = list_mechanisms(session), list_works(session)
    return pages.show(
        request,
        "coordination.html",
        member,
        422 if fault else 200,
        period=period,
        offer=offer(today),
        lines=lines,
        matrix=office.matrix.values,
        mechanisms=mechanisms,
        works=works,
        mechanism_kinds=list(MechanismKind),
        work_kinds=list(WorkKind),
        agencies=pages.agencies,
        name_agency=office.jurisdiction.name_agency,
        may_act=member.role in DECIDERS,
        fault=fault,
        of=of,
    )
