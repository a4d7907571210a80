"""A pin among the seats around it: distances, directions, names that do not cover one another."""

import pytest

from intake.triage.surroundings import HEIGHT, MARGIN, WIDTH, look_around
from nlp.reading import Municipality

HERE = (17.06, -96.72)


def _seat(clave: str, north: float, east: float) -> Municipality:
    """`north` and `east`: of the pin, in degrees."""
    return Municipality(clave, f"Pueblo {clave}", "", "", HERE[0] + north, HERE[1] + east, 1)


def test_the_nearest_is_named_with_its_distance_and_each_stands_in_its_direction() -> None:
    around = look_around([_seat("norte", 0.09, 0), _seat("oriente", 0, 0.03), _seat("lejos", 3, 3)], HERE, "oriente")
    assert around
    assert around.nearest == "Pueblo oriente"
    assert around.km == pytest.approx(0.03 * 111.2 * 0.956, rel=0.01)
    east, north, _ = around.seats
    assert (east.is_own, north.is_own) == (True, False)
    assert east.x > WIDTH / 2
    assert east.y == HEIGHT / 2
    assert north.y < HEIGHT / 2
    assert north.x == WIDTH / 2


def test_all_that_is_drawn_is_within_the_drawing() -> None:
    places = [_seat(str(i), 0.01 * i * (-1) ** i, 0.02 * i) for i in range(1, 9)]
    around = look_around(places, HERE)
    assert around
    assert len(around.seats) == 5
    for one in around.seats:
        assert MARGIN - 1 <= one.y <= HEIGHT - MARGIN + 1
        assert 0 < one.x < WIDTH
    assert 0 < around.bar <= WIDTH / 3


def test_a_name_that_would_cover_another_is_left_out_and_its_dot_stays() -> None:
    around = look_around([_seat("a", 0.02, 0), _seat("b", 0.0201, 0), _seat("c", -0.05, 0)], HERE)
    assert around
    assert [one.name for one in around.seats] == ["Pueblo a", "", "Pueblo c"]


def test_nothing_is_drawn_of_a_pin_far_from_everything() -> None:
    assert look_around([_seat("a", 2, 0)], HERE) is None
    assert look_around([], HERE) is None
