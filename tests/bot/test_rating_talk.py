"""One question about how the person was attended, and a comment if they like."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue import step
from bot.effects import AskRating, Comment, OpenPetition, Rate
from bot.events import Said
from bot.known import PetitionFacts, Survey
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.texts import Catalogue
from tests.bot.test_dialogue import DONE, KNOWN, NOW, OLD, facts, petition, purposes

SOLVED = KNOWN.ask(Awaiting.SOLVED, OLD, (Choice("Sí", f"solved:{OLD}:yes"), Choice("No", f"solved:{OLD}:no")))
MARKS = tuple(Choice(label, f"rate:{OLD}:{mark}") for label, mark in (("Buena", "good"), ("Mala", "bad")))
RATING = replace(KNOWN.ask(Awaiting.RATING, OLD, MARKS), heard_at=NOW - timedelta(minutes=1))
COMMENT = replace(KNOWN.ask(Awaiting.COMMENT, OLD), heard_at=NOW - timedelta(minutes=1))
OVER = petition(is_open=False, is_in_triage=False, survey=Survey.ASKED)


@pytest.mark.parametrize(
    ("state", "known"),
    [
        (replace(SOLVED, is_muted=True), DONE[0]),
        (replace(SOLVED, is_unsafe=True), DONE[0]),
        (SOLVED, replace(DONE[0], is_sensitive=True)),
        (SOLVED, replace(DONE[0], survey=Survey.ASKED)),
        (SOLVED, replace(DONE[0], survey=Survey.ANSWERED)),
    ],
)
def test_it_is_not_asked(texts: Catalogue, state: State, known: PetitionFacts) -> None:
    turn = step(state, Said("1"), facts(petitions=(known,)), texts)
    assert purposes(turn) == ["solved.yes"]
    assert AskRating(OLD) not in turn.effects


@pytest.mark.parametrize(
    ("words", "kind", "mark"),
    [
        ("1", "info", "good"),
        ("muy bien", "thanks", "good"),
        ("pues más o menos", "status_query", "fair"),
        ("ni bien ni mal", "no", "fair"),
        ("pésima", "complaint_no_answer", "bad"),
    ],
)
def test_it_is_answered_in_ones_own_words(texts: Catalogue, words: str, kind: str, mark: str) -> None:
    turn = step(RATING, Said(words), facts(kind, petitions=(OVER,)), texts)
    assert turn.effects[0] == Rate(OLD, mark)
    assert (purposes(turn), turn.state.awaiting) == (["rating.noted"], Awaiting.COMMENT)


@pytest.mark.parametrize("words", ["no muy bien", "bien feo que está el camino", "gracias"])
def test_other_words_are_no_answer(texts: Catalogue, words: str) -> None:
    turn = step(RATING, Said(words), facts("info", petitions=(OVER,)), texts)
    assert not any(isinstance(effect, Rate) for effect in turn.effects)


@pytest.mark.parametrize(("survey", "is_good"), [(Survey.ASKED, True), (Survey.ANSWERED, False), (None, False)])
def test_its_button_is_good_until_it_was_answered(texts: Catalogue, survey: Survey | None, is_good: bool) -> None:
    known = facts(petitions=(replace(OVER, survey=survey),))
    turn = step(KNOWN, Said(button=f"rate:{OLD}:bad"), known, texts)
    assert (Rate(OLD, "bad") in turn.effects) == is_good
    assert purposes(turn) == ["rating.noted" if is_good else "button.old"]


def test_what_follows_is_a_comment(texts: Catalogue) -> None:
    said = Said("nadie contestaba el teléfono pero sí vinieron")
    turn = step(COMMENT, said, facts("complaint_no_answer", petitions=(OVER,)), texts)
    assert turn.effects[0] == Comment(OLD)
    assert (purposes(turn), turn.state.awaiting) == (["rating.commented"], None)


@pytest.mark.parametrize(
    ("text", "agency"),
    [("falta el maestro de quinto", "IEEPO"), ("otra vez se tira el agua", "SOAPA"), ("ya volvió a fallar", None)],
)
def test_another_matter_is_none(texts: Catalogue, text: str, agency: str | None) -> None:
    own = (replace(OVER, agency="SOAPA"),)
    turn = step(COMMENT, Said(text), facts(understood=agency, petitions=own), texts)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


def test_nor_what_is_written_hours_later(texts: Catalogue) -> None:
    late = replace(COMMENT, heard_at=NOW - timedelta(hours=3))
    turn = step(late, Said("se volvió a tirar el agua"), facts(petitions=(OVER,)), texts)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


def test_alto_ends_it(texts: Catalogue) -> None:
    turn = step(RATING, Said("ALTO"), facts("cancel", is_command=True, petitions=(OVER,)), texts)
    assert (purposes(turn), turn.state.awaiting, turn.state.is_muted) == (["stopped"], None, True)
