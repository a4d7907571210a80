"""One table of weights for several heads: what each unit of a text adds to each label. Probabilities, and reasons.

A text's score is the sum of its units' vectors over the length that the units have together, so a unit's vector is
worked out once and remembered. Values only; trained by `training`, carried for spaCy by `pipeline`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import Unit, names_of
from nlp.hidden import Hidden, hidden_from
from nlp.vocabulary import UNKNOWN, Vocabulary
from nlp.weights import Weights, weights_from

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]
REMEMBERED = 8_000  # words, two kB each: nine of ten that come (60,000 messages shuffled)
LEAST = 1e-6  # share, so that its log-odds are finite


@dataclass(frozen=True)
class Head:
    """One question to the text. Its labels' columns begin at `first`. `worth`: slope and shift of a first share's
    log-odds, empty for none. `thresholds`: label → probability from which its promised precision was kept on texts of
    unseen authors."""

    name: str
    labels: tuple[str, ...]
    first: int
    intercept: tuple[float, ...]
    temperature: float = 1.0
    worth: tuple[float, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def columns(self) -> slice:
        return slice(self.first, self.first + len(self.labels))


class Table:
    """`values`: a feature's weight in a text (its rarity). `weights`: of the heads' columns. `cells`: of the columns
    behind them, those of `hidden` cells, which are named by their head."""

    def __init__(
        self,
        heads: Sequence[Head],
        vocabulary: Vocabulary,
        values: Floats,
        weights: Weights,
        cells: Weights | None = None,
        hidden: Mapping[str, Hidden] | None = None,
    ) -> None:
        self.heads = {head.name: head for head in heads}
        self._hidden = dict(hidden or {})
        self._vocabulary, self._values, self._weights, self._cells = vocabulary, values, weights, cells
        self._parts = [(weights, slice(weights.columns))]
        if cells:
            self._parts.append((cells, slice(weights.columns, weights.columns + cells.columns)))
        self._known_word = lru_cache(REMEMBERED)(self._work_out)
        self._columns = self._parts[-1][1].stop

    def __reduce__(self) -> tuple[type["Table"], tuple[Any, ...]]:
        """What is remembered of words does not go to another process."""
        own = self._vocabulary, self._values, self._weights, self._cells, self._hidden
        return Table, (tuple(self.heads.values()), *own)

    def scores(self, units: Sequence[Unit]) -> Floats:
        """One per column; a text of unknown units has noughts."""
        total = self._sum(units)
        if total.any():
            for name, hidden in self._hidden.items():
                total[self.heads[name].columns] += hidden.say(total)
        return total

    def knows(self, name: str) -> bool:
        """Whether a feature was learnt."""
        return name in self._vocabulary

    def probabilities(self, name: str, scores: Floats) -> Floats:
        """Of a head's labels, in their order; they sum to 1."""
        head = self.heads[name]
        return _true(self.shares_of(name, scores[head.columns]), head.worth)

    def running_sums(self, name: str, units: Sequence[Unit], count: int) -> tuple[Floats, Floats]:
        """What the first 0, 1 … `count` words add to a head's columns, and to the square of the text's length."""
        head = self.heads[name]
        sums = np.zeros((count + 1, len(head.labels)), dtype=np.float32)
        squares = np.zeros(count + 1, dtype=np.float32)
        vectors, lengths = self._vectors(units)
        for unit, vector, length in zip(units, vectors[:, head.columns], lengths, strict=True):
            if unit.start < unit.end <= count:
                sums[unit.start + 1] += vector
                squares[unit.start + 1] += length
        return sums.cumsum(axis=0), squares.cumsum()

    def shares_of(self, name: str, scores: Floats) -> Floats:
        """A head's probabilities of its own scores, tempered but not corrected; they sum to 1."""
        head = self.heads[name]
        return softmax((scores + np.array(head.intercept, dtype=np.float32)) / head.temperature)

    def word_weights(self, name: str, units: Sequence[Unit], labels: Sequence[str], count: int) -> Floats:
        """Labels × words: how much each of `count` words speaks for a label against the mean of the head's labels."""
        head = self.heads[name]
        by_word = np.zeros((len(labels), count), dtype=np.float32)
        all_columns, squares = self._vectors(units)
        if not squares.any():
            return by_word
        vectors = all_columns[:, head.columns]
        if name in self._hidden:
            scores = all_columns.sum(axis=0) / np.sqrt(squares.sum())
            vectors = vectors + self._hidden[name].shares(all_columns, scores)
        columns = [head.labels.index(label) for label in labels]
        gains = (vectors[:, columns] - vectors.mean(axis=1, keepdims=True)).T
        for at, unit in enumerate(units):
            if unit.end > unit.start:
                by_word[:, unit.start : unit.end] += gains[:, at : at + 1] / (unit.end - unit.start)
        return by_word

    def calibrate(self, name: str, temperature: float, worth: Sequence[float], thresholds: Mapping[str, float]) -> None:
        known = self.heads[name]
        self.heads[name] = replace(known, temperature=temperature, worth=tuple(worth), thresholds=dict(thresholds))

    def to_arrays(self) -> dict[str, Any]:
        """For msgpack: names in the order of their rows."""
        return {
            "heads": [
                {
                    "name": head.name,
                    "labels": list(head.labels),
                    "first": head.first,
                    "intercept": list(head.intercept),
                    "temperature": head.temperature,
                    "worth": list(head.worth),
                    "thresholds": dict(head.thresholds),
                }
                for head in self.heads.values()
            ],
            "vocabulary": self._vocabulary.list_names(),
            "values": self._values.tobytes(),
            "weights": self._weights.to_values(),
            "cells": self._cells.to_values() if self._cells else None,
            "hidden": {name: hidden.to_values() for name, hidden in self._hidden.items()},
        }

    def _sum(self, units: Sequence[Unit]) -> Floats:
        """What the units add to each column, over the length that they have together."""
        words = [self._known_word(unit.key) for unit in units if unit.is_word]
        rows = self._rows([unit.key for unit in units if not unit.is_word])
        values = self._values[rows]
        length = float(sum(square for _, square in words) + values @ values) ** 0.5
        total = self._together(rows, values)
        if words:
            total += np.add.reduce([vector for vector, _ in words])
        return total / np.float32(length) if length else total

    def _vectors(self, units: Sequence[Unit]) -> tuple[Floats, Floats]:
        """Of each unit what it adds to each column, and to the square of the text's length."""
        vectors = np.zeros((len(units), self._columns), dtype=np.float32)
        squares = np.zeros(len(units), dtype=np.float32)
        others = []
        for at, unit in enumerate(units):
            if unit.is_word:
                vectors[at], squares[at] = self._known_word(unit.key)
            else:
                others.append(at)
        rows = self._vocabulary.find([units[at].key for at in others])
        is_known = rows != UNKNOWN
        if is_known.any():
            places, rows = np.array(others)[is_known], rows[is_known]
            values = self._values[rows]
            squares[places] = values * values
            for weights, columns in self._parts:
                vectors[places, columns] = weights.each(rows, values)
        return vectors, squares

    def _work_out(self, key: str) -> tuple[Floats, float]:
        """A word has some thirty features: what they add together, and to the square of the text's length."""
        rows = self._rows(names_of(key))
        values = self._values[rows]
        return self._together(rows, values), float(values @ values)

    def _rows(self, names: Sequence[str]) -> Rows:
        rows = self._vocabulary.find(names)
        known: Rows = rows[rows != UNKNOWN]
        return known

    def _together(self, rows: Rows, values: Floats) -> Floats:
        vector = np.empty(self._columns, dtype=np.float32)
        for weights, columns in self._parts:
            vector[columns] = weights.together(rows, values)
        return vector


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Along the last axis; sums to 1."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: NDArray[Any] = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def corrected(share: float, worth: Sequence[float]) -> float:
    """The probability that a first share stands for."""
    if not worth:
        return share
    slope, shift = worth
    return float(1 / (1 + np.exp(-(slope * log_odds(share) + shift))))


def log_odds(share: float) -> float:
    bounded = min(max(share, LEAST), 1 - LEAST)
    return float(np.log(bounded / (1 - bounded)))


def _true(shares: Floats, worth: Sequence[float]) -> Floats:
    """The first share by its worth, the others as they stand to each other; the order stays."""
    if not worth or len(shares) < 2:
        return shares
    best = int(shares.argmax())
    rest = 1 - shares[best]
    first = max(corrected(float(shares[best]), worth), 1 / len(shares))
    if rest > 0:
        next_best = float(np.partition(shares, -2)[-2]) / rest  # of what is left; it must stay behind the first
        first = max(first, next_best / (1 + next_best))
        shares = shares * np.float32((1 - first) / rest)
    shares[best] = first
    return shares


def from_arrays(stored: Mapping[str, Any]) -> Table:
    """The table of `to_arrays`. Raises KeyError, TypeError or ValueError for anything else."""
    heads = [
        Head(**{**head, **{name: tuple(head[name]) for name in ("labels", "intercept", "worth")}})
        for head in stored["heads"]
    ]
    hidden = {name: hidden_from(values) for name, values in stored["hidden"].items()}
    return Table(
        heads,
        Vocabulary(stored["vocabulary"]),
        np.frombuffer(stored["values"], dtype=np.float32),
        weights_from(stored["weights"]),
        weights_from(stored["cells"]) if stored["cells"] else None,
        hidden,
    )
