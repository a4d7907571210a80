"""Texts as the learners see them: a row for each, a column for each feature that enough texts have."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from nlp.features import Unit

Units = Sequence[Unit]


class Space:
    """The features that enough texts have, what each counts, and the texts in their terms."""

    def __init__(self, texts: Sequence[Units], recipe: Mapping[str, Any]) -> None:
        self.texts = texts
        often: Counter[str] = Counter()
        for units in texts:
            often.update({name for unit in units for name in unit.names})
        at_least, weights = recipe["at_least"], recipe["weights"]
        names = sorted(name for name, count in often.items() if count >= at_least.get(name[0], 1))
        self.vocabulary = {name: row for row, name in enumerate(names)}
        rarity = [np.log((1 + len(texts)) / (1 + often[name])) + 1 for name in names]
        self.values = np.array(
            [rare * weights.get(name[0], 1) for rare, name in zip(rarity, names, strict=True)], dtype=np.float32
        )
        self.matrix: csr_matrix[Any] = self._matrix()

    def _matrix(self) -> "csr_matrix[Any]":
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for at, units in enumerate(self.texts):
            sums, square = self._sums(units)
            rows += [at] * len(sums)
            columns += sums.keys()
            values += [value / square**0.5 for value in sums.values()]
        shape = (len(self.texts), len(self.vocabulary))
        return csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32)

    def _sums(self, units: Units) -> tuple[dict[int, float], float]:
        """As the table adds them: the square of the length is the sum of the units' squares."""
        sums: dict[int, float] = {}
        square = 0.0
        for unit in units:
            for name in unit.names:
                row = self.vocabulary.get(name)
                if row is not None:
                    value = float(self.values[row])
                    sums[row] = sums.get(row, 0.0) + value
                    square += value * value
        return sums, square
