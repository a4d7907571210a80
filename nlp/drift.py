"""How far what comes now has moved from what came before: the population stability index. Pure.

PSI = Σ (now − before) · ln(now / before) over classes; below 0.1 no shift, from 0.25 a large one (Siddiqi 2006, ch. 9).
"""

from collections import Counter
from collections.abc import Iterable
from math import log

MOVED, MOVED_FAR = 0.1, 0.25
PSEUDO = 0.5  # added to each class's count: an empty class would give an infinite shift
CLASSES_MAX = 20  # the rarest classes together are one: many small ones would add up to a shift by chance alone


def stability(before: Iterable[str], now: Iterable[str]) -> float:
    """0 for the same shares of classes; at least one case is wanted on each side."""
    old, new = Counter(before), Counter(now)
    kept = [name for name, _ in (old + new).most_common(CLASSES_MAX)]
    classes = [(old[name], new[name]) for name in kept]
    classes.append((old.total() - sum(o for o, _ in classes), new.total() - sum(n for _, n in classes)))
    used = [(o, n) for o, n in classes if o or n]
    all_old, all_new = (sum(pair[side] + PSEUDO for pair in used) for side in (0, 1))
    shares = [((o + PSEUDO) / all_old, (n + PSEUDO) / all_new) for o, n in used]
    return sum((share_now - share_old) * log(share_now / share_old) for share_old, share_now in shares)


def tenth_of(share: float) -> str:
    """A class for a share in [0, 1]."""
    return f"{min(9, int(share * 10)) / 10:.1f}"
