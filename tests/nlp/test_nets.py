"""Small nets learn what no sum over words can, and a table with hidden cells says the same as the nets that made it."""

import numpy as np
import pytest

from nlp.features import Unit
from nlp.hidden import Hidden
from nlp.learners import Sample, learn_table
from nlp.nets import NetRecipe, learn_nets
from nlp.space import Space
from nlp.table import Head, Table, from_arrays
from nlp.vocabulary import Vocabulary
from nlp.weights import quantised, weights_from

NETS = {"nets": 2, "size": 16, "share": 3.0, "features": "w"}
RECIPE = {
    "weights": {},
    "at_least": {},
    "bayes_alpha": 0.3,
    "nets_from": 0,
    "nets": {"rounds": 400, "lost": [0.0, 0.0]},
    "heads": {"agency": {"margin": 1.0, "bayes": 0.0, "balance": 0.5, "nets": NETS}},
}
# Of the water works and the prosecutor: each word is said of both as often; what stands together decides.
TOLD = {
    "placa taxi": "SEMOVI",
    "pago agua": "SOAPA",
    "agua robo": "FISCALIA",
    "robo luz": "SOAPA",
    "pago luz": "FISCALIA",
}


def _units(text: str) -> list[Unit]:
    return [Unit(f"w:{word}", at, at + 1) for at, word in enumerate(text.split())]


def _space() -> Space:
    return Space([_units(text) for text in [*TOLD] * 16], RECIPE)


def _samples() -> list[Sample]:
    return [Sample(at, agency) for at, agency in enumerate([*TOLD.values()] * 16)]


def _first(table: Table, text: str) -> str:
    head = table.heads["agency"]
    return head.labels[int(table.probabilities("agency", table.scores(_units(text))).argmax())]


def test_what_stands_together_decides_where_each_word_alone_does_not() -> None:
    table = learn_table(_space(), {"agency": _samples()}, RECIPE, seed=7)
    assert {text: _first(table, text) for text in TOLD} == TOLD
    alone = {**RECIPE, "heads": {"agency": {"margin": 1.0, "bayes": 0.0, "balance": 0.5}}}
    by_sums = learn_table(_space(), {"agency": _samples()}, alone, seed=7)
    assert {text: _first(by_sums, text) for text in TOLD} != TOLD


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    first, second, other = (learn_table(_space(), {"agency": _samples()}, RECIPE, seed=seed) for seed in (7, 7, 8))
    assert first.to_arrays() == second.to_arrays()
    assert first.to_arrays() != other.to_arrays()


def test_the_table_says_what_its_nets_say() -> None:
    space = _space()
    targets = np.array([[1.0, 0.0], [0.0, 1.0]] * 40, dtype=np.float32)
    names = space.names
    recipe = NetRecipe(**NETS, rounds=5, lost=(0.3, 0.3))
    cells = learn_nets(space.matrix, targets, names, recipe, seed=7)
    hidden = Hidden(0, cells.shift, cells.outer)
    inner = np.asarray(space.matrix @ cells.inner)
    for row, said in zip(inner, cells.scores(space.matrix), strict=True):
        assert hidden.say(row) == pytest.approx(said - cells.intercept, abs=1e-5)


def test_letters_are_left_to_the_linear_learners() -> None:
    space = Space([[Unit("w:agua", 0, 1)]] * 4, RECIPE)
    targets = np.array([[1.0, 0.0], [0.0, 1.0]] * 2, dtype=np.float32)
    recipe = NetRecipe(**NETS, rounds=1, lost=(0.0, 0.0))
    cells = learn_nets(space.matrix, targets, space.names, recipe, seed=7)
    assert not cells.inner[space.names.index("c:aua")].any()
    assert cells.inner[space.names.index("w:aua")].any()


def _hidden_table() -> Table:
    """One cell that opens when both words stand in the text, and speaks for B."""
    hidden = Hidden(2, np.array([-1.0], dtype=np.float32), np.array([[0.0, 5.0]], dtype=np.float32))
    weights, cells = quantised(np.array([[1.0, 0.0], [0.0, 0.0]])), quantised(np.array([[1.0], [1.0]]))
    head = Head("agency", ("A", "B"), 0, (0.0, 0.0))
    return Table(
        [head], Vocabulary(["w:aua", "w:robo"]), np.ones(2, dtype=np.float32), weights, cells, {"agency": hidden}
    )


def test_a_closed_cell_says_nothing_and_an_open_one_speaks() -> None:
    table = _hidden_table()
    assert table.scores(_units("agua"))[:2].tolist() == [1.0, 0.0]
    for_a, for_b = table.scores(_units("agua robo"))[:2]
    assert for_a == pytest.approx(2**-0.5)
    assert for_b == pytest.approx(5 * (2 / 2**0.5 - 1))


def test_words_answer_for_what_their_cells_said() -> None:
    table = _hidden_table()
    for_a, for_b = table.word_weights("agency", _units("agua robo"), ["A", "B"], 2)
    assert for_b[1] > for_b[0]  # «agua» speaks for A too
    assert for_a[1] < 0
    alone = table.word_weights("agency", _units("agua"), ["A", "B"], 1)
    assert alone.ravel().tolist() == [0.5, -0.5]


def test_a_stored_table_keeps_its_cells() -> None:
    table = _hidden_table()
    again = from_arrays(table.to_arrays())
    assert again.scores(_units("agua robo")).tolist() == table.scores(_units("agua robo")).tolist()


def test_a_feature_that_says_nothing_takes_no_room_and_adds_nothing() -> None:
    weights = quantised(np.array([[0.5, -1.0], [0.0, 0.0], [2.0, 0.0]]))
    assert weights.kept.shape == (2, 2)
    again = weights_from(weights.to_values())
    values = np.array([2.0, 3.0, 1.0], dtype=np.float32)
    assert again.each([0, 1, 2], values) == pytest.approx(np.array([[1.0, -2.0], [0.0, 0.0], [2.0, 0.0]]), abs=0.02)
    assert again.together([0, 1, 2], values) == pytest.approx([3.0, -2.0], abs=0.03)
    assert again.together([1], np.ones(1, dtype=np.float32)).tolist() == [0.0, 0.0]
    assert again.together([], np.ones(0, dtype=np.float32)).tolist() == [0.0, 0.0]
