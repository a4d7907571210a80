"""The heads of a table, each learnt by two kinds of learners: linear ones, and small nets where the recipe has them.

Called by `training` for all texts, and for each part of the authors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.hidden import Hidden
from nlp.linear import SPREAD_OVER, Learnt, Recipe, learn_linear, spread
from nlp.nets import Cells, NetRecipe, learn_nets
from nlp.space import Space
from nlp.table import Head, Table
from nlp.vocabulary import Vocabulary
from nlp.weights import quantised

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """Text number `text` with the label that it teaches to a head."""

    text: int
    label: str
    weight: float = 1.0


@dataclass(frozen=True)
class _Answer:
    """What was learnt for one head."""

    name: str
    linear: Learnt
    cells: Cells | None

    @property
    def intercept(self) -> tuple[float, ...]:
        further = self.cells.intercept if self.cells else np.zeros(len(self.linear.labels))
        return tuple(float(value) for value in self.linear.intercept + further)


def learn_table(
    space: Space, samples: Mapping[str, Sequence[Sample]], recipe: Mapping[str, Any], *, seed: int
) -> Table:
    """`samples`: of each head by its name; a head that nobody labelled for is left out."""
    answers = [_learn(space, name, samples[name], recipe, seed) for name in recipe["heads"] if samples[name]]
    heads, first = [], 0
    for answer in answers:
        heads.append(Head(answer.name, answer.linear.labels, first, answer.intercept))
        first += len(answer.linear.labels)
    weights = quantised(np.hstack([answer.linear.weights.T.astype(np.float32) for answer in answers]))
    with_cells = [(answer.name, answer.cells) for answer in answers if answer.cells]
    hidden: dict[str, Hidden] = {}
    for name, cells in with_cells:
        hidden[name] = Hidden(first, cells.shift, cells.outer)
        first += len(cells.shift)
    inner = quantised(np.hstack([cells.inner for _, cells in with_cells])) if with_cells else None
    return Table(heads, Vocabulary(space.names), space.values, weights, inner, hidden)


def _learn(space: Space, name: str, samples: Sequence[Sample], recipe: Mapping[str, Any], seed: int) -> _Answer:
    values = {**recipe["heads"][name]}
    nets = values.pop("nets", None)
    texts = space.matrix[[sample.text for sample in samples]]
    labels = np.array([sample.label for sample in samples])
    counts = np.array([sample.weight for sample in samples])
    linear = learn_linear(texts, labels, counts, Recipe(**values), recipe["bayes_alpha"], seed=seed)
    if not nets or len(linear.labels) == 1 or len({sample.text for sample in samples}) < recipe["nets_from"]:
        return _Answer(name, linear, None)
    common = NetRecipe(**{**recipe["nets"], **nets})
    return _Answer(name, linear, _learn_cells(space, samples, linear, common, seed))


def _learn_cells(space: Space, samples: Sequence[Sample], linear: Learnt, recipe: NetRecipe, seed: int) -> Cells:
    """Nets as loud as the recipe wants them beside the linear learners."""
    numbers = sorted({sample.text for sample in samples})
    texts = space.matrix[numbers]
    targets = _targets(numbers, linear.labels, samples)
    cells = learn_nets(texts, targets, space.names, recipe, seed=seed)
    few = texts[:SPREAD_OVER]
    return cells.times(recipe.share * spread(few @ linear.weights.T) / spread(cells.scores(few)))


def _targets(numbers: Sequence[int], labels: Sequence[str], samples: Sequence[Sample]) -> Floats:
    """Texts × labels; a row sums to one."""
    row = {number: at for at, number in enumerate(numbers)}
    column = {label: at for at, label in enumerate(labels)}
    targets = np.zeros((len(row), len(column)), dtype=np.float32)
    for sample in samples:
        targets[row[sample.text], column[sample.label]] += sample.weight
    shares: Floats = targets / targets.sum(axis=1, keepdims=True)
    return shares
