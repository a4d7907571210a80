"""Counts that may name a person, for eyes that see figures alone; what a share may be by chance. Pure."""

from collections.abc import Sequence
from math import sqrt

Z = 1.96  # of a 95 % interval


def hide_small(counts: Sequence[int], k: int) -> list[int | None]:
    """None for 1 to under `k`. While they are fewer than `k` together the next larger goes too: a total, or a share,
    would give one alone away, and of two that are two together it would say that each is one."""
    hidden = {number for number, count in enumerate(counts) if 0 < count < k}
    others = [number for number, count in enumerate(counts) if count >= k]
    if hidden and others and sum(counts[number] for number in hidden) < k:
        hidden.add(min(others, key=lambda number: counts[number]))
    return [None if number in hidden else count for number, count in enumerate(counts)]


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's: between which shares the truth lies in 95 of 100 cases, also of few. `whole` > 0."""
    share, square = part / whole, Z * Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    wide = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - wide), min(1.0, middle + wide)
