"""In doubt whether a message is of an open petition or another problem: asked, kept apart, and never lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import step
from bot.effects import Hush, Join, OpenPetition, Repeat, Say, SetAside, SetPlace
from bot.events import Due, Reminder, Said
from bot.known import Facts, Patience, Told, Understood
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.texts import Catalogue
from bot.turn import Turn
from tests.bot.test_dialogue import (
    DUE,
    FACTS,
    HELD,
    JUCHITAN,
    KNOWN,
    NEW,
    NOW,
    OLD,
    OTHER,
    SAID,
    facts,
    petition,
    purposes,
)

APART = Told(OTHER, NOW, DUE, text="se cayó otra barda", read=Understood(agency="CABIEN", place=JUCHITAN))
CHOICES = (Choice("Es de lo mismo", f"same:{OLD}:yes"), Choice("Es otro problema", f"same:{OLD}:no"))
ASKED = replace(KNOWN.ask(Awaiting.SAME, OLD, CHOICES), set_aside=OLD, heard_at=NOW - timedelta(minutes=2))
PLACED = (petition(is_placed=True),)
DOUBTED = facts(petitions=PLACED, alike=OLD)


def held(**known: object) -> Facts:
    return facts(petitions=PLACED, set_aside=APART, **known)


def test_in_doubt_it_is_asked_and_no_folio_is_given(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("también se cayó la otra barda"), DOUBTED, texts)
    assert purposes(turn) == ["ask.same"]
    assert SetAside() in turn.effects
    assert (turn.state.awaiting, turn.state.set_aside, turn.state.offered) == (Awaiting.SAME, OLD, CHOICES)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (Said("ahora es otro problema, se cayó la otra barda"), DOUBTED),
        (Said("también se cayó la otra barda"), replace(DOUBTED, petitions=(petition(is_sensitive=True),))),
        (Said("también se cayó la otra barda"), replace(DOUBTED, alike=None)),
    ],
)
def test_what_says_itself_that_it_is_another_is_not_asked_about(texts: Catalogue, said: Said, known: Facts) -> None:
    assert "petition.received" in purposes(step(KNOWN, said, known, texts))


def test_danger_is_never_asked_about_and_what_is_apart_stays(texts: Catalogue) -> None:
    turn = step(ASKED, Said("se quema la casa"), held(emergency="incendio", alike=OLD), texts)
    assert purposes(turn)[0] == "emergency.incendio"
    assert "ask.same" not in purposes(turn)
    assert turn.state.set_aside == OLD


@pytest.mark.parametrize(
    "said",
    [Said("1"), Said("es de lo mismo"), Said("sí, es lo mismo"), Said(button=f"same:{OLD}:yes")],
)
def test_of_the_same_it_joins_the_petition(texts: Catalogue, said: Said) -> None:
    turn = step(ASKED, said, held(kind="correction"), texts)
    assert turn.effects[0] == Join(OLD)
    assert purposes(turn) == ["petition.added"]
    assert (turn.state.set_aside, turn.state.awaiting, turn.state.latest) == (None, None, OLD)


@pytest.mark.parametrize(
    "said",
    [Said("2"), Said("es otro"), Said("no es lo mismo"), Said("no"), Said(button=f"same:{OLD}:no")],
)
def test_another_problem_has_its_own_folio(texts: Catalogue, said: Said) -> None:
    turn = step(ASKED, said, held(kind="info"), texts)
    assert turn.effects[0] == OpenPetition(OTHER, place=JUCHITAN.clave, is_set_aside=True)
    assert purposes(turn) == ["petition.received"]
    assert (turn.state.set_aside, turn.state.latest) == (None, OTHER)


def test_words_beside_the_answer_are_kept(texts: Catalogue) -> None:
    turn = step(ASKED, Said("es otro, el de la esquina"), held(kind="info"), texts)
    assert turn.effects[0] == SetAside(is_more=True)


def test_the_button_is_good_although_another_question_came_between(texts: Catalogue) -> None:
    between = ASKED.settle().ask(Awaiting.SOLVED, NEW)
    assert Join(OLD) in step(between, Said(button=f"same:{OLD}:yes"), held(), texts).effects


def test_the_place_of_what_joins_is_the_petitions_when_it_has_none(texts: Catalogue) -> None:
    known = replace(held(), petitions=HELD)
    assert SetPlace(OLD, clave=JUCHITAN.clave) in step(ASKED, Said("1"), known, texts).effects


def test_what_is_written_before_the_question_could_be_read_goes_with_it(texts: Catalogue) -> None:
    patient = facts(petitions=PLACED, alike=OLD, patience=Patience(timedelta(seconds=20)))
    first = step(KNOWN, Said("también se cayó la otra barda"), patient, texts)
    (waits,) = [effect for effect in first.effects if isinstance(effect, Say)]
    second = step(first.state, Said("no"), held(kind="no", unsaid=(waits,)), texts)
    assert SetAside(is_more=True) in second.effects
    assert purposes(second) == ["ask.same"]


def test_who_speaks_of_something_else_has_both_answered(texts: Catalogue) -> None:
    turn = step(ASKED, Said("ayuda"), held(kind="help", is_command=True), texts)
    assert purposes(turn) == ["petition.received", "help"]


def test_without_an_answer_it_is_a_petition_in_the_end(texts: Catalogue) -> None:
    turn = step(ASKED, Due(Reminder.SET_ASIDE, OLD), held(), texts)
    assert purposes(turn) == ["petition.received"]
    assert turn.state.set_aside is None


@pytest.mark.parametrize("state", [replace(ASKED, person_folio=OLD), replace(ASKED, is_unsafe=True)])
def test_then_nothing_is_said_where_a_person_writes_or_others_read(texts: Catalogue, state: State) -> None:
    turn = step(state, Due(Reminder.SET_ASIDE, OLD), held(), texts)
    assert purposes(turn) == []
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


def test_an_answer_to_another_question_is_not_taken_for_one(texts: Catalogue) -> None:
    between = ASKED.settle().ask(Awaiting.SOLVED, NEW)
    turn = step(between, Due(Reminder.SET_ASIDE, OLD), held(), texts)
    assert (turn.state.awaiting, turn.state.folio) == (Awaiting.SOLVED, NEW)


def test_what_is_said_again_is_told_how_it_goes(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("no hay agua en la colonia"), facts(petitions=PLACED, repeated=OLD), texts)
    assert purposes(turn) == ["petition.repeated"]
    assert Repeat(OLD) in turn.effects
    again = step(turn.state, Said("es otro problema"), held(kind="info"), texts)
    assert again.effects[0] == OpenPetition(OTHER, place=JUCHITAN.clave, is_set_aside=True)


def test_a_question_that_is_open_stays_open_when_the_matter_is_repeated(texts: Catalogue) -> None:
    asked = KNOWN.ask(Awaiting.MUNICIPALITY, OLD)
    turn = step(asked, Said("no hay agua en toda la colonia"), facts(petitions=HELD, repeated=OLD), texts)
    assert purposes(turn) == ["petition.repeated"]
    assert turn.state.awaiting == Awaiting.MUNICIPALITY


# --- laws

BESIDE = st.builds(
    lambda known, alike, repeated, is_of_it: replace(
        known, set_aside=APART, alike=alike, repeated=repeated, is_of_it=is_of_it
    ),
    FACTS,
    st.sampled_from([None, OLD]),
    st.sampled_from([None, None, OLD]),
    st.booleans(),
)
STATES = st.builds(
    lambda awaiting, heard: replace(
        KNOWN.ask(awaiting, OLD, CHOICES if awaiting == Awaiting.SAME else ()), set_aside=OLD, heard_at=heard
    ),
    st.sampled_from([*Awaiting]),
    st.sampled_from([None, NOW - timedelta(seconds=5), NOW - timedelta(hours=2)]),
)
BUTTONS = st.sampled_from([None, None, f"same:{OLD}:yes", f"same:{OLD}:no", f"same:{NEW}:yes", "same:x"])


@given(state=STATES, said=SAID, button=BUTTONS, known=BESIDE)
def test_what_is_kept_apart_is_never_lost_and_acknowledged_once(
    texts: Catalogue, state: State, said: Said, button: str | None, known: Facts
) -> None:
    turn = step(state, replace(said, button=button or said.button), known, texts)
    assert purposes(turn) or Hush() in turn.effects
    assert turn.state.set_aside or _is_settled(turn)
    opened = [effect.folio for effect in turn.effects if isinstance(effect, OpenPetition)]
    assert len(opened) == len(set(opened)) <= 2
    told = [e.folio for e in turn.effects if isinstance(e, Say) and e.purpose == "petition.received"]
    assert told == [folio for folio in opened if folio in told]
    assert (OTHER in opened) == (OTHER in told)


def _is_settled(turn: Turn) -> bool:
    return any(
        isinstance(effect, Join) or (isinstance(effect, OpenPetition) and effect.is_set_aside)
        for effect in turn.effects
    )
