"""Which counts inside published groups are not told: small ones, and others with them, so that no sum gives them away.

Pure. Known to whoever reads: what is told, that a count is no larger than `received`, that totals are sums. With that a
small count must stay possible as any of `k` values at least (`_is_safe`); a test solves for them and finds no fewer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.transparency.cells import Cell

Agency = str | None


@dataclass(frozen=True)
class Told:
    """By cell, by agency and of the whole: None is what is not told."""

    cells: tuple[int | None, ...]
    agencies: Mapping[Agency, int | None]
    whole: int | None


@dataclass
class _Count:
    """One measure over the cells of a month. `caps`: what each count cannot exceed, as far as that is told; `pools`:
    what some of them cannot exceed together; `small`: which must not be found out, None: those under `k`."""

    values: Sequence[int]
    caps: Sequence[int]
    lowest: int
    k: int
    pools: Sequence[tuple[frozenset[int], int]] = ()
    small: frozenset[int] | None = None

    def is_small(self, number: int) -> bool:
        return 0 < self.values[number] < self.k if self.small is None else number in self.small

    def is_safe(self, hidden: set[int]) -> bool:
        """When only the sum of the hidden ones is known."""
        total = sum(self.values[n] for n in hidden)
        return all(self._width(n, hidden, total) >= self.k for n in hidden if self.is_small(n))

    def _width(self, number: int, hidden: set[int], total: int) -> int:
        """How many values it may have."""
        others = hidden - {number}
        low = max(self.lowest, total - self._cap(others))
        high = min(self._cap({number}), total - self.lowest * len(others))
        return high - low + 1

    def _cap(self, among: set[int]) -> int:
        """Of a pool that the whole measure before filled, each member that is not among them has one at least."""
        free = sum(self.caps[n] for n in among.difference(*(pool for pool, _ in self.pools)))
        parts = ((sum(self.caps[n] for n in pool & among), filled - len(pool - among)) for pool, filled in self.pools)
        return free + sum(min(part) for part in parts)

    def smallest(self, among: set[int]) -> int | None:
        """The one that is missed least; a count of 0 tells of nobody and hides nothing."""
        found = [n for n in among if self.values[n] > 0]
        return min(found, key=lambda n: (self.values[n], n)) if found else None


def conceal(cells: Sequence[Cell], k: int) -> tuple[Told, Told]:
    """Of `answered` and `in_time`. Where the first is not told the second is not told either: it is a part of it."""
    received = [cell.received for cell in cells]
    answered = _told(_Count([cell.answered for cell in cells], received, 1, k), cells, None)
    caps = [most if told is None else told for told, most in zip(answered.cells, received, strict=True)]
    pools = _pools(cells, answered)
    return answered, _told(_Count([cell.in_time for cell in cells], caps, 0, k, pools), cells, answered)


def conceal_column(values: Sequence[int], k: int) -> list[int | None]:
    """Of counts whose sum is told elsewhere. Where there are not enough to hide a small one among, none is told."""
    most = sum(values)
    count = _Count(values, [most] * len(values), 1, k)
    everything = set(range(len(values)))
    hidden = {number for number in everything if count.is_small(number)}
    if hidden and not _grow(count, hidden, everything):
        hidden = {number for number in everything if values[number]}
    return [None if number in hidden else value for number, value in enumerate(values)]


def conceal_parts(wholes: Sequence[int], parts: Sequence[int], k: int) -> list[int | None]:
    """Of counts each of which is a part of another that stands beside it by `conceal_column`: what is left of that is a
    count too. A part of what is not told is not told; one that is larger than its whole is of something else."""
    everything = {number for number, pair in enumerate(zip(wholes, parts, strict=True)) if any(pair)}
    small = {n for n in everything if 0 < parts[n] < k or 0 < wholes[n] - parts[n] < k}
    closed = {n for n, told in enumerate(conceal_column(wholes, k)) if told is None}
    most = sum(wholes[n] for n in closed)
    caps = [most if n in closed else max(pair) for n, pair in enumerate(zip(wholes, parts, strict=True))]
    count = _Count(parts, caps, 0, k, small=frozenset(small))
    hidden = closed | small
    if hidden and not _grow(count, hidden, everything):
        hidden = everything
    return [None if number in hidden else part for number, part in enumerate(parts)]


def _pools(cells: Sequence[Cell], told: Told) -> list[tuple[frozenset[int], int]]:
    """Of what is not told: the sets whose sum follows from what is."""
    hidden = [n for n, value in enumerate(told.cells) if value is None]
    sets = [{n for n in hidden if cells[n].agency == one} for one, total in told.agencies.items() if total is not None]
    if told.whole is not None:
        sets.append({n for n in hidden if told.agencies[cells[n].agency] is None})
    return [(frozenset(own), sum(cells[n].answered for n in own)) for own in sets if own]


def _told(count: _Count, cells: Sequence[Cell], before: Told | None) -> Told:
    inside: dict[Agency, set[int]] = defaultdict(set)
    for number, cell in enumerate(cells):
        inside[cell.agency].add(number)
    forced = {n for n in range(len(cells)) if before and before.cells[n] is None}
    hidden = forced | {n for n in range(len(cells)) if count.is_small(n)}
    closed = {agency for agency in inside if before and before.agencies[agency] is None}
    for agency, own in inside.items():
        if hidden & own and not _grow(count, hidden, own):
            closed.add(agency)
    is_closed = _close(count, hidden, closed, inside) or (before is not None and before.whole is None)
    return Told(
        tuple(None if n in hidden else count.values[n] for n in range(len(cells))),
        {agency: None if agency in closed else sum(count.values[n] for n in own) for agency, own in inside.items()},
        None if is_closed else sum(count.values),
    )


def _grow(count: _Count, hidden: set[int], own: set[int]) -> bool:
    """Hide further counts of the agency until its total gives none away; False when there are not enough."""
    while not count.is_safe(hidden & own):
        further = count.smallest(own - hidden)
        if further is None:
            return False
        hidden.add(further)
    return True


def _close(count: _Count, hidden: set[int], closed: set[Agency], inside: Mapping[Agency, set[int]]) -> bool:
    """Keep totals of further agencies back until the month's total gives none away; True: not even that is told.

    An agency whose total is kept back keeps a count back too, or its cells would add up to it.
    """
    while closed:
        pool = {n for agency in closed for n in inside[agency] & hidden}
        if count.is_safe(pool):
            return False
        rest = {n for agency, own in inside.items() if agency not in closed for n in own}
        further = count.smallest(rest)
        if further is None:
            return True
        hidden.add(further)
        closed.add(next(agency for agency, own in inside.items() if further in own))
    return False
