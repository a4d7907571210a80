"""Small nets beside the linear learners: one hidden layer over the same features, for what words say only together.

«The thing named is not the thing asked» is what a sum over words cannot see. Several nets that begin at random are
added up, because what each of them invents is different; letters are left to the linear learners
(docs/decisions/0011). Called by `learners`; deterministic for a seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float32]
LOUDER = np.float32(5)  # rows have length one; so loud, the first steps are neither too small nor too large
KNOWN_BY = 2  # texts that must have a feature
BATCH = 128
RARITY = 0.3  # power of a label's rarity as its weight
SMALL = np.float32(1e-8)
HIDDEN_STEP, OTHER_STEP = 0.1, 0.01  # rates; in the end a tenth of the first
KEPT = (0.9, 0.999)  # Adam's


@dataclass(frozen=True)
class NetRecipe:
    """`nets` of `size` cells; `share`: against the linear learners' spread. `lost`: share of features, and of cells,
    that a step does not see. `features`: by first letter."""

    nets: int
    size: int
    share: float
    rounds: int
    lost: Sequence[float]
    features: str


@dataclass(frozen=True)
class Cells:
    """All nets as one: features × cells, the cells' shift, cells × labels, the labels' shift."""

    inner: Floats
    shift: Floats
    outer: Floats
    intercept: Floats

    def scores(self, matrix: "csr_matrix[Any]") -> Floats:
        """Texts × labels."""
        said: Floats = np.maximum(np.asarray(matrix @ self.inner) + self.shift, 0) @ self.outer + self.intercept
        return said

    def times(self, factor: float) -> "Cells":
        return Cells(self.inner, self.shift, self.outer * np.float32(factor), self.intercept * np.float32(factor))


def learn_nets(
    matrix: "csr_matrix[Any]", targets: Floats, names: Sequence[str], recipe: NetRecipe, *, seed: int
) -> Cells:
    """`targets`: texts × labels, a row's sum is what the text counts. `names`: of the matrix's columns."""
    often = np.bincount(matrix.indices, minlength=matrix.shape[1])
    seen = np.flatnonzero((often >= KNOWN_BY) & np.array([name[0] in recipe.features for name in names]))
    texts = matrix[:, seen].tocsr() * LOUDER
    often_said = targets.sum(axis=0)
    weighed = targets * ((often_said.mean() / np.maximum(often_said, 1)) ** RARITY).astype(np.float32)
    with threadpool_limits(1):  # the products are small; threads would wait for each other
        nets = [
            _learn_net(texts, weighed, recipe, np.random.default_rng((seed, number))) for number in range(recipe.nets)
        ]
    inner = np.zeros((matrix.shape[1], recipe.nets * recipe.size), dtype=np.float32)
    inner[seen] = np.hstack([net.inner for net in nets]) * LOUDER
    return Cells(
        inner,
        np.concatenate([net.shift for net in nets]),
        np.vstack([net.outer for net in nets]),
        np.add.reduce([net.intercept for net in nets]),
    )


def _learn_net(texts: "csr_matrix[Any]", targets: Floats, recipe: NetRecipe, chance: np.random.Generator) -> Cells:
    """Cross entropy of one net by steps over random batches."""
    count, labels = targets.shape
    inner = chance.standard_normal((texts.shape[1], recipe.size), dtype=np.float32) * np.float32(0.05)
    outer = chance.standard_normal((recipe.size, labels), dtype=np.float32) * np.float32(recipe.size**-0.5)
    net = Cells(inner, np.zeros(recipe.size, dtype=np.float32), outer, np.zeros(labels, dtype=np.float32))
    walker = _Walker(net)
    for done in range(recipe.rounds):
        pace = 1 - 0.9 * done / recipe.rounds
        order = chance.permutation(count)
        batches = _Batches(texts[order])
        for first in range(0, count, BATCH):
            batch = batches.take(first, first + BATCH, recipe.lost[0], chance)
            _step(net, walker, batch, targets[order[first : first + BATCH]], recipe, chance, pace)
    return net


@dataclass(frozen=True)
class _Batch:
    """Some texts, in terms of the features that they have: `features` are the columns of `texts`."""

    texts: "csr_matrix[Any]"
    features: NDArray[np.int32]


class _Batches:
    """A round's texts in the order of the round, a few at a time."""

    def __init__(self, texts: "csr_matrix[Any]") -> None:
        self._texts = texts
        self._column = np.empty(texts.shape[1], dtype=np.int32)  # of a feature that the batch at hand has

    def take(self, first: int, end: int, lost: float, chance: np.random.Generator) -> _Batch:
        """Without some of the features, the others louder; so a net learns to do without any single word."""
        starts = self._texts.indptr[first : end + 1]
        said = slice(starts[0], starts[-1])
        is_kept = chance.random(starts[-1] - starts[0], dtype=np.float32) >= lost
        features, values = self._texts.indices[said][is_kept], self._texts.data[said][is_kept] / np.float32(1 - lost)
        at = np.arange(len(features), dtype=np.int32)
        self._column[features] = at
        own = features[self._column[features] == at]  # each once: where it stands last
        self._column[own] = np.arange(len(own), dtype=np.int32)
        ends = np.concatenate([[0], np.cumsum(is_kept)])[starts - starts[0]].astype(np.int32)
        return _Batch(csr_matrix((values, self._column[features], ends), shape=(len(ends) - 1, len(own))), own)


def _step(
    net: Cells,
    walker: "_Walker",
    batch: _Batch,
    targets: Floats,
    recipe: NetRecipe,
    chance: np.random.Generator,
    pace: float,
) -> None:
    sums = np.asarray(batch.texts @ net.inner[batch.features]) + net.shift
    open_cells = (sums > 0) * _kept(sums.shape, recipe.lost[1], chance)
    cells = sums * open_cells
    scores = cells @ net.outer + net.intercept
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    counts = targets.sum(axis=1, keepdims=True)
    wrong = (powers / powers.sum(axis=1, keepdims=True) * counts - targets) / np.float32(len(targets))
    back = (wrong @ net.outer.T) * open_cells
    walker.walk("outer", net.outer, cells.T @ wrong, pace)
    walker.walk("intercept", net.intercept, wrong.sum(axis=0), pace)
    walker.walk("shift", net.shift, back.sum(axis=0), pace)
    walker.walk_rows(net.inner, batch, back, pace)


class _Walker:
    """Steps downhill: Adam (Kingma, Ba 2015) for the small arrays, Adagrad by row for the features that a batch has."""

    def __init__(self, net: Cells) -> None:
        self._squares = np.full((len(net.inner), 1), 1e-6, dtype=np.float32)
        self._means: dict[str, tuple[Floats, Floats]] = {}
        self._steps: dict[str, int] = {}

    def walk(self, name: str, values: Floats, slope: Floats, pace: float) -> None:
        mean, square = self._means.setdefault(name, (np.zeros_like(values), np.zeros_like(values)))
        steps = self._steps[name] = self._steps.get(name, 0) + 1
        mean += np.float32(1 - KEPT[0]) * (slope - mean)
        square += np.float32(1 - KEPT[1]) * (slope * slope - square)
        size = np.sqrt(square / np.float32(1 - KEPT[1] ** steps)) + SMALL
        values -= np.float32(OTHER_STEP * pace) * mean / np.float32(1 - KEPT[0] ** steps) / size

    def walk_rows(self, values: Floats, batch: _Batch, back: Floats, pace: float) -> None:
        slope = np.asarray(batch.texts.T @ back)
        squares = self._squares[batch.features] + np.einsum("ij,ij->i", slope, slope)[:, None] / np.float32(len(back.T))
        self._squares[batch.features] = squares
        values[batch.features] -= np.float32(HIDDEN_STEP * pace) * slope / np.sqrt(squares)


def _kept(shape: tuple[int, ...], lost: float, chance: np.random.Generator) -> Floats:
    is_kept = chance.random(shape, dtype=np.float32) >= lost
    return is_kept.astype(np.float32) / np.float32(1 - lost)
