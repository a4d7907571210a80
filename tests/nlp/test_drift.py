"""The population stability index."""

import pytest

from nlp.drift import MOVED, MOVED_FAR, stability, tenth_of


def test_equal_shares_do_not_move() -> None:
    assert stability(["a"] * 60 + ["b"] * 40, ["a"] * 60 + ["b"] * 40) == pytest.approx(0)


def test_a_new_theme_moves_far() -> None:
    assert stability(["a"] * 100, ["a"] * 50 + ["b"] * 50) > MOVED_FAR


def test_it_is_what_the_formula_says() -> None:
    # 0.6→0.5 and 0.4→0.5: 0.1·ln(0.6/0.5) + 0.1·ln(0.5/0.4) = 0.0405, and less for the half cases that are added
    assert stability(["a"] * 600 + ["b"] * 400, ["a"] * 500 + ["b"] * 500) == pytest.approx(0.0405, abs=0.001)


def test_many_small_classes_do_not_add_up_by_chance() -> None:
    names = [f"agency-{number}" for number in range(200)]
    assert stability(names, names[::-1]) < MOVED


def test_shares_fall_into_tenths() -> None:
    assert [tenth_of(share) for share in (0.0, 0.39, 0.4, 1.0)] == ["0.0", "0.3", "0.4", "0.9"]
