"""Temperatures, worths and thresholds keep what they promise on the cases they come from."""

import numpy as np
import pytest

from nlp.calibration import CHECKED_MIN, Scored, find_temperature, find_thresholds, find_worth
from nlp.features import Unit
from nlp.table import Head, Table, corrected, from_arrays, softmax
from nlp.vocabulary import Vocabulary
from nlp.weights import quantised


def _scored(margin: float, right: str, *, is_checked: bool = True) -> Scored:
    """A text for which A leads B by that margin."""
    return Scored(("A", "B"), np.array([margin, 0.0], dtype=np.float32), (right,), is_checked)


def test_scores_that_are_too_sure_are_cooled() -> None:
    too_sure = [_scored(5.0, "A")] * 7 + [_scored(5.0, "B")] * 3
    temperature = find_temperature(too_sure)
    assert softmax(np.array([5.0, 0.0]) / temperature)[0] == pytest.approx(0.7, abs=0.01)


def test_the_worth_of_a_share_is_how_often_it_is_right() -> None:
    cases = [_scored(4.0, "A")] * 60 + [_scored(4.0, "B")] * 40 + [_scored(1.0, "A")] * 30 + [_scored(1.0, "B")] * 30
    worth = find_worth(cases, 1.0)
    assert corrected(float(softmax(np.array([4.0, 0.0]))[0]), worth) == pytest.approx(0.6, abs=0.01)
    assert corrected(0.4, ()) == 0.4


def test_a_label_has_a_threshold_only_where_its_promise_is_kept() -> None:
    kept = [_scored(4.0, "A")] * 40 + [_scored(0.5, "B")] * 10
    thresholds = find_thresholds(kept, 1.0, (), 0.95, 1.0)
    assert thresholds.keys() == {"A"}
    assert thresholds["A"] == pytest.approx(float(softmax(np.array([4.0, 0.0]))[0]), abs=1e-6)
    assert find_thresholds([_scored(4.0, "B")] * 40, 1.0, (), 0.95, 1.0) == {}
    assert find_thresholds(kept[:3], 1.0, (), 0.95, 1.0) == {}


def test_a_mistake_by_one_reader_alone_counts_less() -> None:
    by_one = [_scored(4.0, "A", is_checked=False)] * 93 + [_scored(4.0, "B", is_checked=False)] * 7
    assert find_thresholds(by_one, 1.0, (), 0.95, 1.0) == {}
    assert find_thresholds(by_one, 1.0, (), 0.95, 0.6).keys() == {"A"}
    checked = [_scored(4.0, "A")] * 93 + [_scored(4.0, "B")] * 7
    assert find_thresholds(checked, 1.0, (), 0.95, 0.6) == {}


def test_the_worth_comes_from_checked_texts_once_there_are_enough() -> None:
    by_one = [_scored(2.0, "B", is_checked=False)] * 400 + [_scored(4.0, "A", is_checked=False)] * 100
    checked = [_scored(2.0, "A")] * 300 + [_scored(2.0, "B")] * 100 + [_scored(4.0, "A")] * (CHECKED_MIN - 400)
    share = float(softmax(np.array([2.0, 0.0]))[0])
    assert corrected(share, find_worth([*by_one, *checked], 1.0)) == pytest.approx(0.75, abs=0.02)
    assert corrected(share, find_worth([*by_one, *checked[:-1]], 1.0)) < 0.5


def _table(worth: tuple[float, ...] = ()) -> Table:
    weights = quantised(np.array([[3.0, -3.0, 0.0], [0.0, 1.0, 0.5]]))
    head = Head("agency", ("A", "B", "C"), 0, (0.0, 0.0, 0.0), 1.0, worth, {"A": 0.9})
    return Table([head], Vocabulary(["w:aua", "w:lus"]), np.array([1.0, 2.0], dtype=np.float32), weights)  # by sound


WATER, LIGHT = Unit("w:agua", 0, 1), Unit("w:luz", 1, 2)


def test_a_text_is_the_sum_of_its_units_over_their_length() -> None:
    scores = _table().scores([WATER, LIGHT])
    assert scores == pytest.approx(np.array([3.0, -1.0, 1.0]) / 5**0.5, abs=0.02)
    assert _table().scores([Unit("w:x", 0, 1)]).tolist() == [0.0, 0.0, 0.0]
    assert _table().scores([]).tolist() == [0.0, 0.0, 0.0]


def test_a_corrected_first_share_stays_first_and_all_sum_to_one() -> None:
    table = _table(worth=(0.1, -3.0))
    shares = table.probabilities("agency", table.scores([WATER, LIGHT]))
    assert shares.sum() == pytest.approx(1.0)
    assert shares.argmax() == 0


def test_each_word_says_how_much_it_spoke_for_a_label() -> None:
    for_a, for_b = _table().word_weights("agency", [WATER, LIGHT], ["A", "B"], 2)
    assert for_a[0] > 0 > for_a[1]
    assert for_b[1] > 0 > for_b[0]


def test_a_stored_table_is_the_same_table() -> None:
    table = _table(worth=(0.5, 0.1))
    again = from_arrays(table.to_arrays())
    assert again.scores([WATER, LIGHT]).tolist() == table.scores([WATER, LIGHT]).tolist()
    assert again.heads == table.heads
