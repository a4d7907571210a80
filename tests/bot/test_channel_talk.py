"""A call for help without a word of what happens, questions about the channel, complaints about the attention."""

from dataclasses import replace

import pytest

from bot.dialogue import step
from bot.effects import AddToPetition, CallPerson, OpenPetition, Say
from bot.events import Said
from bot.state import Awaiting, State
from bot.texts import Catalogue
from tests.bot.test_dialogue import KNOWN, NEW, NOW, OLD, facts, others, petition, purposes

FREE = replace(KNOWN, latest=OLD, heard_at=NOW)
ANSWERED = (petition(is_answered=True, is_in_triage=False),)


@pytest.mark.parametrize(
    "text", ["911", "9-1-1", "¡Emergencia!", "URGENTE", "auxilio", "ayúdenme por favor", "SOS", "necesito ayuda"]
)
def test_a_bare_call_for_help_gets_the_number_and_a_question_before_anything_else(texts: Catalogue, text: str) -> None:
    turn = step(State(), Said(text), facts("petition"), texts)
    assert (purposes(turn), others(turn)) == (["alarm", "welcome"], [])
    at_hand = step(FREE, Said(text), facts("petition", petitions=(petition(),)), texts)
    assert (purposes(at_hand), others(at_hand)) == (["alarm"], [AddToPetition(OLD, is_question=True)])


@pytest.mark.parametrize("text", ["911 no contesta en mi colonia", "urgente no hay agua", "emergencia en el mercado"])
def test_a_call_that_tells_something_is_a_petition(texts: Catalogue, text: str) -> None:
    turn = step(FREE, Said(text), facts("petition"), texts)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("¿es gratis?", "about.cost"),
        ("disculpe, ¿cuánto cuesta este servicio?", "about.cost"),
        ("¿a qué hora atienden?", "about.hours"),
        ("¿cuál es su horario de atención?", "about.hours"),
        ("¿dónde están ubicados?", "about.place"),
        ("¿cuánto tardan en responder?", "about.term"),
    ],
)
def test_what_is_asked_of_the_channel_opens_no_petition(texts: Catalogue, text: str, key: str) -> None:
    turn = step(FREE, Said(text), facts("info"), texts)
    assert (purposes(turn), others(turn)) == ([key], [])


@pytest.mark.parametrize("text", ["¿cuánto cuesta?", "¿cuánto tardan?"])
def test_after_a_petition_cost_and_time_are_asked_of_its_matter(texts: Catalogue, text: str) -> None:
    turn = step(FREE, Said(text), facts("info", petitions=(petition(),)), texts)
    assert purposes(turn) == ["question.noted"]


@pytest.mark.parametrize(
    "text", ["¿dónde está la oficina del Registro Civil de Tehuantepec?", "¿a qué hora abren la clínica?"]
)
def test_a_question_about_another_office_is_not_the_channels(texts: Catalogue, text: str) -> None:
    turn = step(FREE, Said(text), facts("info"), texts)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tardaron muchísimo", "thanks"),
        ("hasta que se dignaron", "help"),
        ("qué mal servicio", "complaint_no_answer"),
        ("pésima atención la verdad", "complaint_no_answer"),
        ("y fueron muy groseros", "petition"),
        ("me trataron mal los que vinieron", "petition"),
    ],
)
def test_bad_attention_is_a_complaint_and_neither_thanks_nor_a_folio(texts: Catalogue, text: str, kind: str) -> None:
    turn = step(FREE, Said(text), facts(kind, petitions=ANSWERED), texts)
    assert purposes(turn) == ["service.noted", "ask.solved"]
    assert others(turn) == [AddToPetition(OLD), CallPerson(OLD, "attention")]
    waiting = step(FREE, Said(text), facts(kind, petitions=(petition(),)), texts)
    is_long = text in ("tardaron muchísimo", "hasta que se dignaron")
    assert purposes(waiting) == (["complaint"] if is_long else ["service.noted"])
    assert CallPerson(OLD, "silence" if is_long else "attention") in waiting.effects
    assert purposes(step(FREE, Said(text), facts(kind), texts)) == ["service.which"]


@pytest.mark.parametrize(
    "text", ["ya vinieron", "hoy vino el ingeniero de la luz", "ya pasaron los del drenaje", "ya llegó el agua"]
)
def test_who_came_after_an_answer_came_for_it(texts: Catalogue, text: str) -> None:
    turn = step(FREE, Said(text), facts("petition", petitions=ANSWERED), texts)
    assert (purposes(turn), others(turn)) == (["petition.added", "ask.solved"], [AddToPetition(OLD)])
    others_matter = step(FREE, Said("ya vinieron a robar la bomba"), facts("petition", petitions=ANSWERED), texts)
    assert any(isinstance(effect, OpenPetition) for effect in others_matter.effects)


@pytest.mark.parametrize(
    "text",
    [
        "¿dónde están las oficinas de tránsito?",
        "me puede dar el teléfono de la fiscalía",
        "cuál es la dirección del DIF",
        "¿a qué hora abre la ventanilla de licencias en Tlacolula?",
    ],
)
def test_a_question_about_another_office_says_what_is_not_known_and_calls_a_person(texts: Catalogue, text: str) -> None:
    turn = step(FREE, Said(text), facts("info", understood="Secretaría de Movilidad"), texts)
    assert CallPerson(NEW, "question") in turn.effects
    told = next(e.text for e in turn.effects if isinstance(e, Say) and e.purpose == "petition.received")
    assert "No tenemos confirmadas" in told
    assert "Secretaría de Movilidad" not in told


@pytest.mark.parametrize(
    "text", ["dónde están mis hijos", "en la oficina del DIF no abren", "quiero el número de la calle"]
)
def test_what_only_sounds_like_it_is_a_petition_as_any_other(texts: Catalogue, text: str) -> None:
    turn = step(FREE, Said(text), facts("petition"), texts)
    assert others(turn) == [OpenPetition(NEW)]


def test_a_counter_without_a_name_is_asked_for(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("me trataron mal en la ventanilla"), facts("petition"), texts)
    assert (purposes(turn), turn.state.awaiting) == (["petition.received", "ask.description"], Awaiting.DESCRIPTION)
    named = step(KNOWN, Said("me trataron mal en la ventanilla del Registro Civil"), facts("petition"), texts)
    assert purposes(named) == ["petition.received", "ask.municipality"]
