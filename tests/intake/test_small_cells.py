"""What eyes that see figures alone are told: no small count, and none that follows from the rest. Solved for by trying
every value, as whoever reads the page could."""

from collections.abc import Iterator, Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from intake.indicators.measures import Figure
from intake.indicators.report import Sizes, told_of
from intake.transparency.concealing import conceal_column, conceal_parts

K = 3
COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=4)
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), min_size=1, max_size=3)


def test_a_small_count_hides_with_others_so_that_no_total_gives_it_away() -> None:
    assert conceal_column([12, 3, 7, 0], 5) == [12, None, None, 0]
    assert conceal_column([12, 7], 5) == [12, 7]
    assert conceal_column([20, 9, 1, 1], 5) == [20, None, None, None]
    assert conceal_column([12, 3, 2], 5) == [None, None, None]  # 5 together: each would be one of four numbers
    assert conceal_column([3, 0], 5) == [None, 0]


def test_what_is_left_of_a_whole_is_a_count_too() -> None:
    assert conceal_parts([100, 60], [98, 30], 5) == [None, None]  # two of a hundred were left
    assert conceal_parts([100, 60, 40], [50, 30, 0], 5) == [50, 30, 0]
    assert conceal_parts([100, 20, 3], [50, 10, 1], 5)[2] is None


@given(COUNTS)
def test_no_sum_tells_a_small_count(counts: list[int]) -> None:
    told = conceal_column(counts, K)
    if _is_all_hidden(told, counts):
        return
    worlds = list(_worlds(told, [sum(counts)] * len(counts), sum(counts), 1))
    for place, count in enumerate(counts):
        if 0 < count < K:
            assert told[place] is None
            assert len({world[place] for world in worlds}) >= K


@given(PAIRS)
def test_no_difference_between_a_whole_and_its_part_tells_a_small_one(pairs: list[list[int]]) -> None:
    parts, wholes = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    told, of = conceal_parts(wholes, parts, K), conceal_column(wholes, K)
    assert all(part is None for part, whole in zip(told, of, strict=True) if whole is None)
    if _is_all_hidden(told, wholes):
        return
    unknown = sum(whole for whole, one in zip(wholes, of, strict=True) if one is None)
    caps = [unknown if one is None else one for one in of]
    worlds = list(_worlds(told, caps, sum(parts), 0))
    for place, (part, whole) in enumerate(zip(parts, wholes, strict=True)):
        if 0 < part < K or 0 < whole - part < K:
            assert told[place] is None
            assert len({world[place] for world in worlds}) >= K


def test_a_share_of_an_indicator_is_not_told_where_few_are_in_it_or_left_out_of_it() -> None:
    assert told_of(_figure(8, 20), 5) == Sizes(8, 20)
    assert told_of(_figure(2, 20), 5) == told_of(_figure(18, 20), 5) == Sizes(None, 20)
    assert told_of(_figure(2, 20), 5).share is None
    assert told_of(_figure(0, 4), 5) == Sizes(None, None)
    assert told_of(_figure(0, 20), 5).share == 0
    assert told_of(_figure(20, 20), 5).share == 1
    assert told_of(_figure(2, 20), 0) == Sizes(2, 20)


def _figure(part: int, whole: int) -> Figure:
    return Figure(frozenset(range(part)), frozenset(range(whole)))


def _is_all_hidden(told: Sequence[int | None], counts: Sequence[int]) -> bool:
    """Nothing of the column is told but noughts."""
    return all(one is None for one, count in zip(told, counts, strict=True) if count)


def _worlds(told: Sequence[int | None], caps: Sequence[int], total: int, lowest: int) -> Iterator[tuple[int, ...]]:
    """All columns that what is told leaves possible."""
    ranges = [range(lowest, cap + 1) if one is None else [one] for one, cap in zip(told, caps, strict=True)]
    return (world for world in product(*ranges) if sum(world) == total)
