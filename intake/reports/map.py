"""The map's figures: petitions of a period by municipality, and where each stands on the drawing. Read only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil, cos, radians, sqrt

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from intake.boards.lines import counted_petitions
from intake.indicators.period import Period
from intake.office import Office
from intake.petitions.states import ANSWERED, NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.reports.boundaries import Point, Shape, find_boundaries
from intake.tables.petitions import Matter, Petition
from intake.transparency.concealing import conceal_column
from nlp.reading import Municipality

WIDTH, MARGIN = 1000.0, 40.0  # of the drawing, in its own units
STEPS = 5  # of the regions' colours
SMALLEST, LARGEST = 3.0, 34.0  # radius of a bubble


class Condition(StrEnum):
    ALL = ""
    OPEN = "abiertas"
    LATE = "vencidas"
    ANSWERED = "respondidas"


class Measure(StrEnum):
    RATE = "tasa"
    COUNT = "cuenta"


@dataclass(frozen=True)
class Wish:
    """`agency`: a key; empty: all."""

    period: Period
    agency: str
    condition: Condition
    measure: Measure


@dataclass(frozen=True)
class Spot:
    """`count` None: too few to be told. `radius` 0: none; they are dots that show where the state is."""

    place: Municipality
    count: int | None
    x: float
    y: float
    radius: float

    @property
    def rate(self) -> float | None:
        """Petitions per thousand inhabitants."""
        return None if self.count is None else 1000 * self.count / max(self.place.population, 1)


@dataclass(frozen=True)
class Area:
    """A region. `count` None: too few to be told. `step`: of its colour, 1 to STEPS; 0: nothing, or not told."""

    name: str
    count: int | None
    population: int
    step: int

    @property
    def rate(self) -> float | None:
        return None if self.count is None else 1000 * self.count / max(self.population, 1)


@dataclass(frozen=True)
class Outline:
    """A municipality as a path of the drawing, with the colour of its region."""

    path: str
    step: int


@dataclass(frozen=True)
class Drawing:
    """`spots`: with petitions, largest first; `dots`: without; `regions`: a name and where it stands; `unplaced`: of
    no municipality, None when that would tell what is hidden. `areas`: regions, most first; `top`: the value that the
    darkest step ends with; `outlines`: of municipalities, when boundaries were put there."""

    width: float
    height: float
    spots: Sequence[Spot]
    dots: Sequence[Spot]
    regions: Sequence[tuple[str, float, float]]
    unplaced: int | None
    areas: Sequence[Area]
    top: float
    outlines: Sequence[Outline]


def read_map(session: Session, office: Office, wish: Wish, today: date, *, hidden_under: int = 0) -> Drawing:
    """`hidden_under`: counts that are smaller are not told."""
    counts = _counts(session, office, wish, today)
    places = office.reader.list_municipalities()
    known = [place for place in places if counts.get(place.clave)]
    shown = _told(known, counts, hidden_under)
    shapes = find_boundaries(office.jurisdiction.folder, places)
    ground = _Ground([*((place.longitude, place.latitude) for place in places), *_points(shapes)])
    most = max((_value(place, shown[place.clave], wish.measure) for place in known if place.clave in shown), default=0)
    spots = [ground.spot(place, shown.get(place.clave), wish.measure, most) for place in known]
    areas, top = _areas(places, counts, wish.measure, hidden_under)
    steps = {area.name: area.step for area in areas}
    region_of = {place.clave: place.region for place in places}
    return Drawing(
        WIDTH,
        ground.height,
        sorted(spots, key=lambda spot: (-spot.radius, spot.place.clave)),
        [ground.dot(place) for place in places if not counts.get(place.clave)],
        ground.regions(places),
        None if hidden_under else sum(counts.values()) - sum(counts[place.clave] for place in known),
        areas,
        top,
        [Outline(ground.path(shape), steps.get(region_of[shape.clave], 0)) for shape in shapes],
    )


def _told(known: Sequence[Municipality], counts: Mapping[str | None, int], hidden_under: int) -> dict[str, int]:
    """Small counts hide by region: with its total known one alone would be found by subtraction."""
    found: dict[str, int] = {}
    for region in {place.region for place in known}:
        own = [place.clave for place in known if place.region == region]
        sizes = [counts[clave] for clave in own]
        told = conceal_column(sizes, hidden_under) if hidden_under else sizes
        found |= {clave: size for clave, size in zip(own, told, strict=True) if size is not None}
    return found


def colour_step(value: float, top: float) -> int:
    """1 to STEPS; 0 for nothing. What rounding puts above the top is the top."""
    return min(STEPS, ceil(STEPS * value / top)) if top and value else 0


def _areas(
    places: Sequence[Municipality], counts: Mapping[str | None, int], measure: Measure, hidden_under: int
) -> tuple[list[Area], float]:
    names = sorted({place.region for place in places})
    people = {name: sum(place.population for place in places if place.region == name) for name in names}
    sizes = [sum(counts.get(place.clave, 0) for place in places if place.region == name) for name in names]
    told = conceal_column(sizes, hidden_under) if hidden_under else sizes
    plain = [Area(name, size, people[name], 0) for name, size in zip(names, told, strict=True)]
    values = [_area_value(area, measure) for area in plain]
    top = max(values, default=0.0)
    areas = [replace(area, step=colour_step(value, top)) for area, value in zip(plain, values, strict=True)]
    return sorted(areas, key=lambda area: (-_area_value(area, measure), area.name)), top


def _area_value(area: Area, measure: Measure) -> float:
    return float((area.count if measure == Measure.COUNT else area.rate) or 0)


def _points(shapes: Sequence[Shape]) -> list[Point]:
    return [point for shape in shapes for ring in shape.rings for point in ring]


def _counts(session: Session, office: Office, wish: Wish, today: date) -> Mapping[str | None, int]:
    began, ended = wish.period.bounds(office.jurisdiction.zone)
    rows = select(Petition.municipality, func.count()).where(
        Petition.opened_at >= began, Petition.opened_at < ended, *counted_petitions(office), _is(wish.condition, today)
    )
    if wish.agency:
        of_agency = select(Matter.id).where(Matter.petition_id == Petition.id, Matter.agency == wish.agency)
        rows = rows.where(of_agency.exists())
    return {row[0]: row[1] for row in session.execute(rows.group_by(Petition.municipality))}


def _is(condition: Condition, today: date) -> ColumnElement[bool]:
    running = Petition.status.in_(_values(NEEDS_TRIAGE | WITH_AGENCY))
    answered = ANSWERED | {Status.CONCLUIDA, Status.ORIENTADA}
    return {
        Condition.ALL: Petition.id.is_not(None),
        Condition.OPEN: running,
        Condition.LATE: and_(running, Petition.due_on < today, Petition.paused_left.is_(None)),
        Condition.ANSWERED: Petition.status.in_(_values(answered)),
    }[condition]


def _values(statuses: frozenset[Status]) -> list[str]:
    return sorted(status.value for status in statuses)


def _value(place: Municipality, count: int, measure: Measure) -> float:
    return count if measure == Measure.COUNT else 1000 * count / max(place.population, 1)


class _Ground:
    """Degrees to the drawing: one length for both axes at the middle latitude. Over 3° of latitude nobody sees that
    the earth is round."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, self.north = min(y for _, y in points), max(y for _, y in points)
        self.narrow = cos(radians((south + self.north) / 2))
        self.scale = (WIDTH - 2 * MARGIN) / ((east - self.west) * self.narrow)
        self.height = round((self.north - south) * self.scale + 2 * MARGIN, 1)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = MARGIN + (longitude - self.west) * self.narrow * self.scale
        return round(x, 1), round(MARGIN + (self.north - latitude) * self.scale, 1)

    def path(self, shape: Shape) -> str:
        rings = (" L".join("{} {}".format(*self.at(*point)) for point in ring) for ring in shape.rings)
        return "".join(f"M{ring}Z" for ring in rings)

    def spot(self, place: Municipality, count: int | None, measure: Measure, most: float) -> Spot:
        """The area grows with the value."""
        share = _value(place, count, measure) / most if count and most else 0
        return Spot(
            place, count, *self.at(place.longitude, place.latitude), max(SMALLEST, round(LARGEST * sqrt(share), 1))
        )

    def dot(self, place: Municipality) -> Spot:
        return Spot(place, 0, *self.at(place.longitude, place.latitude), 0)

    def regions(self, places: Sequence[Municipality]) -> list[tuple[str, float, float]]:
        """In the middle of its municipalities."""
        found = []
        for region in sorted({place.region for place in places}):
            own = [place for place in places if place.region == region]
            longitude = sum(place.longitude for place in own) / len(own)
            found.append((region, *self.at(longitude, sum(place.latitude for place in own) / len(own))))
        return found
