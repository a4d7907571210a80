"""`canaliza boundaries`: checks a file of official boundaries, makes it simple, and puts it where the map looks."""

import json
from pathlib import Path

from intake.office import Office
from intake.reports.boundaries import NAME, Shape, read_boundaries


def put_boundaries(office: Office, source: Path) -> tuple[int, int]:
    """How many municipalities it has, of how many. Raises SettingsError, OSError; nothing is put then."""
    places = office.reader.list_municipalities()
    shapes = read_boundaries(source, places)
    target = office.jurisdiction.folder / "places" / NAME
    unfinished = target.with_suffix(".part")
    unfinished.write_text(json.dumps(_collection(shapes)), "utf-8")
    unfinished.replace(target)
    return len(shapes), len(places)


def _collection(shapes: tuple[Shape, ...]) -> dict[str, object]:
    """Each ring as a part of its own: drawn, a hole in a municipality is filled by whom it belongs to."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": shape.clave,
                "properties": {"clave": shape.clave},
                "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in shape.rings]},
            }
            for shape in shapes
        ],
    }
