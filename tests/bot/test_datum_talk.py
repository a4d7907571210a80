"""What agencies asked the citizen: which of them a message answers, and who waits still."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue import step
from bot.effects import AddToPetition, Say
from bot.events import Said
from bot.known import Facts, PetitionFacts, Question
from bot.state import Awaiting, State
from bot.texts import Catalogue
from bot.turn import Turn

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/Mexico_City"))
WATER, GRANT = "JG-2026-00ABCD-7", "JG-2026-00WXYZ-2"
STREET = Question("SOAPA", "¿En qué calle es?", NOW - timedelta(hours=2))
SCHOOL = Question("IEEPO", "¿Cuál es la clave de la escuela?", NOW - timedelta(hours=1))
ASKED = State(is_welcomed=True, awaiting=Awaiting.DATUM, folio=GRANT, heard_at=NOW - timedelta(hours=3))


def petition(folio: str, question: Question | None, **known: Any) -> PetitionFacts:
    opened = NOW - timedelta(days=2)
    row = PetitionFacts(folio, "with_agency", opened, date(2026, 3, 17), is_in_triage=False, question=question)
    return replace(row, **known)


def hear(texts: Catalogue, *petitions: PetitionFacts, state: State = ASKED, **known: Any) -> Turn:
    return step(state, Said("20DPR0456K"), replace(Facts(NOW, petitions=petitions), **known), texts)


def says(turn: Turn) -> list[tuple[str, str | None]]:
    return [(effect.purpose, effect.folio) for effect in turn.effects if isinstance(effect, Say)]


def other(turn: Turn) -> str:
    return next(effect.text for effect in turn.effects if isinstance(effect, Say) and effect.purpose == "datum.other")


def added(turn: Turn) -> list[str]:
    return [effect.folio for effect in turn.effects if isinstance(effect, AddToPetition)]


def test_who_answers_one_agency_is_told_that_another_waits(texts: Catalogue) -> None:
    turn = hear(texts, petition(GRANT, SCHOOL), petition(WATER, STREET))
    assert (says(turn), added(turn)) == ([("datum.noted", GRANT), ("datum.other", WATER)], [GRANT])
    assert (turn.state.awaiting, turn.state.folio) == (Awaiting.DATUM, WATER)


def test_another_agency_of_the_same_petition_waits_too(texts: Catalogue) -> None:
    turn = hear(texts, petition(GRANT, SCHOOL, waiting=(STREET,)))
    assert (says(turn), turn.state.folio) == ([("datum.noted", GRANT), ("datum.other", GRANT)], GRANT)


def test_the_petition_that_waits_longest_is_named_with_the_agency_that_the_answer_will_reach(texts: Catalogue) -> None:
    """Within a petition an answer goes to who asked last (`take_answer`), so that one is asked for first."""
    third = replace(STREET, agency="CFE", told_at=NOW - timedelta(hours=9))
    turn = hear(texts, petition(GRANT, SCHOOL, waiting=(third,)), petition(WATER, STREET))
    assert "CFE" in other(turn)
    turn = hear(texts, petition(GRANT, SCHOOL, waiting=(STREET, third)))
    assert "SOAPA" in other(turn)


def test_nobody_is_named_who_was_answered_was_not_told_or_is_reserved(texts: Catalogue) -> None:
    for other in (
        petition(WATER, replace(STREET, is_open=False)),
        petition(WATER, replace(STREET, told_at=None)),
        petition(WATER, STREET, is_sensitive=True),
    ):
        assert says(hear(texts, petition(GRANT, SCHOOL), other)) == [("datum.noted", GRANT)]


def test_what_follows_before_the_other_question_was_read_goes_on_with_the_answer(texts: Catalogue) -> None:
    unsaid = (Say("datum.noted", "", folio=GRANT), Say("datum.other", "", folio=WATER))
    answered = petition(GRANT, replace(SCHOOL, is_open=False))
    at_once = replace(ASKED, folio=WATER, latest=GRANT, heard_at=NOW - timedelta(seconds=4))
    turn = hear(texts, answered, petition(WATER, STREET), state=at_once, unsaid=unsaid)
    assert (says(turn), added(turn)) == ([("datum.noted", GRANT), ("datum.other", WATER)], [GRANT])


def test_a_quoted_question_is_the_one_that_is_answered(texts: Catalogue) -> None:
    turn = hear(texts, petition(GRANT, SCHOOL), petition(WATER, STREET), quoted=WATER)
    assert (says(turn), added(turn)) == ([("datum.noted", WATER), ("datum.other", GRANT)], [WATER])


def test_the_rest_of_an_answer_is_no_answer_to_another_agency_of_the_petition(texts: Catalogue) -> None:
    """Nothing is asked before the thanks, and nothing twice."""
    unsaid = (Say("datum.noted", "", folio=GRANT), Say("datum.other", "", folio=GRANT))
    at_once = replace(ASKED, latest=GRANT, heard_at=NOW - timedelta(seconds=4))
    turn = hear(texts, petition(GRANT, STREET), state=at_once, unsaid=unsaid)
    assert says(turn) == [("datum.noted", GRANT), ("datum.other", GRANT)]
    assert AddToPetition(GRANT, goes_on=True) in turn.effects
    told = hear(texts, petition(GRANT, STREET), state=at_once)
    assert (says(told), AddToPetition(GRANT) in told.effects) == ([("datum.noted", GRANT)], True)


def test_a_question_that_was_answered_before_it_was_told_again_is_not(texts: Catalogue) -> None:
    unsaid = (Say("datum.noted", "", folio=GRANT), Say("datum.other", "", folio=WATER))
    at_once = replace(ASKED, folio=WATER, latest=GRANT, heard_at=NOW - timedelta(seconds=4))
    answered = petition(GRANT, replace(SCHOOL, is_open=False))
    turn = hear(texts, answered, petition(WATER, STREET), state=at_once, unsaid=unsaid, quoted=WATER)
    assert says(turn) == [("datum.noted", GRANT), ("datum.noted", WATER)]
