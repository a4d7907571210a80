"""A linear classifier over features: weights in one matrix, probabilities from a tempered softmax, reasons by word.

Values only; trained by `training`, wrapped for spaCy by `pipeline`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import Feature

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """`weights`: features × labels. A feature's value is (1 + log count) · idf, the text's vector has length 1."""

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    intercept: Floats
    temperature: float

    def probabilities(self, features: Sequence[Feature]) -> Floats:
        """One per label, in the labels' order; they sum to 1."""
        rows, values = self._vector(features)
        scores = (values @ self.weights[rows] + self.intercept) / self.temperature
        powers: Floats = np.exp(scores - scores.max())
        shares: Floats = powers / powers.sum()
        return shares

    def word_weights(self, features: Sequence[Feature], label: str, count: int) -> Floats:
        """How much each of `count` words speaks for the label against the mean of all labels."""
        rows, values = self._vector(features)
        at, column = {int(row): n for n, row in enumerate(rows)}, self.labels.index(label)
        gains = values * (self.weights[rows, column] - self.weights[rows].mean(axis=1))
        often = Counter(feature.name for feature in features)
        by_word = np.zeros(count, dtype=np.float32)
        for feature in features:
            row = self.vocabulary.get(feature.name)
            if row is not None and feature.end > feature.start:
                by_word[feature.start : feature.end] += (
                    gains[at[row]] / often[feature.name] / (feature.end - feature.start)
                )
        return by_word

    def to_arrays(self) -> dict[str, Any]:
        """For msgpack: names in the order of their rows."""
        return {
            "labels": list(self.labels),
            "vocabulary": sorted(self.vocabulary, key=self.vocabulary.__getitem__),
            "idf": self.idf.tobytes(),
            "weights": self.weights.tobytes(),
            "intercept": self.intercept.tobytes(),
            "temperature": self.temperature,
        }

    def _vector(self, features: Sequence[Feature]) -> tuple[NDArray[np.int64], Floats]:
        counts = Counter(row for feature in features if (row := self.vocabulary.get(feature.name)) is not None)
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[rows]
        length = float(np.linalg.norm(values))
        return rows, (values / length if length else values).astype(np.float32)


def from_arrays(stored: Mapping[str, Any]) -> LinearModel:
    """The model of `to_arrays`. Raises KeyError or ValueError for anything else."""
    labels, names = tuple(stored["labels"]), stored["vocabulary"]
    return LinearModel(
        labels=labels,
        vocabulary={name: row for row, name in enumerate(names)},
        idf=np.frombuffer(stored["idf"], dtype=np.float32),
        weights=np.frombuffer(stored["weights"], dtype=np.float32).reshape(len(names), len(labels)),
        intercept=np.frombuffer(stored["intercept"], dtype=np.float32),
        temperature=float(stored["temperature"]),
    )
