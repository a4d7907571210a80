"""Words, meanings, place and time say together whether two petitions tell of one event."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from intake.petitions.likeness import LEAST
from nlp.duplicates import bands_of, pieces_of
from nlp.likeness import Told, compare, likeness
from nlp.reader import Reader
from tests.models import JURISDICTION

EVENTS = JURISDICTION / "events.jsonl"

NOON = datetime(2026, 11, 24, 18, tzinfo=UTC)
BAND = -5303643524871242159  # stored ones must still meet what comes: a change needs the index built anew
ONE = Told("agua rompio tubo reforma", frozenset({"water", "pipe"}), {"SOAPA": 0.8}, NOON, "20390", (17.06, -96.7))


def test_the_same_telling_is_the_same_event() -> None:
    assert likeness(ONE, replace(ONE, at=NOON + timedelta(hours=3))) > 0.9


def test_each_sign_of_another_event_makes_it_less_likely() -> None:
    same = likeness(ONE, ONE)
    others = (
        replace(ONE, words="luz poste cable"),
        replace(ONE, meanings=frozenset({"light"})),
        replace(ONE, agencies={"CFE": 0.9}),
        replace(ONE, municipality="20067"),
        replace(ONE, degrees=(17.16, -96.7)),
        replace(ONE, at=NOON + timedelta(days=10)),
    )
    assert all(likeness(ONE, other) < same for other in others)


def test_places_count_only_when_both_are_known() -> None:
    signs = compare(ONE, replace(ONE, municipality=None, degrees=None))
    assert (signs.same_place, signs.other_place, signs.near, signs.far) == (0, 0, 0, 0)


def test_a_hundred_metres_are_near_and_three_kilometres_are_far() -> None:
    assert compare(ONE, replace(ONE, degrees=(17.0609, -96.7))).near == 1
    assert compare(ONE, replace(ONE, degrees=(17.06, -96.728))).far == 1


def test_bands_are_the_same_in_every_process_and_fit_a_signed_column() -> None:
    bands = bands_of(pieces_of("no hay agua en la colonia Reforma"))
    assert len(bands) == 12
    assert bands[0] == BAND
    assert all(-(2**63) <= band < 2**63 for band in bands)
    assert bands_of(pieces_of("")) == []


def test_tellings_of_invented_events_are_found_among_their_likes(reader: Reader) -> None:
    """Against petitions of the same town, agency and days: the hardest to tell apart, far rarer in an office's mail."""
    rows = [json.loads(line) for line in EVENTS.read_text(encoding="utf-8").splitlines()]
    keys = {place.nombre: place.clave for place in reader.list_municipalities()}
    told = [(row["event"], _read(reader, row, keys)) for row in rows]
    pairs = [
        (event == other, likeness(one, two))
        for (event, one), (other, two) in combinations(told, 2)
        if event[2:] == other[2:]
    ]
    proposed = [is_same for is_same, share in pairs if share >= LEAST]
    assert sum(proposed) / sum(is_same for is_same, _ in pairs) >= 0.3
    assert sum(proposed) / len(proposed) >= 0.3


def _read(reader: Reader, row: dict[str, Any], keys: dict[str, str]) -> Told:
    words, meanings = reader.read_traits(row["text"])
    agencies = {s.agency: s.probability for s in reader.read(row["text"], explains=False).suggestions[:5]}
    north, east = row["km"] or (0.0, 0.0)
    degrees = (17 + north / 111.2, -96.7 + east / 106.3) if row["km"] else None
    at = NOON + timedelta(hours=row["hours"])
    return Told(words, meanings, agencies, at, keys.get(row["municipality"] or ""), degrees)
