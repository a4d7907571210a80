"""«Indicadores»: the matrix for a period; each numerator and denominator opens to the rows behind it."""

import io
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile
from starlette.responses import Response

from admin.figures.periods import PeriodName, hidden_under, offer, read_period
from admin.guards import Administrator, FigureReader, Overseer
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.audit.trail import Act, note_alone, staff_of
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.indicators.ledger import read_ledger
from intake.indicators.published import SOURCE_MAX, NewValue, bring_values, note_value
from intake.indicators.register_rows import name_rows
from intake.indicators.report import (
    COLUMNS,
    as_csv,
    is_of_agencies,
    is_of_registers,
    list_rows,
    measure,
    report,
    told_of,
)
from intake.indicators.snapshots import find_figure
from intake.triage.marks import today_at

Name = Annotated[str, Path(max_length=16)]
After = Annotated[int, Query(ge=0, le=2**63 - 1)]
Series = Annotated[str, Form(max_length=40)]
Short = Annotated[str, Form(max_length=12)]
HERE = "/indicadores"
NOTHING = NewValue("", "", "", "")
router = APIRouter()


class Part(StrEnum):
    NUMERATOR = "numerador"
    DENOMINATOR = "denominador"


@router.get(HERE)
def show_indicators(request: Request, pages: Here, member: FigureReader, periodo: PeriodName = "") -> Response:
    return _page(request, pages, member, periodo)


@router.post(HERE + "/publicados")
def do_note_value(
    request: Request,
    pages: Here,
    member: Administrator,
    serie: Series = "",
    anio: Short = "",
    valor: Short = "",
    fuente: Annotated[str, Form(max_length=SOURCE_MAX)] = "",
) -> Response:
    """A figure of others, of one year."""
    new = NewValue(serie, tidy(anio), tidy(valor), tidy(fuente))
    try:
        note_value(pages.office, member, new)
    except FormRefused as error:
        return _page(request, pages, member, "", fault=error.fault, typed=new)
    return pages.send_on(HERE, "done.published_noted")


@router.post(HERE + "/publicados/archivo")
def do_bring_values(
    request: Request, pages: Here, member: Administrator, archivo: Annotated[UploadFile | None, File()] = None
) -> Response:
    """All of a table's, or none. It is as small as a form (`admin.shell`)."""
    content = archivo.file.read() if archivo else b""
    try:
        if not content:
            raise FormRefused("no_file")
        count = bring_values(pages.office, member, lambda: io.BytesIO(content))
    except FormRefused as error:
        known = pages.texts.has(f"published.{error.fault}")
        return _page(request, pages, member, "", fault=error.fault if known else "no_table")
    return pages.send_on(HERE, "done.published_brought", count=str(count))


def _page(
    request: Request, pages: Pages, member: Member, periodo: str, *, fault: str = "", typed: NewValue = NOTHING
) -> Response:
    """`fault`: why a figure of others was not taken, `typed`: what was written."""
    today, k = today_at(pages.office), hidden_under(pages, member)
    period = read_period(periodo, today, wholes_only=bool(k))
    with reading(pages.office.sessions) as session:
        lines = report(session, pages.office, pages.office.matrix, period, today)
    grouped = {one.id: [line for line in lines if line.indicator == one] for one in pages.office.matrix.indicators}
    values: dict[str, Any] = {
        "grouped": grouped,
        "matrix": pages.office.matrix,
        "period": period,
        "offer": offer(today, wholes_only=bool(k)),
        "k": k,
        "told_of": told_of,
        "fault": fault,
        "typed": typed,
        "may_note": member.role == Role.ADMINISTRATOR,
    }
    return pages.show(request, "indicators.html", member, 422 if fault else 200, **values)


@router.get("/indicadores.csv")
def send_file(pages: Here, member: FigureReader, periodo: PeriodName = "") -> Response:
    """With a byte order mark: without it Excel takes «ó» for two letters."""
    today, k = today_at(pages.office), hidden_under(pages, member)
    period = read_period(periodo, today, wholes_only=bool(k))
    with reading(pages.office.sessions) as session:
        lines = report(session, pages.office, pages.office.matrix, period, today)
    note_alone(pages.office, staff_of(member.id), Act.FIGURES_EXPORTED, {"period": period.name})
    headings = {name: pages.texts(f"indicators.column_{name}") for name in COLUMNS}
    name = f'attachment; filename="indicadores-{period.name}.csv"'
    return Response(
        ("\ufeff" + as_csv(period, lines, headings, k=k)).encode(),
        media_type="text/csv",
        headers={"Content-Disposition": name},
    )


@router.get("/indicadores/{indicator}/{lectura}/{part}")
def show_rows(
    request: Request,
    pages: Here,
    member: Overseer,
    indicator: Name,
    lectura: Name,
    part: Part,
    periodo: PeriodName = "",
    desde: After = 0,
    congelado: Annotated[bool, Query()] = False,
) -> Response:
    """`congelado`: the rows that were reported, not those of now."""
    today, office = today_at(pages.office), pages.office
    period, one = read_period(periodo, today), office.matrix.get(indicator)
    way = one.get_reading(lectura)
    with reading(office.sessions) as session:
        if congelado:
            figure = find_figure(session, period, one.id, way.key)
        else:
            figure = measure(read_ledger(session, office, period, today), office.matrix, way)
        if figure is None:
            raise NotFound(f"{one.id} of {period.name} is not frozen")
        keys = figure.numerator if part == Part.NUMERATOR else figure.denominator
        rows, onward = list_rows(session, office, keys, desde)
        named = name_rows(session, map(str, keys)) if is_of_registers(way) else None
    names = sorted(office.jurisdiction.name_agency(str(key)) for key in keys) if is_of_agencies(way) else None
    here = f"/indicadores/{one.id}/{way.key}/{part.value}"
    return pages.show(
        request,
        "figure_rows.html",
        member,
        title=pages.texts(f"indicators.rows_{part.name.lower()}", id=one.id, reading=way.label),
        back=f"/indicadores?periodo={period.name}#{one.id}",
        here=f"{here}?periodo={period.name}{'&congelado=1' if congelado else ''}",
        period=period,
        is_frozen=congelado,
        count=len(keys),
        rows=rows,
        names=names,
        named=named,
        onward=onward,
    )
