"""Who writes: not to be known, a child, somebody who sends identity papers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.anonymity_talk import TAKEN_BACK, WISH
from bot.choices import plain
from bot.dialogue import step
from bot.effects import AddToPetition, CallPerson, HideIdentity, MarkMinor, OpenPetition, RestrictFiles, ShowIdentity
from bot.events import PersonCame, Said
from bot.minor_talk import CHILD
from bot.state import Awaiting, State, state_from_json, state_to_json
from bot.texts import Catalogue
from tests.bot.test_dialogue import KNOWN, NEW, NOW, OLD, facts, others, petition, purposes

TOLD = "el director cobra la inscripción y nadie dice nada en la escuela de mi pueblo"


@pytest.mark.parametrize(
    "words",
    [
        "no quiero dar mi nombre",
        "que no sepan quién soy",
        "¿se puede reportar sin dar mi nombre?",
        "quiero hacer una denuncia anónima contra el director",
        "ANÓNIMA",
        "que nadie sepa que fui yo",
        "guarden mi identidad",
        "no den mi nombre, hay represalias",
        "no quisiera que supieran quien soy",
        "que no salga mi nombre",
    ],
)
def test_the_wish_not_to_be_known_is_heard(words: str) -> None:
    assert WISH.search(plain(words))
    assert not TAKEN_BACK.search(plain(words))


@pytest.mark.parametrize(
    "words",
    [
        "recibí una llamada anónima",
        "alcohólicos anónimos no tiene local",
        "no sale mi nombre en la lista de la beca",
        "no aparece mi nombre en el padrón",
        "mi nombre está mal en el acta",
    ],
)
def test_a_name_that_the_matter_is_about_is_no_wish(words: str) -> None:
    assert not WISH.search(plain(words))


@pytest.mark.parametrize(
    "words",
    [
        "hola tengo 13 años y en mi secundaria no hay baños",
        "soy de segundo de secundaria",
        "voy en 2do de secundaria y el maestro nos pega",
        "Tengo quince años.",
        "soy menor de edad",
        "estudio la telesecundaria",
        "tengo 12 años y no me dejan entrar",
    ],
)
def test_a_child_is_recognised(words: str) -> None:
    assert CHILD.search(plain(words))


@pytest.mark.parametrize(
    "words",
    [
        "tengo 13 años viviendo aquí",
        "tengo 15 años sin agua",
        "mi hijo tiene 13 años",
        "tengo 10 años y no me resuelven",
        "tengo 12 años de maestra",
        "soy maestra de secundaria",
        "soy papá de una alumna de la secundaria",
        "tengo 65 años y vivo sola",
        "estoy en la secundaria abierta",
    ],
)
def test_years_of_something_else_are_no_age(words: str) -> None:
    assert not CHILD.search(plain(words))


def test_a_wish_ahead_holds_for_what_is_told_the_same_day(texts: Catalogue) -> None:
    asked = step(KNOWN, Said("no quiero dar mi nombre"), facts("no"), texts)
    assert purposes(asked) == ["anonymous.ahead"]
    told = step(asked.state, Said(TOLD), facts(), texts)
    assert others(told) == [OpenPetition(NEW), HideIdentity(NEW)]
    assert purposes(told) == ["petition.received", "anonymous.noted", "ask.municipality"]
    later = replace(asked.state, anonymous_since=NOW - timedelta(hours=25))
    assert others(step(later, Said(TOLD), facts(), texts)) == [OpenPetition(NEW)]


def test_the_petition_at_hand_is_hidden_and_shown_again(texts: Catalogue) -> None:
    state, own = replace(KNOWN, latest=OLD), (petition(),)
    hidden = step(state, Said("que no sepan quien soy"), facts(petitions=own), texts)
    assert others(hidden) == [HideIdentity(OLD)]
    shown = step(hidden.state, Said("ya pueden dar mi nombre"), facts(petitions=own), texts)
    assert others(shown) == [ShowIdentity(OLD)]
    assert shown.state.anonymous_since is None


def test_an_open_question_stays_open_beside_the_wish(texts: Catalogue) -> None:
    state = replace(KNOWN, latest=OLD).ask(Awaiting.MUNICIPALITY, OLD)
    turn = step(state, Said("sin dar mi nombre"), facts("no", petitions=(petition(),)), texts)
    assert turn.state.awaiting == Awaiting.MUNICIPALITY


def test_danger_comes_first_and_who_writes_is_noted_without_a_word(texts: Catalogue) -> None:
    said = Said("tengo 12 años y me están pegando, no digan mi nombre")
    turn = step(KNOWN, said, facts(emergency="violencia", has_identity=True), texts)
    assert purposes(turn) == ["emergency.violencia", "emergency.folio", "ask.safe"]
    assert {HideIdentity(NEW), MarkMinor(NEW), CallPerson(NEW, "minor")} <= set(others(turn))


def test_a_child_is_asked_one_thing_and_nothing_personal(texts: Catalogue) -> None:
    turn = step(KNOWN, Said(f"tengo 13 años y {TOLD}"), facts(), texts)
    assert purposes(turn) == ["petition.received", "ask.guardian"]
    assert turn.state.awaiting == Awaiting.GUARDIAN
    own = (petition(NEW, is_minor=True),)
    alone = step(turn.state, Said("no"), facts("no", petitions=own), texts)
    assert others(alone) == [CallPerson(NEW, "minor_alone")]
    assert purposes(alone) == ["guardian.no"]
    told = step(turn.state, Said("mi abuelita sabe"), facts("info", petitions=own), texts)
    assert others(told) == [AddToPetition(NEW)]
    assert purposes(told) == ["guardian.noted"]


def test_a_child_who_only_says_so_is_invited(texts: Catalogue) -> None:
    assert purposes(step(KNOWN, Said("hola, soy menor de edad"), facts("greeting"), texts)) == ["minor.welcome"]


def test_papers_are_covered_and_said_not_to_be_needed_once_a_day(texts: Catalogue) -> None:
    state, own = replace(KNOWN, latest=OLD, heard_at=NOW), (petition(),)
    known = facts("info", petitions=own, shows_papers=True)
    first = step(state, Said("mi INE", has_files=True), known, texts)
    assert others(first) == [AddToPetition(OLD), RestrictFiles()]
    assert purposes(first) == ["petition.added", "privacy.not_needed"]
    again = step(first.state, Said("mi INE por atrás", has_files=True), known, texts)
    assert others(again) == [AddToPetition(OLD), RestrictFiles()]
    assert purposes(again) == ["petition.added"]


def test_in_a_talk_with_a_person_all_is_noted_and_nothing_said(texts: Catalogue) -> None:
    state = step(KNOWN, PersonCame(OLD), facts(), texts).state
    turn = step(state, Said("no digan mi nombre, tengo 13 años"), facts(petitions=(petition(),)), texts)
    assert purposes(turn) == []
    assert {HideIdentity(OLD), MarkMinor(OLD)} <= set(others(turn))


def test_what_was_said_of_oneself_outlives_the_row(texts: Catalogue) -> None:
    state = State(anonymous_since=NOW, minor_since=NOW, papers_told_at=NOW)
    assert state_from_json(state_to_json(state)) == state
