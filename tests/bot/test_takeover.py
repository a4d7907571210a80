"""While a person of the office is in the conversation: everything is kept, only danger is answered."""

from dataclasses import replace

import pytest
from hypothesis import given

from bot.dialogue import step
from bot.effects import AddToPetition, Conclude, OpenPetition, Reopen, Say, SetPlace
from bot.events import PersonCame, PersonLeft, PersonWrote, Said
from bot.known import Facts
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.texts import Catalogue
from tests.bot.test_dialogue import FACTS, JUCHITAN, KNOWN, NEW, OLD, OTHER, SAID, STATES, facts, petition, purposes

TALKING = replace(KNOWN, latest=OLD, person_folio=OLD)
HELD = (petition(),)


def test_the_citizen_is_told_who_writes_and_when_the_program_goes_on(texts: Catalogue) -> None:
    came = step(KNOWN, PersonCame(OLD), facts(), texts)
    another = step(came.state, PersonCame(OLD, is_another=True), facts(), texts)
    wrote = step(another.state, PersonWrote(OLD, "Buenas tardes, soy Laura."), facts(), texts)
    left = step(wrote.state, PersonLeft(OLD), facts(), texts)
    assert [purposes(turn) for turn in (came, another, wrote, left)] == [
        ["takeover.begins"],
        ["takeover.changes"],
        ["takeover.says"],
        ["takeover.ends"],
    ]
    assert [effect.text for effect in wrote.effects if isinstance(effect, Say)] == ["Buenas tardes, soy Laura."]
    assert (came.state.person_folio, came.state.latest, left.state.person_folio) == (OLD, OLD, None)


def test_what_was_asked_before_two_people_talked_is_open_no_more(texts: Catalogue) -> None:
    asked = replace(TALKING.ask(Awaiting.MUNICIPALITY, OLD), person_folio=OLD)
    assert step(asked, PersonLeft(OLD), facts(), texts).state.awaiting is None


@pytest.mark.parametrize("kind", ["petition", "thanks", "status_query", "human", "cancel", "help", "privacy"])
def test_whatever_it_is_it_joins_the_petition_in_silence(texts: Catalogue, kind: str) -> None:
    turn = step(TALKING, Said("gracias, ¿cómo va?"), facts(kind, petitions=HELD, is_command=True), texts)
    assert turn.effects == (AddToPetition(OLD),)


def test_a_matter_told_when_none_is_open_is_a_petition_and_thanks_are_none(texts: Catalogue) -> None:
    closed = (petition(is_open=False),)
    told = step(TALKING, Said("no hay agua"), facts("petition", petitions=closed), texts)
    thanks = step(TALKING, Said("gracias"), facts("thanks", petitions=closed), texts)
    assert told.effects == (OpenPetition(NEW),)
    assert told.state.latest == NEW
    assert thanks.effects == (AddToPetition(OLD),)


def test_after_danger_messages_belong_to_it(texts: Catalogue) -> None:
    danger = step(TALKING, Said("me quiere matar"), facts(emergency="violencia", petitions=HELD), texts)
    assert purposes(danger) == ["emergency.violencia", "emergency.folio"]
    known = facts("info", petitions=(petition(NEW), *HELD))
    assert step(danger.state, Said("es la casa azul"), known, texts).effects == (AddToPetition(NEW, goes_on=True),)


def test_a_correction_and_a_folio_lead_to_their_own_petition(texts: Catalogue) -> None:
    held = (*HELD, petition(OTHER))
    edited = step(TALKING, Said("desde el lunes", is_edit=True), facts(petitions=held, edited_folio=OTHER), texts)
    assert edited.effects == (AddToPetition(OTHER, goes_on=True),)


def test_only_a_place_on_the_map_is_the_petitions(texts: Catalogue) -> None:
    pinned = step(TALKING, Said(has_location=True), facts(petitions=HELD, place=JUCHITAN), texts)
    named = step(TALKING, Said("fui a Juchitán"), facts(petitions=HELD, place=JUCHITAN), texts)
    assert pinned.effects == (AddToPetition(OLD), SetPlace(OLD, clave="20043"))
    assert named.effects == (AddToPetition(OLD),)


@pytest.mark.parametrize(("answer", "effect"), [("yes", Conclude(OLD)), ("no", Reopen(OLD))])
def test_a_pressed_button_does_what_it_says_without_a_word(texts: Catalogue, answer: str, effect: object) -> None:
    data = f"solved:{OLD}:{answer}"
    asked = replace(TALKING.ask(Awaiting.SOLVED, OLD, (Choice("Sí", data),)), person_folio=OLD)
    turn = step(asked, Said("Sí", button=data), facts(petitions=(petition(is_answered=True),)), texts)
    assert [one for one in turn.effects if one == effect] == [effect]
    assert purposes(turn) == []
    assert turn.state.awaiting is None


@given(state=STATES, said=SAID, known=FACTS)
def test_only_danger_is_answered_and_at_most_one_petition_is_opened(
    texts: Catalogue, state: State, said: Said, known: Facts
) -> None:
    turn = step(replace(state, person_folio=OLD), said, known, texts)
    assert bool(purposes(turn)) == bool(known.emergency)
    assert turn.state.person_folio == OLD
    assert sum(isinstance(effect, OpenPetition) for effect in turn.effects) <= 1
