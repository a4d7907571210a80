"""Texts as the learners see them: a row for each, a column for each feature that enough texts have."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.features import Unit

Units = Sequence[Unit]


class Space:
    """The features that enough texts have, what each counts, and the texts in their terms."""

    def __init__(self, texts: Sequence[Units], recipe: Mapping[str, Any]) -> None:
        self.texts = texts
        said = _Said(texts)
        often = said.count_texts()
        at_least, weights = recipe["at_least"], recipe["weights"]
        self.names = sorted(name for name, number in said.numbers.items() if often[number] >= at_least.get(name[0], 1))
        kept = np.array([said.numbers[name] for name in self.names], dtype=np.int64)
        rarity = np.log((1 + len(texts)) / (1 + often[kept])) + 1
        self.values = (rarity * [weights.get(name[0], 1) for name in self.names]).astype(np.float32)
        self.matrix: csr_matrix[Any] = said.weigh(kept, self.values)


class _Said:
    """Every feature of every text, one after the other: its number, and the text's."""

    def __init__(self, texts: Sequence[Units]) -> None:
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__
        names = chain.from_iterable(unit.names for units in texts for unit in units)
        self._features = np.fromiter(map(numbers.__getitem__, names), dtype=np.int64)
        self.numbers = dict(numbers)
        lengths = [sum(len(unit.names) for unit in units) for units in texts]
        self._rows = np.repeat(np.arange(len(texts)), lengths)
        self._texts = len(texts)

    def count_texts(self) -> NDArray[np.int64]:
        """How many texts have each feature."""
        ones = np.ones(len(self._features), dtype=np.int32)
        shape = (self._texts, len(self.numbers))
        together = csr_matrix((ones, (self._rows, self._features)), shape=shape)  # adds up what a text has twice
        return np.bincount(together.indices, minlength=len(self.numbers))

    def weigh(self, kept: NDArray[np.int64], values: NDArray[np.float32]) -> "csr_matrix[Any]":
        """Texts × kept features. As the table adds them: the square of the length is the sum of the units' squares."""
        column = np.full(len(self.numbers), -1)
        column[kept] = np.arange(len(kept))
        columns = column[self._features]
        rows, columns = self._rows[columns >= 0], columns[columns >= 0]
        counts = values[columns].astype(np.float64)
        lengths = np.sqrt(np.bincount(rows, counts * counts, minlength=self._texts))
        sums = csr_matrix((counts, (rows, columns)), shape=(self._texts, len(kept)))
        sums.data /= np.repeat(lengths, np.diff(sums.indptr))
        return sums.astype(np.float32)
