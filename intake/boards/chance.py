"""What a share may be by chance. Pure."""

from math import sqrt

Z = 1.96  # of a 95 % interval


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's: between which shares the truth lies in 95 of 100 cases, also of few. `whole` > 0."""
    share, square = part / whole, Z * Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    wide = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - wide), min(1.0, middle + wide)
