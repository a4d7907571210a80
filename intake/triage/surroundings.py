"""Where a pin lies: a small drawing of it, north up, among the seats of the nearest municipalities. Pure; the places
are the jurisdiction's own, and no map is asked of anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from nlp.reading import Municipality

WIDTH, HEIGHT, MARGIN = 340.0, 220.0, 26.0  # of the drawing, in its own units
SEATS = 5
LABEL_WIDTH, LABEL_HEIGHT = 120.0, 16.0  # a name that would cover another one is left out; its dot stays
FAR_KM = 60.0  # beyond it is another state, or a telephone that does not know where it is: nothing is near
CLOSEST_KM = 1.0  # the drawing reaches at least so far around the pin
KM_A_DEGREE = 111.2  # of latitude (mean radius of 6,371 km)
SCALES_KM = (50, 20, 10, 5, 2, 1, 0.5)


@dataclass(frozen=True)
class Seat:
    """`name` empty: there is no room for it."""

    name: str
    x: float
    y: float
    is_own: bool


@dataclass(frozen=True)
class Surroundings:
    """The pin stands in the middle. `nearest`: whose seat that is, `km` away; `bar`: `bar_km` long on the drawing."""

    seats: Sequence[Seat]
    nearest: str
    km: float
    bar: float
    bar_km: float
    width: float = WIDTH
    height: float = HEIGHT


def look_around(
    places: Sequence[Municipality], degrees: tuple[float, float], own: str | None = None
) -> Surroundings | None:
    """`own`: the key of the petition's municipality. None: nothing of the jurisdiction is near."""
    ranked = sorted(((_km(place, degrees), place) for place in places), key=lambda one: hypot(*one[0]))[:SEATS]
    if not ranked or hypot(*ranked[0][0]) > FAR_KM:
        return None
    reach = max(CLOSEST_KM, *(max(abs(east) * HEIGHT / WIDTH, abs(north)) for (east, north), _ in ranked))
    scale = (HEIGHT / 2 - MARGIN) / reach
    seats: list[Seat] = []
    for (east, north), place in ranked:
        x, y = round(WIDTH / 2 + east * scale, 1), round(HEIGHT / 2 - north * scale, 1)
        name = place.nombre if _has_room(x, y, seats) else ""
        seats.append(Seat(name, x, y, place.clave == own))
    bar_km = next((km for km in SCALES_KM if km * scale <= WIDTH / 3), SCALES_KM[-1])
    (east, north), nearest = ranked[0]
    return Surroundings(seats, nearest.nombre, hypot(east, north), round(bar_km * scale, 1), bar_km)


def _km(place: Municipality, degrees: tuple[float, float]) -> tuple[float, float]:
    """How far its seat lies to the east and to the north; the earth is flat over so little."""
    latitude, longitude = degrees
    narrowed = cos(radians(latitude))
    return (place.longitude - longitude) * KM_A_DEGREE * narrowed, (place.latitude - latitude) * KM_A_DEGREE


def _has_room(x: float, y: float, others: Sequence[Seat]) -> bool:
    return all(abs(x - one.x) > LABEL_WIDTH or abs(y - one.y) > LABEL_HEIGHT for one in others if one.name)
