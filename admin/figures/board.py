"""«Tablero»: what is where today and how a period went; each number opens its rows."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from admin.figures.indicators import After
from admin.figures.periods import PeriodName, offer, read_period
from admin.guards import FigureReader, Overseer
from admin.pages import Here
from intake.database import reading
from intake.indicators.board import count_stock, list_stock, read_board
from intake.indicators.report import PAGE, list_rows
from intake.triage.marks import today_at

Cell = Annotated[str, Path(max_length=20, pattern=r"^[a-z_]+$")]
TOWNS_SHOWN = 25
router = APIRouter()


class BoardPart(StrEnum):
    FUNNEL = "funnel"
    AGENCIES = "agencies"
    TOWNS = "towns"


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
    period = read_period(periodo, today)
    with reading(pages.office.sessions) as session:
        stock, board = count_stock(session, pages.office), read_board(session, pages.office, period, today)
    towns = board.towns if todos else board.towns[:TOWNS_SHOWN]
    values: dict[str, Any] = {"stock": stock, "board": board, "towns": towns, "period": period, "offer": offer(today)}
    return pages.show(request, "board.html", member, **values)


@router.get("/tablero/hoy/{cell}")
def show_stock(request: Request, pages: Here, member: Overseer, cell: Cell, desde: After = 0) -> Response:
    with reading(pages.office.sessions) as session:
        ids = list_stock(session, pages.office, cell, desde, PAGE + 1)
        rows, onward = list_rows(session, pages.office, ids, desde)
        count = count_stock(session, pages.office).get(cell, 0)
    title = pages.texts(f"board.now_{cell}") if pages.texts.has(f"board.now_{cell}") else pages.texts("board.title")
    values: dict[str, Any] = {
        "title": title,
        "back": "/tablero",
        "here": f"/tablero/hoy/{cell}?",
        "period": None,
        "names": None,
    }
    return pages.show(
        request, "figure_rows.html", member, is_frozen=False, count=count, rows=rows, onward=onward, **values
    )


@router.get("/tablero/{part}/{cell}")
def show_cell(
    request: Request,
    pages: Here,
    member: Overseer,
    part: BoardPart,
    cell: Cell,
    periodo: PeriodName = "",
    de: Annotated[str, Query(max_length=24, pattern=r"^[A-Za-z0-9_-]*$")] = "",
    desde: After = 0,
) -> Response:
    """`de`: the agency or the municipality; empty for the funnel."""
    today = today_at(pages.office)
    period = read_period(periodo, today)
    with reading(pages.office.sessions) as session:
        board = read_board(session, pages.office, period, today)
        ids = board.find(part, de, cell)
        rows, onward = list_rows(session, pages.office, ids, desde)
    known = next((group.name for group in (*board.agencies, *board.towns) if group.key == de), None)
    name = known or (pages.texts("place.unknown") if part == BoardPart.TOWNS else pages.texts("board.all"))
    said = pages.texts(f"board.{cell}") if pages.texts.has(f"board.{cell}") else pages.texts("board.title")
    return pages.show(
        request,
        "figure_rows.html",
        member,
        title=f"{name}: {said}",
        back=f"/tablero?periodo={period.name}#{part.value}",
        here=f"/tablero/{part.value}/{cell}?periodo={period.name}&de={de}",
        period=period,
        is_frozen=False,
        count=len(ids),
        rows=rows,
        names=None,
        onward=onward,
    )
