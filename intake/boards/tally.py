"""What one petition, or one referral, adds to the boards' counts: figure, key. Pure.

A number and the rows behind it come of the same lines: a row stands behind a number when it adds to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from operator import itemgetter

from intake.indicators.measures import TAKEN, Case, Ledger, Parameters, Turn, answer_known_at, is_counted

Addition = tuple[str, str]
RULES = 2  # one more whenever a line here counts otherwise: every day is counted anew
WHOLE, NOWHERE, UNNAMED = "", "-", "-"
HOPS_MOST, DAYS_MOST, LISTED = 4, 60, 3  # more are counted with the last
KEY_MAX = 60
AGENCY_CELLS = ("issued", "accepted_in_time", "replied", "replied_in_time", "returned")
FUNNEL = ("received", "classified", "referred", "taken", "replied", "told")
MARKS = ("good", "fair", "bad")
FIGURES = (
    *FUNNEL,
    *(f"agency.{name}" for name in AGENCY_CELLS),
    *(f"rated.{mark}" for mark in MARKS),
    *"town.received town.told came sent solved reopened hops right_agency suggested".split(),
    *"asked rated language interpreter".split(),
)


@dataclass(frozen=True)
class Route:
    """How a matter came to the agency that took it: the how manieth referral that was, and when it was issued."""

    hops: int
    issued_at: datetime


@dataclass(frozen=True)
class Facts:
    """Of a petition, beside its case. `mark`: what the citizen said, None when not (yet); `language`: None: no
    interpreter was asked for, empty: which one is not known. `places`: of each decided matter the place of the agency
    in the suggestion, 0: not in it, None: nothing was suggested."""

    channel: str
    is_solved: bool | None
    is_rated: bool
    mark: str | None
    language: str | None
    interpreter: str | None
    routes: tuple[Route, ...]
    places: tuple[int | None, ...]


def add_case(case: Case, facts: Facts, ledger: Ledger, parameters: Parameters) -> Iterator[Addition]:
    """Of a petition, on the day on which it was received. A figure of matters has one for each of them."""
    if not is_counted(case.subject, parameters):
        return
    is_told = answer_known_at(case, parameters) is not None
    town = case.municipality or NOWHERE
    yield from ((stage, WHOLE) for stage in _stages(case, is_told=is_told))
    yield "town.received", town
    yield "came", facts.channel
    if is_told:
        yield "town.told", town
        yield "solved", {True: "yes", False: "no", None: "unsaid"}[facts.is_solved]
        if case.was_reopened:
            yield "reopened", WHOLE
    yield from _of_routes(facts, case, ledger)
    yield from (("suggested", _place(place)) for place in facts.places)
    yield from _of_rating(facts, case)
    if facts.language is not None:
        yield "language", facts.language[:KEY_MAX] or UNNAMED
        yield "interpreter", facts.interpreter or UNNAMED


def add_turn(turn: Turn, ledger: Ledger, parameters: Parameters) -> Iterator[Addition]:
    """Of a referral, on the day on which it was issued."""
    cells = {
        "issued": True,
        "accepted_in_time": ledger.is_within(turn.issued_at, turn.taken_at, parameters.accepted_within_days),
        "replied": turn.answered_at is not None,
        "replied_in_time": turn.answered_at is not None and ledger.day(turn.answered_at) <= turn.due_on,
        "returned": turn.state == "returned",
    }
    yield from ((f"agency.{name}", turn.agency) for name, holds in cells.items() if holds)


def _stages(case: Case, *, is_told: bool) -> Iterator[str]:
    """None without the one before: of a petition that was parted all matters are decided before it is referred. Told
    is also who was oriented, without a referral."""
    yield "received"
    further = (
        ("classified", case.classified_at is not None),
        ("referred", bool(case.turns)),
        ("taken", any(turn.state in TAKEN for turn in case.turns)),
        ("replied", any(turn.state == "answered" for turn in case.turns)),
    )
    yield from (stage for stage, _ in takewhile(itemgetter(1), further))
    if is_told:
        yield "told"


def _of_routes(facts: Facts, case: Case, ledger: Ledger) -> Iterator[Addition]:
    for route in facts.routes:
        days = (ledger.day(route.issued_at) - ledger.day(case.opened_at)).days
        yield "hops", str(min(route.hops, HOPS_MOST))
        yield "right_agency", str(max(0, min(days, DAYS_MOST)))


def _of_rating(facts: Facts, case: Case) -> Iterator[Addition]:
    if not facts.is_rated:
        return
    yield "asked", WHOLE
    if facts.mark:
        yield "rated", facts.mark
        for agency in sorted({turn.agency for turn in case.turns if turn.state in TAKEN}):
            yield f"rated.{facts.mark}", agency


def _place(place: int | None) -> str:
    if place is None:
        return "none"
    return "first" if place == 1 else "listed" if 1 < place <= LISTED else "other"
