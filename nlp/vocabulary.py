"""Which row of a table a feature's name stands for. Read only; held by `table`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
BETWEEN = "\n"  # stands in no name


class Vocabulary:
    """By the names' hashes: 170,000 names take 4 MB so, 19 as a dictionary, and are found as fast. An unknown name is
    taken for a known one once in 10¹⁴ times."""

    def __init__(self, names: Sequence[str]) -> None:
        """In the order of their rows."""
        self._letters = BETWEEN.join(names).encode()
        hashes = _hashes(names)
        self._rows = hashes.argsort().astype(np.int32)
        self._hashes = hashes[self._rows]

    def __reduce__(self) -> "tuple[type[Vocabulary], tuple[list[str]]]":
        """Another process hashes otherwise."""
        return Vocabulary, (self.list_names(),)

    def __contains__(self, name: str) -> bool:
        return bool(self.find([name])[0] != UNKNOWN)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, names: Sequence[str]) -> NDArray[np.int32]:
        """The row of each, UNKNOWN where there is none."""
        if not len(self):
            return np.full(len(names), UNKNOWN, dtype=np.int32)
        hashes = _hashes(names)
        places = self._hashes.searchsorted(hashes).clip(max=len(self) - 1)
        rows: NDArray[np.int32] = np.where(self._hashes[places] == hashes, self._rows[places], UNKNOWN)
        return rows

    def list_names(self) -> list[str]:
        """In the order of their rows."""
        return self._letters.decode().split(BETWEEN) if len(self) else []


def _hashes(names: Sequence[str]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, names), dtype=np.int64, count=len(names))
