"""What is neither a matter nor an answer: it is answered for what it is, opens nothing and leaves the question open."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue import step
from bot.effects import AddToPetition, CallPerson, OpenPetition, Say
from bot.events import Said
from bot.known import Facts, Mention, PetitionFacts, PlaceOption, Question
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.texts import Catalogue
from bot.turn import Turn

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/Mexico_City"))
NEW, OLD = "JG-2026-004K7Q-3", "JG-2026-00ABCD-7"
KNOWN = State(is_welcomed=True, latest=OLD, latest_agency="SOAPA", heard_at=NOW - timedelta(minutes=5))
ASKED = replace(KNOWN, awaiting=Awaiting.MUNICIPALITY, folio=OLD, times_asked=1)
ETLA = PlaceOption("20338", "Villa de Etla", "Etla")


def petition(folio: str = OLD, **known: Any) -> PetitionFacts:
    row = PetitionFacts(folio, "received", NOW - timedelta(minutes=6), date(2026, 3, 17), summary="No hay agua")
    return replace(row, **known)


def hear(texts: Catalogue, text: str, kind: str = "petition", state: State = KNOWN, **known: Any) -> Turn:
    facts = Facts(NOW, kind=kind, new_folio=NEW, petitions=(petition(),))
    return step(state, Said(text), replace(facts, **known), texts)


def purposes(turn: Turn) -> list[str]:
    return [effect.purpose for effect in turn.effects if isinstance(effect, Say)]


def others(turn: Turn) -> list[object]:
    return [effect for effect in turn.effects if not isinstance(effect, Say)]


@pytest.mark.parametrize("kind", ["human", "info", "greeting", "petition"])
@pytest.mark.parametrize(
    "text",
    ["con quién hablo", "¿es un robot?", "buenas tardes, con quien tengo el gusto", "es usted persona o maquina"],
)
def test_who_writes_here_is_told_without_calling_anybody(texts: Catalogue, text: str, kind: str) -> None:
    turn = hear(texts, text, kind, ASKED)
    assert (purposes(turn), others(turn), turn.state.awaiting) == (["who"], [], Awaiting.MUNICIPALITY)


@pytest.mark.parametrize(
    "text", ["salir", "hasta luego", "gracias, hasta luego", "que tenga bonito día, señorita", "que les vaya bien"]
)
def test_good_bye_withdraws_nothing(texts: Catalogue, text: str) -> None:
    assert purposes(hear(texts, text, "cancel")) == ["farewell.petition"]
    assert purposes(hear(texts, text, "cancel", petitions=())) == ["farewell"]


@pytest.mark.parametrize("text", ["otra", "quiero otra petición", "tengo otro problema", "una queja nueva", "es otro"])
def test_another_one_is_asked_for_and_is_not_added_to_the_last(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "cancel", ASKED)
    assert (purposes(turn), others(turn), turn.state.awaiting) == (["another"], [], None)
    told = hear(texts, "no sirve el alumbrado", state=turn.state)
    assert others(told) == [OpenPetition(NEW)]


@pytest.mark.parametrize(
    "text",
    ["enterado", "está bien, espero", "ok, quedo al pendiente", "entendido muchas gracias", "quedo a sus órdenes"],
)
def test_an_acknowledgement_that_was_read_is_no_part_of_the_petition(texts: Catalogue, text: str) -> None:
    for kind in ("petition", "yes", "greeting", "spam"):
        assert (purposes(hear(texts, text, kind)), others(hear(texts, text, kind))) == (["thanks"], [])


@pytest.mark.parametrize("text", ["3", "2026", "5."])
def test_a_number_that_nobody_asked_for_is_asked_back(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text)
    assert (purposes(turn), others(turn)) == (["number"], [])


def test_a_number_is_no_place(texts: Catalogue) -> None:
    for said in ("2", "ya lo puse"):
        assert others(hear(texts, said, state=ASKED)) == [AddToPetition(OLD, is_place=True)]
    last = hear(texts, "no sé", "no", replace(ASKED, times_asked=2))
    assert (purposes(last), last.state.awaiting) == (["municipality.later"], None)


@pytest.mark.parametrize("text", ["¿a qué hora vienen?", "cuánto tarda", "si se ve?"])
def test_a_short_question_goes_to_the_petition_at_hand_and_to_a_person(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "info", agency="REGCIVIL", understood=None)
    noted = [AddToPetition(OLD, is_question=True), CallPerson(OLD, "question")]
    assert (purposes(turn), others(turn)) == (["question.noted"], noted)
    later = replace(KNOWN, heard_at=NOW - timedelta(days=3))
    assert purposes(hear(texts, text, "info", later))[:1] == ["petition.received"]


def test_a_question_back_leaves_what_an_agency_waits_for_open(texts: Catalogue) -> None:
    question = Question("SOAPA", "¿Cuál es su contrato?", NOW - timedelta(hours=1))
    state = replace(KNOWN, awaiting=Awaiting.DATUM, folio=OLD)
    known = {"petitions": (petition(question=question, is_in_triage=False),), "understood": "Seguridad"}
    turn = hear(texts, "¿dónde viene ese número?", "info", state, **known)
    assert (purposes(turn), turn.state.awaiting) == (["question.noted"], Awaiting.DATUM)


@pytest.mark.parametrize("text", ["Me puede proporcionar número de folio y acuse por favor", "cómo sé mi folio"])
def test_who_asks_for_the_folio_is_told_it(texts: Catalogue, text: str) -> None:
    assert purposes(hear(texts, text, "help")) == ["status.detail"]


@pytest.mark.parametrize(
    "text",
    [
        "perdí mi boleta de empeño folio 123",
        "no me dan folio en el ministerio público",
        "me dan otro folio cada vez que voy al registro civil",
    ],
)
def test_another_folio_is_no_small_talk(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, state=State(is_welcomed=True), petitions=())
    assert others(turn) == [OpenPetition(NEW)]


ASKED_FOR = {"petitions": (petition(question=Question("SOAPA", "¿Cuál es?", NOW - timedelta(hours=1))),)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no encuentro el folio del recibo", "no"),
        ("es una persona", "human"),
        ("nueva", "spam"),
        ("mi contrato es 45210, ¿a qué hora vienen?", "info"),
        ("está bien", "yes"),
    ],
)
def test_what_may_be_a_datum_answers_who_waits_for_it(texts: Catalogue, text: str, kind: str) -> None:
    turn = hear(texts, text, kind, replace(KNOWN, awaiting=Awaiting.DATUM, folio=OLD), **ASKED_FOR)
    assert (purposes(turn), others(turn)) == (["datum.noted"], [AddToPetition(OLD)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("enterado, quedo al pendiente", "thanks"),
        ("cuál es mi folio", "status.detail"),
        ("tengo otro problema", "another"),
        ("¿me dicen en qué parte del recibo viene ese número de contrato, porque no lo encuentro?", "question.noted"),
    ],
)
def test_what_is_no_datum_leaves_the_question_open(texts: Catalogue, text: str, said: str) -> None:
    turn = hear(texts, text, "info", replace(KNOWN, awaiting=Awaiting.DATUM, folio=OLD), **ASKED_FOR)
    assert purposes(turn) == [said]
    assert AddToPetition(OLD) not in others(turn)


def test_a_place_and_nothing_else_is_kept_for_what_comes_next(texts: Catalogue) -> None:
    turn = hear(texts, "buenas tardes, soy de Villa de Etla", state=State(is_welcomed=True), petitions=(), place=ETLA)
    assert (purposes(turn), others(turn), turn.state.pending_place) == (["place.ahead"], [], ETLA.clave)
    more = "soy de Etla y mi hijo no tiene maestro"
    told = hear(texts, more, state=State(is_welcomed=True), petitions=(), place=ETLA)
    assert purposes(told) == ["petition.received"]


def test_a_place_that_is_denied_is_not_noted(texts: Catalogue) -> None:
    noted = (petition(municipality=ETLA.name, is_placed=True),)
    turn = hear(texts, "no es Etla", "correction", place=ETLA, petitions=noted)
    assert (purposes(turn), others(turn)) == (["ask.municipality"], [AddToPetition(OLD)])
    elsewhere = hear(texts, "no es Etla", "correction", place=ETLA, petitions=(petition(municipality="Zaachila"),))
    assert (purposes(elsewhere), others(elsewhere)) == (["petition.added"], [AddToPetition(OLD)])


def test_where_it_is_goes_on_with_what_was_told(texts: Catalogue) -> None:
    turn = hear(texts, "en la colonia Vicente Guerrero", agency="CFE", understood="CFE")
    assert (purposes(turn), others(turn)) == (["petition.added"], [AddToPetition(OLD, is_place=True)])


@pytest.mark.parametrize("text", ["mi número de cel es 951 123 4567", "Rosa Ruiz, 9511234567", "951 123 4567"])
def test_a_telephone_goes_to_the_petition_at_hand(texts: Catalogue, text: str) -> None:
    assert others(hear(texts, text, "spam")) == [AddToPetition(OLD)]


@pytest.mark.parametrize(
    "text",
    [
        "mi cel es 9511234567 y me amenazan",
        "en la esquina tiran basura",
        "en la calle hay un cadáver",
        "en el barrio mataron a un señor",
    ],
)
def test_what_happens_there_is_a_petition_of_its_own(texts: Catalogue, text: str) -> None:
    sent_on = (petition(is_in_triage=False),)
    assert others(hear(texts, text, petitions=sent_on)) == [OpenPetition(NEW)]


def test_a_wish_for_a_person_asks_what_it_is_about_and_is_said_otherwise_again(texts: Catalogue) -> None:
    turn = hear(texts, "quiero hablar con alguien", "human", State(is_welcomed=True), petitions=())
    assert (turn.state.awaiting, turn.state.folio) == (Awaiting.DESCRIPTION, NEW)
    again = hear(texts, "me urge", "human", petitions=(petition(wants_person=True),))
    told = next(effect.text for effect in again.effects if isinstance(effect, Say))
    assert told.startswith("Ya avisamos a una persona de la oficina y seguimos al pendiente.")


def test_a_written_yes_long_after_the_question_withdraws_nothing(texts: Catalogue) -> None:
    choices = (Choice("Sí, cancelarla", f"withdraw:{OLD}:yes"), Choice("No, que siga", f"withdraw:{OLD}:no"))
    open_question = KNOWN.ask(Awaiting.WITHDRAWAL, OLD, choices)
    late = replace(open_question, heard_at=NOW - timedelta(days=10))
    assert purposes(hear(texts, "sí", "yes", late, is_command=True)) == ["ask.withdrawal"]
    assert purposes(hear(texts, "sí", "yes", open_question, is_command=True)) == ["withdrawn"]
    assert purposes(hear(texts, "ciérrenla por favor", "cancel", open_question)) == ["withdrawn"]
    greeted = hear(texts, "hola", "greeting", late).state
    assert others(hear(texts, "sí", "yes", greeted, is_command=True)) == []


def test_who_insists_on_another_folio_is_asked_about_that_one(texts: Catalogue) -> None:
    choices = (Choice("Sí, cancelarla", f"withdraw:{OLD}:yes"), Choice("No, que siga", f"withdraw:{OLD}:no"))
    other = petition(folio=NEW)
    named = {"petitions": (petition(), other), "mentioned": (Mention(NEW, other, is_own=True),)}
    turn = hear(texts, f"mejor ciérrenla {NEW}", "cancel", KNOWN.ask(Awaiting.WITHDRAWAL, OLD, choices), **named)
    assert (purposes(turn), turn.state.folio) == (["ask.withdrawal"], NEW)


@pytest.mark.parametrize("text", ["ya no me manden mensajes", "por favor dejen de mandarme avisos"])
def test_enough_of_notices_is_alto_and_withdraws_nothing(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "cancel")
    assert (purposes(turn), turn.state.is_muted) == (["stopped"], True)
