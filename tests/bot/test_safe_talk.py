"""Whether it is safe to write, and whether it is safe to read now: what is asked, and what a «no» stops."""

from dataclasses import replace

import pytest

from bot.dialogue import step
from bot.effects import AddToPetition, CallPerson, Hush, ReadOut, Reserve
from bot.events import Answered, Guided, Referred, Said
from bot.state import Awaiting, State
from bot.texts import Catalogue
from tests.bot.test_dialogue import DUE, KNOWN, NEW, OLD, facts, others, petition, purposes, words

UNSAFE = replace(KNOWN, is_unsafe=True)
RESERVED = (petition(word="answered", is_answered=True, is_sensitive=True, has_reserved=True),)
ANSWER = Answered(OLD, "Mujeres", "La esperamos mañana en el módulo.", is_sensitive=True)
HUSHED = [AddToPetition(NEW), Hush(), CallPerson(NEW, "unsafe")]


def in_danger(texts: Catalogue) -> State:
    return step(KNOWN, Said("me está pegando"), facts(emergency="violencia"), texts).state


@pytest.mark.parametrize(
    "said",
    [
        Said("no"),
        Said("2"),
        Said(button=f"safe:{NEW}:no"),
        Said("no, él revisa mi celular"),
        Said("mejor no porque a veces él me quita el celular y lee los mensajes cuando llega"),
    ],
)
def test_a_no_is_met_with_silence_and_a_person(texts: Catalogue, said: Said) -> None:
    turn = step(in_danger(texts), said, facts("no", petitions=(petition(NEW),)), texts)
    assert (purposes(turn), others(turn)) == ([], HUSHED)
    assert (turn.state.is_unsafe, turn.state.awaiting) == (True, None)


def test_a_no_before_the_welcome_leaves_the_privacy_notice_to_be_shown(texts: Catalogue) -> None:
    danger = step(State(), Said("me está pegando"), facts(emergency="violencia"), texts).state
    assert step(danger, Said("no"), facts("no", petitions=(petition(NEW),)), texts).state.is_welcomed is False


def test_the_question_stays_open_through_the_gasps_of_one_emergency(texts: Catalogue) -> None:
    held = (petition(NEW),)
    second = step(in_danger(texts), Said("trae cuchillo"), facts(emergency="violencia", petitions=held), texts)
    assert "ask.safe" not in purposes(second)
    assert others(step(second.state, Said("no"), facts("no", petitions=held), texts)) == HUSHED


def test_a_yes_goes_on_as_before(texts: Catalogue) -> None:
    turn = step(in_danger(texts), Said("sí"), facts("yes", petitions=(petition(NEW),)), texts)
    assert (purposes(turn), turn.state.is_unsafe) == (["safe.yes"], False)


def test_danger_is_answered_also_where_it_is_not_safe_and_nothing_is_asked(texts: Catalogue) -> None:
    turn = step(UNSAFE, Said("auxilio"), facts(emergency="violencia"), texts)
    assert purposes(turn) == ["emergency.violencia", "emergency.folio"]
    assert turn.state.is_unsafe


def test_it_is_said_at_any_time_that_it_is_safe_again_or_no_more(texts: Catalogue) -> None:
    again = step(UNSAFE, Said("Ya es seguro"), facts(), texts)
    assert (purposes(again), again.state.is_unsafe) == (["safe.yes"], False)
    no_more = step(replace(KNOWN, latest=NEW), Said("no es seguro"), facts(), texts)
    assert others(no_more) == HUSHED


def test_who_is_not_safe_is_sent_nothing_unasked(texts: Catalogue) -> None:
    assert step(UNSAFE, Referred(OLD, "SINFRA", DUE), facts(), texts).effects == ()
    for event in (ANSWER, Answered(OLD, "SINFRA", "Ya quedó."), Guided(OLD, "Acuda al módulo.")):
        turn = step(UNSAFE, event, facts(), texts)
        said = [effect for effect in turn.effects if not isinstance(effect, Reserve | CallPerson)]
        assert all(getattr(effect, "is_withheld", False) for effect in said)
        assert CallPerson(OLD, "unsafe") in turn.effects


def test_a_reserved_answer_is_announced_without_a_word_of_it(texts: Catalogue) -> None:
    turn = step(KNOWN, ANSWER, facts(), texts)
    assert purposes(turn) == ["notice.ready"]
    assert not any(word in words(turn) for word in ("Mujeres", "módulo"))
    reserved = next(effect.say for effect in turn.effects if isinstance(effect, Reserve))
    assert (reserved.purpose, "módulo" in reserved.text) == ("notice.answered", True)


@pytest.mark.parametrize("said", [Said("sí"), Said("1"), Said(button=f"read:{OLD}:yes")])
def test_it_is_read_out_after_a_yes(texts: Catalogue, said: Said) -> None:
    turn = step(step(KNOWN, ANSWER, facts(), texts).state, said, facts("yes", petitions=RESERVED), texts)
    assert (others(turn), purposes(turn)) == ([ReadOut(OLD)], ["ask.solved"])


def test_it_can_wait_and_is_offered_to_who_asks_how_it_goes(texts: Catalogue) -> None:
    announced = step(KNOWN, ANSWER, facts(), texts).state
    later = step(announced, Said("ahora no"), facts("no", petitions=RESERVED), texts)
    assert (purposes(later), others(later)) == (["reading.later"], [])
    asked = step(later.state, Said("estado"), facts("status_query", petitions=RESERVED), texts)
    assert purposes(asked) == ["status.detail", "ask.reading"]
    assert asked.state.awaiting == Awaiting.READING


def test_the_button_of_an_earlier_notice_is_good_only_for_what_is_reserved(texts: Catalogue) -> None:
    pressed = Said(button=f"read:{OLD}:yes")
    assert others(step(KNOWN, pressed, facts(petitions=RESERVED), texts)) == [ReadOut(OLD)]
    assert purposes(step(KNOWN, pressed, facts(petitions=(petition(),)), texts)) == ["button.old"]
    assert purposes(step(KNOWN, pressed, facts(), texts)) == ["button.old"]


def test_what_is_kept_is_not_handed_over_where_somebody_else_reads(texts: Catalogue) -> None:
    assert purposes(step(UNSAFE, Said("mis datos"), facts("privacy", is_command=True), texts)) == ["privacy"]
