"""Words, meanings, place and time say together whether two petitions tell of one event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from nlp.duplicates import bands_of, pieces_of
from nlp.likeness import Told, compare, likeness

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
