"""«Indicadores»: the matrix for a period; each numerator and denominator opens to the rows behind it."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from admin.figures.periods import PeriodName, hidden_under, offer, read_period
from admin.guards import FigureReader, Overseer
from admin.pages import Here
from intake.audit.trail import Act, note_alone, staff_of
from intake.database import reading
from intake.errors import NotFound
from intake.indicators.ledger import read_ledger
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
router = APIRouter()


class Part(StrEnum):
    NUMERATOR = "numerador"
    DENOMINATOR = "denominador"


@router.get("/indicadores")
def show_indicators(request: Request, pages: Here, member: FigureReader, periodo: PeriodName = "") -> Response:
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
    }
    return pages.show(request, "indicators.html", member, **values)


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
