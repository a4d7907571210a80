"""Petitions of a month put into groups that are large enough to be told. Pure.

Every group has `k` people at least, and every petition is in one group of its agency: totals are sums of what is
published, so there is no group that could be found by subtraction. Counts inside a group: `concealing`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

OTHERS = "-"  # agencies that too few people had to do with; the rest of the state


@dataclass(frozen=True)
class Row:
    """A petition at an agency. `agency` None: it was not referred; `clave` None: of no known municipality."""

    citizen_id: int
    clave: str | None
    agency: str | None
    is_answered: bool
    is_in_time: bool


@dataclass(frozen=True)
class Cell:
    """`clave`: one municipality; else `region`: its other municipalities; neither: the rest of the state."""

    agency: str | None
    clave: str | None
    region: str | None
    received: int
    answered: int
    in_time: int


Place = tuple[str | None, str | None]  # INEGI key, region
Groups = dict[Place, list[Row]]
Key = TypeVar("Key")


def group(rows: Sequence[Row], k: int, region_of: Mapping[str, str]) -> list[Cell]:
    """Nothing when all people of the month are fewer than `k`."""
    cells: list[Cell] = []
    for agency, own in _by_agency(rows, k).items():
        cells += [_cell(agency, place, inside) for place, inside in _by_place(own, k, region_of).items()]
    return sorted(cells, key=lambda cell: (cell.agency or "", cell.region or "~", cell.clave or "~"))


def people(rows: Sequence[Row]) -> int:
    """Five petitions of one person are one person."""
    return len({row.citizen_id for row in rows})


def _by_agency(rows: Sequence[Row], k: int) -> dict[str | None, list[Row]]:
    groups: dict[str | None, list[Row]] = _gathered(rows, lambda row: row.agency)
    return _merged(groups, k, OTHERS)


def _by_place(rows: Sequence[Row], k: int, region_of: Mapping[str, str]) -> Groups:
    """Municipalities first, what is left of each region, what is left of the state."""
    towns = _gathered(rows, lambda row: row.clave)
    large = {clave: own for clave, own in towns.items() if clave and people(own) >= k}
    found: Groups = {(clave, region_of.get(clave)): own for clave, own in large.items()}
    left = [row for clave, own in towns.items() if clave not in large for row in own]
    for region, own in _gathered(left, lambda row: region_of.get(row.clave or "")).items():
        found[None, region] = own
    return _merged(found, k, (None, None))


def _merged(groups: dict[Key, list[Row]], k: int, rest: Key) -> dict[Key, list[Row]]:
    """Small ones go together into `rest`; while that is small itself, the smallest of the others goes there too."""
    small = [key for key, own in groups.items() if people(own) < k or key == rest]
    kept = {key: own for key, own in groups.items() if key not in small}
    together = [row for key in small for row in groups[key]]
    while together and people(together) < k and kept:
        together += kept.pop(min(kept, key=lambda key: (people(kept[key]), str(key))))
    return kept | ({rest: together} if people(together) >= k else {})


def _gathered(rows: Sequence[Row], key_of: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key_of(row)].append(row)
    return dict(groups)


def _cell(agency: str | None, place: Place, rows: Sequence[Row]) -> Cell:
    answered, in_time = sum(row.is_answered for row in rows), sum(row.is_in_time for row in rows)
    return Cell(agency, *place, len(rows), answered, in_time)
