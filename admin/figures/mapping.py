"""«Mapa»: petitions by municipality as bubbles, drawn here; the same in a table and as a file."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin.figures.periods import PeriodName, hidden_under, offer, read_period
from admin.figures.reporting import FileKind, send_file
from admin.guards import FigureReader
from admin.pages import Here, Pages
from intake.accounts.staff import Member
from intake.database import reading
from intake.reports.map import Area, Condition, Drawing, Measure, Spot, Wish, read_map
from intake.reports.workbook import Sheet, as_values, as_workbook
from intake.transparency.terms import load_terms
from intake.triage.marks import today_at

ROWS_SHOWN = 50
OF_REGIONS = ("map.region", "map.population", "map.count", "map.rate")
router = APIRouter()


def _wish(
    pages: Here,
    member: FigureReader,
    periodo: PeriodName = "",
    dependencia: Annotated[str, Query(max_length=24)] = "",
    estado: Condition = Condition.ALL,
    por: Measure = Measure.RATE,
) -> Wish:
    """Who sees figures only chooses no part of a period: from what two choices tell a third would follow."""
    period = read_period(periodo, today_at(pages.office), wholes_only=not member.is_overseer)
    if not member.is_overseer:
        return Wish(period, "", Condition.ALL, por)
    known = dependencia if pages.office.jurisdiction.find_agency(dependencia) else ""
    return Wish(period, known, estado, por)


Wanted = Annotated[Wish, Depends(_wish)]


@router.get("/mapa")
def show_map(
    request: Request, pages: Here, member: FigureReader, wish: Wanted, todos: Annotated[bool, Query()] = False
) -> Response:
    drawing = _draw(pages, member, wish)
    rows = _by_value(drawing, wish.measure)
    query = f"periodo={wish.period.name}&dependencia={wish.agency}&estado={wish.condition}&por={wish.measure}"
    return pages.show(
        request,
        "map.html",
        member,
        drawing=drawing,
        rows=rows if todos else rows[:ROWS_SHOWN],
        count=len(rows),
        wish=wish,
        period=wish.period,
        offer=offer(today_at(pages.office), wholes_only=not member.is_overseer),
        agencies=[view.agency for view in pages.agencies],
        conditions=list(Condition),
        measures=list(Measure),
        query=query,
        k=load_terms(pages.office.jurisdiction.folder).k,
    )


@router.get("/mapa.{kind}")
def send_map(pages: Here, member: FigureReader, wish: Wanted, kind: FileKind) -> Response:
    """What is too few to be told is an empty cell."""
    drawing = _draw(pages, member, wish)
    towns = [
        [spot.place.clave, spot.place.nombre, spot.place.region, spot.place.population, spot.count, _rate(spot)]
        for spot in _by_value(drawing, wish.measure)
    ]
    regions = [[area.name, area.population, area.count, _rate(area)] for area in drawing.areas]
    heads = [
        [pages.texts(name) for name in ("map.key", "place.municipality", *OF_REGIONS)],
        [pages.texts(name) for name in OF_REGIONS],
    ]
    if kind == FileKind.CSV:
        content = ("\ufeff" + as_values(heads[0], towns)).encode()
    else:
        by_town = Sheet(pages.texts("map.table"), heads[0], towns, [10, 40, 24, 14, 14, 14])
        content = as_workbook([by_town, Sheet(pages.texts("map.regions"), heads[1], regions, [24, 14, 14, 14])])
    return send_file(pages, member, content, f"mapa-{wish.period.name}.{kind}")


def _rate(one: Spot | Area) -> float | None:
    return None if one.rate is None else round(one.rate, 3)


def _draw(pages: Pages, member: Member, wish: Wish) -> Drawing:
    """Who sees figures only does not see those that name people."""
    office = pages.office
    with reading(office.sessions) as session:
        return read_map(session, office, wish, today_at(office), hidden_under=hidden_under(pages, member))


def _by_value(drawing: Drawing, measure: Measure) -> Sequence[Spot]:
    """Highest first; what is hidden last, by name."""

    def place(spot: Spot) -> tuple[float, str]:
        value = spot.count if measure == Measure.COUNT else spot.rate
        return -(value or 0), spot.place.nombre

    return sorted(drawing.spots, key=place)
