"""Texts that are nearly the same, found without comparing each with each: MinHash over pieces of letters, in bands.

Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import read_words

PIECE = 5  # letters
BANDS, ROWS = 12, 4  # two texts that share half of their pieces meet with 54 %, four fifths with 99.8 %
PRIME = (1 << 61) - 1
SEED = 104


class NearDuplicates:
    """An index of texts by a key of the caller's; one that is asked for is compared only with those of its bands."""

    def __init__(self) -> None:
        chance = np.random.default_rng(SEED)
        count = BANDS * ROWS
        self._factors = chance.integers(1, PRIME >> 30, count, dtype=np.uint64)
        self._shifts = chance.integers(0, PRIME >> 2, count, dtype=np.uint64)
        self._bands: dict[tuple[int, bytes], list[str]] = defaultdict(list)
        self._pieces: dict[str, frozenset[int]] = {}

    def add(self, key: str, text: str) -> None:
        pieces = pieces_of(text)
        self._pieces[key] = pieces
        for band in self._bands_of(pieces):
            self._bands[band].append(key)

    def find(self, text: str, least: float) -> Iterator[tuple[str, float]]:
        """Keys of texts that share at least that part of all pieces of both (Jaccard), nearest first."""
        pieces = pieces_of(text)
        candidates = {key for band in self._bands_of(pieces) for key in self._bands.get(band, ())}
        alike = ((key, _overlap(pieces, self._pieces[key])) for key in candidates)
        yield from sorted(
            ((key, share) for key, share in alike if share >= least), key=lambda item: (-item[1], item[0])
        )

    def _bands_of(self, pieces: Iterable[int]) -> list[tuple[int, bytes]]:
        hashes = np.fromiter(pieces, dtype=np.uint64)
        if not len(hashes):
            return []
        mixed: NDArray[np.uint64] = (hashes[:, None] * self._factors + self._shifts) % np.uint64(PRIME)
        least = mixed.min(axis=0).reshape(BANDS, ROWS)
        return [(number, band.tobytes()) for number, band in enumerate(least)]


def pieces_of(text: str) -> frozenset[int]:
    """The text's runs of letters, spelling and punctuation aside; a text shorter than one is a piece itself."""
    plain = " ".join(word.text for word in read_words(text))
    runs = {plain[at : at + PIECE] for at in range(max(1, len(plain) - PIECE + 1))} if plain else set()
    return frozenset(crc32(run.encode()) for run in runs)


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0
