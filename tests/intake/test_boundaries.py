"""Boundaries that a deployment puts there: what is taken, what is refused and in which words, how they are drawn."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intake.errors import SettingsError
from intake.indicators.period import get_period
from intake.office import Office
from intake.reports.boundaries import NAME, read_boundaries, simplify
from intake.reports.map import Condition, Measure, Wish, read_map

XOXO, ZAACHILA = "20385", "20565"
SQUARE = [[-96.8, 17.0], [-96.7, 17.0], [-96.7, 17.1], [-96.8, 17.1], [-96.8, 17.0]]


def written(folder: Path, *features: Any) -> Path:
    (folder / "places").mkdir(exist_ok=True)
    path = folder / "places" / NAME
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def feature(key: str, coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"CVEGEO": key}, "geometry": geometry}


def test_boundaries_are_drawn_under_the_bubbles_in_their_regions_colour(office: Office, tmp_path: Path) -> None:
    written(tmp_path, feature(XOXO, [SQUARE]), feature(ZAACHILA, [[SQUARE], [SQUARE]], "MultiPolygon"))
    wish = Wish(get_period("2027-03"), "", Condition.ALL, Measure.RATE)
    there = replace(office, jurisdiction=replace(office.jurisdiction, folder=tmp_path))
    with office.sessions() as session:
        drawing = read_map(session, there, wish, date(2027, 3, 31))
    assert len(drawing.outlines) == 2
    assert drawing.outlines[0].path.startswith("M")
    assert drawing.outlines[1].path.count("Z") == 2
    assert {area.step for area in drawing.areas} == {0}
    assert len(drawing.areas) == 8
    written(tmp_path, feature(XOXO, [SQUARE[:-1]]))
    with office.sessions() as session:
        assert read_map(session, there, wish, date(2027, 3, 31)).outlines == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (feature("09001", [SQUARE]), "no municipality of the jurisdiction"),
        (feature(XOXO, [SQUARE[:-1]]), "not closed"),
        (feature(XOXO, [[[x * 100_000, y * 100_000] for x, y in SQUARE]]), "not in degrees"),
        (feature(XOXO, SQUARE[0], "Point"), "no municipality with a Polygon"),
        (feature(XOXO, "all"), "no municipality with a Polygon"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(office: Office, tmp_path: Path, wrong: Any, words: str) -> None:
    path = written(tmp_path, wrong)
    with pytest.raises(SettingsError, match=words):
        read_boundaries(path, office.reader.list_municipalities())


def test_a_file_that_is_no_collection_and_a_municipality_twice_are_refused(office: Office, tmp_path: Path) -> None:
    places = office.reader.list_municipalities()
    path = written(tmp_path, feature(XOXO, [SQUARE]), feature(XOXO, [SQUARE]))
    with pytest.raises(SettingsError, match="twice"):
        read_boundaries(path, places)
    for text in ("[]", "{}", "no JSON", "[" * 200_000):
        path.write_text(text, "utf-8")
        with pytest.raises(SettingsError):
            read_boundaries(path, places)


def test_points_on_a_line_go_and_corners_stay() -> None:
    ring = [(0.0, 0.0), (0.5, 0.0001), (1.0, 0.0), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    assert simplify(ring, 0.01) == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
