"""«Tablero»: what is where today and how a period went, as charts and tables; each number opens its rows."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from admin.figures.charting import Chart, Eyes, Names, label_of, span_of
from admin.figures.charts import make_charts, name_key, town_rows
from admin.figures.indicators import After
from admin.figures.periods import PeriodName, hidden_under, offer, read_period
from admin.figures.reporting import FileKind, send_file
from admin.guards import FigureReader, Overseer
from admin.pages import Here, Pages
from intake.accounts.staff import Member
from intake.alerts.found import EVERYWHERE
from intake.boards.lines import Board, read_lines
from intake.boards.rows import TOPIC, list_behind
from intake.boards.sums import Counted, read_counted
from intake.boards.tally import FIGURES
from intake.boards.topics import Streams, read_streams
from intake.database import reading
from intake.errors import NotFound
from intake.indicators.board import count_stock, list_stock
from intake.indicators.period import Period
from intake.indicators.report import PAGE, list_rows
from intake.reports.workbook import Sheet, as_values, as_workbook
from intake.transparency.concealing import conceal_column
from intake.triage.marks import today_at

Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z_]+$")]
Cell = Annotated[str, Path(max_length=24, pattern=r"^[a-z_.]+$")]
TOWNS_SHOWN = 25
FIRST_WIDTH, WIDTH = 40, 18
PREFIXES = {"agencies": "agency.", "towns": "town."}
router = APIRouter()


class BoardPart(StrEnum):
    FUNNEL = "funnel"
    AGENCIES = "agencies"
    TOWNS = "towns"
    CHARTS = "charts"


@router.get("/tablero")
def show_board(
    request: Request,
    pages: Here,
    member: FigureReader,
    periodo: PeriodName = "",
    todos: Annotated[bool, Query()] = False,
) -> Response:
    """`todos`: every municipality, not the first ones."""
    today = today_at(pages.office)
    period = read_period(periodo, today, wholes_only=not member.is_overseer)
    eyes = _eyes(pages, member, period)
    with reading(pages.office.sessions) as session:
        stock = count_stock(session, pages.office)
        counted, board, streams = _read(session, pages, period)
    towns = town_rows(eyes, board)
    values: dict[str, Any] = {
        "stock": dict(zip(stock, _told(list(stock.values()), eyes.k), strict=True)),
        "charts": make_charts(eyes, counted, board, _names(pages, streams)),
        "towns": list(zip(board.towns, towns, strict=True))[: None if todos else TOWNS_SHOWN],
        "towns_count": len(towns),
        "most": board.towns[0].cells["received"] if board.towns else 0,
        "period": period,
        "offer": offer(today, wholes_only=not member.is_overseer),
        "as_of": counted.as_of,
        "k": eyes.k,
    }
    return pages.show(request, "board.html", member, **values)


@router.get("/graficas/{name}.{kind}")
def send_chart(pages: Here, member: FigureReader, name: Name, kind: FileKind, periodo: PeriodName = "") -> Response:
    """One chart's table, as the page shows it to this member."""
    period = read_period(periodo, today_at(pages.office), wholes_only=not member.is_overseer)
    eyes = _eyes(pages, member, period)
    with reading(pages.office.sessions) as session:
        counted, board, streams = _read(session, pages, period)
    charts = make_charts(eyes, counted, board, _names(pages, streams))
    chart = next((chart for chart in charts if chart.name == name), None)
    if chart is None:
        raise NotFound(f"no chart {name}")
    content = _as_csv(pages, chart) if kind == FileKind.CSV else _as_xlsx(pages, chart)
    return send_file(pages, member, content, f"{name}-{period.name}.{kind}")


@router.get("/tablero/hoy/{cell}")
def show_stock(request: Request, pages: Here, member: Overseer, cell: Cell, desde: After = 0) -> Response:
    with reading(pages.office.sessions) as session:
        stock = count_stock(session, pages.office)
        if cell not in stock:
            raise NotFound(f"no tile {cell}")
        ids = list_stock(session, pages.office, cell, desde, PAGE + 1)
        rows, onward = list_rows(session, pages.office, ids, desde)
    title = pages.texts(f"board.now_{cell}") if pages.texts.has(f"board.now_{cell}") else pages.texts("board.title")
    values: dict[str, Any] = {
        "title": title,
        "back": "/tablero",
        "here": f"/tablero/hoy/{cell}?",
        "period": None,
        "names": None,
    }
    return pages.show(
        request, "figure_rows.html", member, is_frozen=False, count=stock[cell], rows=rows, onward=onward, **values
    )


@router.get("/tablero/{part}/{cell}")
def show_cell(
    request: Request,
    pages: Here,
    member: Overseer,
    part: BoardPart,
    cell: Cell,
    periodo: PeriodName = "",
    de: Annotated[str, Query(max_length=60, pattern=r"^[^\x00-\x1f]*$")] = "",
    dia: date | None = None,
    desde: After = 0,
) -> Response:
    """`de`: the agency, the municipality, or what else the number is of; empty for the funnel. `dia`: only the part of
    the period that a chart shows as that day's."""
    office, today = pages.office, today_at(pages.office)
    period, figure = read_period(periodo, today), PREFIXES.get(part, "") + cell
    span = span_of(period, dia) if dia else period
    if figure not in {*FIGURES, TOPIC, "agency.late", "town.late"}:
        raise NotFound(f"no figure {figure}")
    with reading(office.sessions) as session:
        found = list_behind(session, office, span, today, (figure, de), desde, PAGE)
        rows, _ = list_rows(session, office, found.ids, 0)
    said = pages.texts(f"board.{cell}") if pages.texts.has(f"board.{cell}") else pages.texts(f"charts.{figure}")
    names = [_name(pages, member, period, part, cell, de), *([label_of(period, span.first)] if dia else [])]
    return pages.show(
        request,
        "figure_rows.html",
        member,
        title=f"{' · '.join(names)}: {said}",
        back=f"/tablero?periodo={period.name}#{part.value}",
        here=f"/tablero/{part.value}/{cell}?periodo={period.name}&de={quote(de)}{f'&dia={dia}' if dia else ''}",
        period=period,
        is_frozen=False,
        count=None,
        rows=rows,
        names=None,
        onward=found.onward,
    )


def _read(session: Session, pages: Pages, period: Period) -> tuple[Counted, Board, Streams]:
    today = today_at(pages.office)
    counted = read_counted(session, pages.office, period, today)
    return counted, read_lines(session, pages.office, period, counted, today), read_streams(session, period)


def _eyes(pages: Pages, member: Member, period: Period) -> Eyes:
    return Eyes(pages.texts, period, hidden_under(pages, member))


def _names(pages: Pages, streams: Streams) -> Names:
    office = pages.office

    def place(key: str) -> str:
        if key == EVERYWHERE:
            return pages.texts("alerts.statewide")
        found = office.reader.find_municipality(key)
        return found.nombre if found else key

    return Names(office.jurisdiction.name_agency, office.jurisdiction.topics.name_of, place, streams)


def _told(counts: list[int], k: int) -> list[int | None]:
    return conceal_column(counts, k) if k else list(counts)


def _name(pages: Pages, member: Member, period: Period, part: BoardPart, figure: str, key: str) -> str:
    if part == BoardPart.AGENCIES:
        return pages.office.jurisdiction.name_agency(key)
    if part == BoardPart.TOWNS:
        place = pages.office.reader.find_municipality(key)
        return place.nombre if place else pages.texts("place.unknown")
    if figure == TOPIC:
        return pages.office.jurisdiction.topics.name_of(key)
    if figure.startswith("rated."):
        return pages.office.jurisdiction.name_agency(key)
    return name_key(_eyes(pages, member, period), figure, key)


def _as_csv(pages: Pages, chart: Chart) -> bytes:
    """With a byte order mark: without it Excel takes «ó» for two letters. What is not told is an empty cell."""
    rows = [[row.label, *(cell.value for cell in row.cells)] for row in chart.rows]
    return ("\ufeff" + as_values([pages.texts("charts.of"), *chart.columns], rows)).encode()


def _as_xlsx(pages: Pages, chart: Chart) -> bytes:
    head = [pages.texts("charts.of"), *chart.columns]
    rows = [[row.label, *(cell.value for cell in row.cells)] for row in chart.rows]
    widths = [FIRST_WIDTH, *(WIDTH for _ in chart.columns)]
    note = [[pages.texts(f"charts.{chart.name}_note")]]
    return as_workbook(
        [
            Sheet(pages.texts(f"charts.{chart.name}"), head, rows, widths),
            Sheet(pages.texts("charts.definition"), [pages.texts(f"charts.{chart.name}")], note, [100]),
        ]
    )
