"""What is published by the month: no group under k, nothing lost, and a solver that cannot find what is not told."""

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from intake.transparency.cells import OTHERS, Cell, Row, group, people
from intake.transparency.concealing import Told, conceal

K = 5
REGIONS = {"20001": "Sierra Norte", "20002": "Papaloapan", "20003": "Sierra Norte", "20385": "Valles Centrales"}
answers = st.sampled_from([(False, False), (True, False), (True, True)])
rows = st.lists(
    st.builds(
        lambda citizen, clave, agency, answer: Row(citizen, clave, agency, *answer),
        st.integers(1, 40),
        st.sampled_from([*REGIONS, None]),
        st.sampled_from(["SOAPA", "SEGO", "MUNICIPIO", None]),
        answers,
    ),
    max_size=90,
)


def _row(citizen: int, clave: str | None, agency: str = "SOAPA") -> Row:
    return Row(citizen, clave, agency, False, False)


def test_a_municipality_stands_alone_with_k_people_and_goes_to_its_region_with_fewer() -> None:
    found = group(
        [_row(n, "20385") for n in range(5)] + [_row(10 + n, "2000" + "13"[n % 2]) for n in range(5)], K, REGIONS
    )
    assert {(cell.clave, cell.region, cell.received) for cell in found} == {
        ("20385", "Valles Centrales", 5),
        (None, "Sierra Norte", 5),
    }


def test_petitions_of_one_person_are_one_person() -> None:
    assert group([_row(1, "20385") for _ in range(20)], K, REGIONS) == []


def test_a_rest_that_is_too_small_takes_the_smallest_group_with_it() -> None:
    towns = [_row(n, "20385") for n in range(9)] + [_row(20 + n, "20001") for n in range(6)] + [_row(40, "20002")]
    assert {(cell.clave, cell.received) for cell in group(towns, K, REGIONS)} == {("20385", 9), (None, 7)}


def test_agencies_that_few_had_to_do_with_are_told_together() -> None:
    few = [_row(n, "20385", "SEGO") for n in range(3)] + [_row(9 + n, "20385", "SOAPA") for n in range(4)]
    assert [(cell.agency, cell.received) for cell in group(few, K, REGIONS)] == [(OTHERS, 7)]


@given(rows)
def test_every_group_is_large_enough_and_nothing_is_counted_twice(told: list[Row]) -> None:
    found = group(told, K, REGIONS)
    assert all(cell.received >= K for cell in found)
    assert sum(cell.received for cell in found) == (len(told) if people(told) >= K else 0)
    assert max(Counter((cell.agency, cell.clave, cell.region) for cell in found).values(), default=1) == 1


counts = st.tuples(st.integers(5, 30), st.integers(0, 30), st.integers(0, 30)).map(
    lambda three: (three[0], min(three[0], three[1]), min(three[0], three[1], three[2]))
)
months = st.lists(st.tuples(st.sampled_from("ABC"), counts), min_size=1, max_size=9).map(
    lambda drawn: [Cell(agency, str(n), None, *three) for n, (agency, three) in enumerate(drawn)]
)


@settings(max_examples=60, deadline=None)
@given(months)
def test_nobody_can_solve_for_what_is_not_told(cells: list[Cell]) -> None:
    """Every small count of answers may be any of k values, by all sums and bounds that are published."""
    told = conceal(cells, K)
    size = len(cells)
    equal, sums = _equations(cells, told)
    part = np.hstack([-np.eye(size), np.eye(size)])  # answered in time is answered
    bounds = _bounds(cells, told)
    for measure, name in enumerate(("answered", "in_time")):
        for number, cell in enumerate(cells):
            if not 0 < getattr(cell, name) < K:
                continue
            assert told[measure].cells[number] is None
            goal = np.zeros(2 * size)
            goal[measure * size + number] = 1
            ends = [
                linprog(way * goal, part, np.zeros(size), equal or None, sums or None, bounds).fun * way
                for way in (1, -1)
            ]
            assert round(ends[1] - ends[0]) >= K - 1 - measure, (name, cell, ends)


def _equations(cells: list[Cell], told: tuple[Told, Told]) -> tuple[list[list[float]], list[int]]:
    size = len(cells)
    equal: list[list[float]] = []
    sums: list[int] = []
    for measure, one in enumerate(told):
        inside: dict[str | None, set[int]] = defaultdict(set)
        for number, cell in enumerate(cells):
            inside[cell.agency].add(number)
        known = [(inside[agency], total) for agency, total in one.agencies.items()] + [(set(range(size)), one.whole)]
        for members, total in known:
            if total is not None:
                equal.append([float(n - measure * size in members) for n in range(2 * size)])
                sums.append(total)
    return equal, sums


def _bounds(cells: list[Cell], told: tuple[Told, Told]) -> list[tuple[int, int]]:
    return [
        (one.cells[n], one.cells[n]) if one.cells[n] is not None else (1 - measure, cell.received)
        for measure, one in enumerate(told)
        for n, cell in enumerate(cells)
    ]  # type: ignore[misc]


@given(months)
def test_what_is_told_is_true(cells: list[Cell]) -> None:
    for one, name in zip(conceal(cells, K), ("answered", "in_time"), strict=True):
        values = [getattr(cell, name) for cell in cells]
        assert all(told in (None, value) for told, value in zip(one.cells, values, strict=True))
        assert one.whole in (None, sum(values))
        for agency, total in one.agencies.items():
            assert total in (None, sum(v for v, cell in zip(values, cells, strict=True) if cell.agency == agency))


def test_large_counts_are_all_told() -> None:
    cells = [Cell("A", "1", None, 30, 20, 10), Cell("B", "2", None, 12, 12, 0)]
    answered, in_time = conceal(cells, K)
    assert (answered.cells, answered.agencies, answered.whole) == ((20, 12), {"A": 20, "B": 12}, 32)
    assert (in_time.cells, in_time.whole) == ((10, 0), 10)
