"""The municipalities' official boundaries, when the deployment has put them there: checked, made simple, ready to draw.

`places/boundaries.geojson` of the jurisdiction's folder: a FeatureCollection in degrees (EPSG:4326), a Polygon or a
MultiPolygon for each municipality, its INEGI key as the feature's id or its property `clave` or `CVEGEO`. Without the
file the map draws seats alone. Nothing is fetched from anywhere.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import hypot, isfinite
from pathlib import Path
from typing import Any

import structlog

from intake.errors import SettingsError
from nlp.reading import Municipality

NAME = "boundaries.geojson"
MAX_BYTES = 80_000_000  # INEGI's own drawing of the 570 is some 30 MB
KEYS = ("clave", "CVEGEO", "cvegeo")
FINEST = 0.004  # degrees, some 400 m: half a unit of the drawing
AROUND = 1.5  # degrees beyond the seats; what is farther is no drawing of this state, or not in degrees
RING_MIN = 4  # points, the last being the first
log = structlog.get_logger()
Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True)
class Shape:
    """Rings in degrees, longitude first."""

    clave: str
    rings: tuple[Ring, ...]


def find_boundaries(folder: Path, places: Sequence[Municipality]) -> tuple[Shape, ...]:
    """Of the jurisdiction's folder; none when there is no file, or one that cannot be used, which is logged once: the
    map draws seats then."""
    path = folder / "places" / NAME
    return _kept(path, path.stat().st_mtime_ns, tuple(places)) if path.exists() else ()


@lru_cache(maxsize=2)
def _kept(path: Path, _changed_at: int, places: tuple[Municipality, ...]) -> tuple[Shape, ...]:
    try:
        return read_boundaries(path, places)
    except SettingsError as error:
        log.error("map.boundaries-unusable", error=str(error))
        return ()


def read_boundaries(path: Path, places: Sequence[Municipality]) -> tuple[Shape, ...]:
    """Raises SettingsError, which says which feature is wrong and how."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB: make it simpler first")
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read as JSON: {error}") from error
    features = values.get("features") if isinstance(values, dict) else None
    if not isinstance(features, list) or not features:
        raise SettingsError(f"{path} is no GeoJSON FeatureCollection with features")
    known = {place.clave: place for place in places}
    shapes = [_shape(path, number, one, known) for number, one in enumerate(features)]
    if len({shape.clave for shape in shapes}) < len(shapes):
        raise SettingsError(f"{path} has a municipality twice: join its parts into one MultiPolygon")
    return tuple(shapes)


def simplify(ring: Sequence[Point], finest: float) -> Ring:
    """Fewer points, none of those left out farther than `finest` from what is drawn (Douglas and Peucker, 1973)."""
    if len(ring) <= RING_MIN:
        return tuple(ring)
    far = max(range(len(ring)), key=lambda number: hypot(ring[number][0] - ring[0][0], ring[number][1] - ring[0][1]))
    kept = {0, far, len(ring) - 1}
    waiting = [(0, far), (far, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        distance, place = max((_off(ring[n], ring[first], ring[last]), n) for n in range(first + 1, last))
        if distance > finest:
            kept.add(place)
            waiting += [(first, place), (place, last)]
    found = tuple(ring[number] for number in sorted(kept))
    return found if len(found) >= RING_MIN else tuple(ring)


def _shape(path: Path, number: int, feature: Any, known: Mapping[str, Municipality]) -> Shape:
    try:
        properties = feature.get("properties") or {}
        key = str(next((properties[name] for name in KEYS if name in properties), feature.get("id")))
        geometry = feature["geometry"]
        parts = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
        rings = [[(float(point[0]), float(point[1])) for point in ring] for part in parts for ring in part]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise SettingsError(f"{path}: feature {number} is no municipality with a Polygon: {error!r}") from error
    if key not in known:
        raise SettingsError(f"{path}: feature {number} is of {key}, which is no municipality of the jurisdiction")
    if fault := next(_faults(rings, known.values()), None):
        raise SettingsError(f"{path}: {key}: {fault}")
    return Shape(key, tuple(simplify(ring, FINEST) for ring in rings))


def _faults(rings: Sequence[Sequence[Point]], places: Any) -> Iterator[str]:
    if not rings:
        yield "has no ring"
    seats = [(place.longitude, place.latitude) for place in places]
    low = min(x for x, _ in seats) - AROUND, min(y for _, y in seats) - AROUND
    high = max(x for x, _ in seats) + AROUND, max(y for _, y in seats) + AROUND
    for ring in rings:
        if len(ring) < RING_MIN or ring[0] != ring[-1]:
            yield "has a ring that is not closed"
        for x, y in ring:
            if not (isfinite(x) and isfinite(y) and low[0] <= x <= high[0] and low[1] <= y <= high[1]):
                yield f"has a point at {x}, {y}: not in this state, or not in degrees, longitude first"


def _off(point: Point, first: Point, last: Point) -> float:
    """How far it is from the line between the two."""
    (x, y), (a, b), (c, d) = point, first, last
    length = hypot(c - a, d - b)
    return abs((c - a) * (b - y) - (a - x) * (d - b)) / length if length else hypot(x - a, y - b)
