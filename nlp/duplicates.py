"""Texts that are nearly the same, found without comparing each with each: MinHash over pieces of letters, in bands.

Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
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
        self._bands: dict[int, list[str]] = defaultdict(list)
        self._pieces: dict[str, frozenset[int]] = {}

    def add(self, key: str, text: str) -> None:
        pieces = pieces_of(text)
        self._keep(key, pieces, bands_of(pieces))

    def find(self, text: str, least: float) -> Iterator[tuple[str, float]]:
        """Keys of texts that share at least that part of all pieces of both (Jaccard), nearest first."""
        pieces = pieces_of(text)
        yield from self._meet(pieces, bands_of(pieces), least)

    def find_and_add(self, key: str, text: str, least: float) -> list[tuple[str, float]]:
        """Those that are like it among all before it."""
        pieces = pieces_of(text)
        bands = bands_of(pieces)
        found = list(self._meet(pieces, bands, least))
        self._keep(key, pieces, bands)
        return found

    def _keep(self, key: str, pieces: frozenset[int], bands: Iterable[int]) -> None:
        self._pieces[key] = pieces
        for band in bands:
            self._bands[band].append(key)

    def _meet(self, pieces: frozenset[int], bands: Iterable[int], least: float) -> Iterator[tuple[str, float]]:
        candidates = {key for band in bands for key in self._bands.get(band, ())}
        alike = ((key, share_of(pieces, self._pieces[key])) for key in candidates)
        yield from sorted(
            ((key, share) for key, share in alike if share >= least), key=lambda item: (-item[1], item[0])
        )


def bands_of(pieces: Iterable[int]) -> list[int]:
    """Numbers of 64 bits, signed as databases have them: two texts that share one may be alike. None for no pieces."""
    hashes = np.fromiter(pieces, dtype=np.uint64)
    if not len(hashes):
        return []
    factors, shifts = _hashing()
    mixed: NDArray[np.uint64] = (hashes[:, None] * factors + shifts) % np.uint64(PRIME)
    least = mixed.min(axis=0).reshape(BANDS, ROWS)
    return [_number(bytes([at]) + band.tobytes()) for at, band in enumerate(least)]


@cache
def _hashing() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The same in every process and for ever: what is stored must still meet what comes."""
    chance = np.random.default_rng(SEED)
    count = BANDS * ROWS
    factors = chance.integers(1, PRIME >> 30, count, dtype=np.uint64)
    return factors, chance.integers(0, PRIME >> 2, count, dtype=np.uint64)


def _number(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)


def pieces_of(text: str) -> frozenset[int]:
    """The text's runs of letters, spelling and punctuation aside; a text shorter than one is a piece itself."""
    plain = " ".join(word.text for word in read_words(text))
    runs = {plain[at : at + PIECE] for at in range(max(1, len(plain) - PIECE + 1))} if plain else set()
    return frozenset(crc32(run.encode()) for run in runs)


def share_of(one: frozenset[int], other: frozenset[int]) -> float:
    """Part of all pieces of both that they share (Jaccard)."""
    return len(one & other) / len(one | other) if one or other else 1.0
