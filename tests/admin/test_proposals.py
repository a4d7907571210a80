"""What is offered to an officer, the marks in the text, and the days that are left."""

from datetime import date

import pytest

from intake.clock import utc_now
from intake.jurisdiction import load_jurisdiction
from intake.settings import Settings
from intake.tables.mind import SuggestionRow
from intake.terms.steps import days_left
from intake.triage.proposals import Piece, mark, options_of, pieces_of

JURISDICTION = load_jurisdiction(Settings().jurisdiction_dir)


def _row(agency: str | None, *ranked: str) -> SuggestionRow:
    because = [{"start": 7, "end": 11, "text": "agua"}]
    ranking = [{"agency": key, "probability": 0.5, "because": because} for key in ranked]
    return SuggestionRow(ranking=ranking, agency=agency, rule="r", reason="x", trace=[], created_at=utc_now())


def test_the_rules_proposal_stands_before_the_ranking() -> None:
    options = options_of(JURISDICTION, _row("BUSQUEDA", "FISCALIA", "SSPC", "SEGO"))
    assert [option.agency.key for option in options] == ["BUSQUEDA", "FISCALIA", "SSPC"]
    assert [option.is_rules for option in options] == [True, False, False]
    assert options[0].probability is None


def test_an_agency_that_is_no_more_is_not_offered() -> None:
    assert [o.agency.key for o in options_of(JURISDICTION, _row("EXTINTA", "SOAPA"))] == ["SOAPA"]


def test_overlapping_reasons_are_cut_where_either_begins_or_ends() -> None:
    assert mark("abcdef", [[(1, 4)], [(2, 6)]]) == (
        Piece("a"),
        Piece("b", (1,)),
        Piece("cd", (1, 2)),
        Piece("ef", (2,)),
    )


def test_a_text_that_changed_meanwhile_is_not_marked() -> None:
    row = _row("SOAPA", "SOAPA")
    assert [piece.ranks for piece in pieces_of(JURISDICTION, "no hay agua", row)] == [(), (1,)]
    assert [piece.ranks for piece in pieces_of(JURISDICTION, "no hay luz en casa", row)] == [()]


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), 0),
        (date(2026, 11, 24), date(2026, 11, 25), 1),
        (date(2026, 11, 27), date(2026, 11, 30), 1),  # Friday to Monday
        (date(2026, 11, 13), date(2026, 11, 17), 1),  # over the third Monday of November
        (date(2026, 11, 25), date(2026, 11, 24), -1),
        (date(2026, 11, 28), date(2026, 11, 27), -1),  # on the Saturday after
    ],
)
def test_days_left_are_working_days(today: date, due: date, left: int) -> None:
    assert days_left(today, due, JURISDICTION.closed) == left
