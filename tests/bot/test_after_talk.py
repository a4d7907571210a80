"""What is said beside a petition that is on its way, beside its answer, beside a datum that is asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.after_words import is_calm
from bot.choices import plain
from bot.dialogue import step
from bot.effects import AddToPetition, CallPerson, HideIdentity, OpenPetition, Reopen, SetPlace
from bot.events import Said
from bot.known import PetitionFacts, PlaceOption, Question
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.texts import Catalogue
from bot.turn import Turn
from tests.bot.test_dialogue import KNOWN, NEW, NOW, OLD, facts, others, petition, purposes

HOUR_AGO = NOW - timedelta(hours=1)
FREE = replace(KNOWN, latest=OLD, heard_at=HOUR_AGO)
OFFERED = (Choice("Sí, está resuelto", f"solved:{OLD}:yes"), Choice("No, falta algo", f"solved:{OLD}:no"))
SOLVED = replace(FREE, awaiting=Awaiting.SOLVED, folio=OLD, offered=OFFERED, times_asked=1)
ON_ITS_WAY = petition(agency="SOAPA", is_in_triage=False)
ANSWERED = petition(agency="SOAPA", is_in_triage=False, is_answered=True)
CLOSED = petition(agency="SOAPA", is_in_triage=False, is_open=False, may_reopen=True)
NOTED = [AddToPetition(OLD, is_question=True), CallPerson(OLD, "question")]


def hear(texts: Catalogue, text: str, kind: str, state: State, own: PetitionFacts, **known: object) -> Turn:
    return step(state, Said(text), facts(kind, petitions=(own,), **known), texts)


@pytest.mark.parametrize(
    ("text", "kind", "purpose"),
    [
        ("¿y ahora qué sigue?", "help", "next"),
        ("y ahora q hago", "help", "next"),
        ("¿tengo que ir a algún lado?", "help", "next"),
        ("tengo que llevar algún papel", "info", "next"),
        ("¿quién lleva mi caso?", "petition", "status.detail"),
        ("quién lo va a atender", "privacy", "status.detail"),
        ("en cuánto tiempo me resuelven", "help", "status.detail"),
        ("¿cuándo me contestan?", "complaint_no_answer", "status.detail"),
    ],
)
def test_what_comes_next_is_said_of_the_petition(texts: Catalogue, text: str, kind: str, purpose: str) -> None:
    turn = hear(texts, text, kind, FREE, ON_ITS_WAY)
    assert (purposes(turn), others(turn)) == ([purpose], [])


def test_what_comes_next_is_the_open_question_where_there_is_one(texts: Catalogue) -> None:
    asked = replace(FREE, awaiting=Awaiting.MUNICIPALITY, folio=OLD)
    turn = hear(texts, "¿y ahora qué sigue?", "help", asked, petition())
    assert "última pregunta" in str(turn.effects[-1])
    assert turn.state.awaiting == Awaiting.MUNICIPALITY


@pytest.mark.parametrize(
    ("text", "kind"),
    [("y cuándo van a venir", "petition"), ("¿por qué a ellos?", "privacy"), ("quién va a venir", "info")],
)
def test_a_short_question_goes_to_the_petition_and_to_a_person(texts: Catalogue, text: str, kind: str) -> None:
    assert others(hear(texts, text, kind, FREE, ON_ITS_WAY)) == NOTED
    assert others(hear(texts, text, kind, SOLVED, ANSWERED)) == NOTED


def test_a_question_that_surely_is_another_agencys_is_a_matter(texts: Catalogue) -> None:
    text = "¿cuándo me van a dar mi beca?"
    turn = hear(texts, text, "petition", FREE, ON_ITS_WAY, understood="Otra Secretaría", agency="OTRA")
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize("text", ["no entendí", "no le entiendo nada", "¿y eso qué?", "???", "¿me lo puede explicar?"])
def test_who_does_not_understand_an_answer_says_no_no(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "help", SOLVED, ANSWERED)
    assert (purposes(turn), others(turn)) == (["question.noted"], NOTED)


@pytest.mark.parametrize("text", ["ok", "está bien", "vale, gracias"])
def test_an_ok_is_asked_about_once(texts: Catalogue, text: str) -> None:
    first = hear(texts, text, "yes", SOLVED, ANSWERED)
    assert (purposes(first), others(first)) == (["ask.solved"], [])
    again = hear(texts, text, "yes", first.state, ANSWERED)
    assert purposes(again) != ["ask.solved"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("llegó poquita", "petition"), ("más o menos", "petition"), ("eso ya me lo habían dicho", "cancel")],
)
def test_a_remark_on_the_answer_is_kept_and_it_is_asked_again(texts: Catalogue, text: str, kind: str) -> None:
    turn = hear(texts, text, kind, SOLVED, ANSWERED)
    assert (purposes(turn), others(turn)) == (["petition.added", "ask.solved"], [AddToPetition(OLD)])


def test_few_words_of_another_matter_are_no_remark(texts: Catalogue) -> None:
    turn = hear(texts, "la basura no pasa", "petition", SOLVED, ANSWERED, understood="Ayuntamiento", agency="MUNICIPIO")
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize("text", ["no ha venido nadie", "nadie vino", "ya es viernes y no ha venido nadie"])
def test_nobody_came_is_a_complaint_or_a_no(texts: Catalogue, text: str) -> None:
    waiting = hear(texts, text, "no", FREE, ON_ITS_WAY, emergency="desaparicion")
    assert others(waiting) == [AddToPetition(OLD), CallPerson(OLD, "silence")]
    answered = hear(texts, text, "complaint_no_answer", SOLVED, ANSWERED, emergency="desaparicion")
    assert others(answered) == [AddToPetition(OLD), Reopen(OLD)]


@pytest.mark.parametrize(
    "text",
    [
        "ya es viernes y no ha llegado",
        "mi hija no ha venido",
        "no ha venido nadie y mi hijo no aparece",
        "se volvió a ir",
        "no lo encuentro",
        "no la tengo conmigo se la llevó",
    ],
)
@pytest.mark.parametrize("is_datum", [True, False])
def test_what_may_be_danger_is_never_calm(text: str, *, is_datum: bool) -> None:
    assert not is_calm(plain(text), is_datum=is_datum)


def test_calm_words_are_danger_where_nothing_was_sent_on(texts: Catalogue) -> None:
    turn = hear(texts, "nadie vino", "petition", FREE, petition(), emergency="desaparicion")
    assert "emergency.desaparicion" in purposes(turn)


@pytest.mark.parametrize("text", ["ya se arregló, gracias a Dios", "ya llegó el agua", "ya nos repararon la bomba"])
def test_what_is_mended_before_an_answer_may_be_closed(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "info", FREE, ON_ITS_WAY)
    assert (purposes(turn), others(turn)) == (["ask.withdrawal"], [AddToPetition(OLD)])
    assert [choice.label for choice in turn.state.offered] == ["Sí, cerrarla", "No, que siga"]


def test_a_lorry_that_is_stuck_is_not_mended(texts: Catalogue) -> None:
    turn = hear(texts, "ya quedó atorado el camión", "petition", FREE, ON_ITS_WAY)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize(
    ("text", "word"),
    [("otra vez no hay agua", "volviera"), ("ya se volvió a tapar", "volviera"), ("sigue igual", "no quedara")],
)
def test_what_came_back_reopens_the_petition(texts: Catalogue, text: str, word: str) -> None:
    turn = hear(texts, text, "petition", FREE, CLOSED)
    assert others(turn) == [AddToPetition(OLD), Reopen(OLD)]
    assert word in str(turn.effects[-1])


@pytest.mark.parametrize(
    "own",
    [replace(CLOSED, may_reopen=False), replace(CLOSED, opened_at=NOW - timedelta(days=91))],
    ids=["not to be reopened", "long ago"],
)
def test_it_is_a_petition_of_its_own_where_that_cannot_be_reopened(texts: Catalogue, own: PetitionFacts) -> None:
    turn = hear(texts, "otra vez no hay agua", "petition", FREE, own)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("ahorita se lo mando", "datum.later"),
        ("deje lo busco", "datum.later"),
        ("no lo tengo a la mano", "datum.later"),
        ("¿dónde lo veo?", "question.noted"),
        ("para qué lo quieren", "question.noted"),
        ("no entiendo", "question.noted"),
        ("no tengo contrato", "datum.noted"),
        ("es el 45210", "datum.noted"),
    ],
)
def test_a_promise_and_a_question_are_no_datum(texts: Catalogue, text: str, purpose: str) -> None:
    asked = replace(ON_ITS_WAY, question=Question("SOAPA", "¿Cuál es su contrato?", HOUR_AGO))
    turn = hear(texts, text, "petition", replace(FREE, awaiting=Awaiting.DATUM, folio=OLD), asked)
    assert purposes(turn) == [purpose]
    assert turn.state.awaiting == Awaiting.DATUM


@pytest.mark.parametrize("own", [petition(), ON_ITS_WAY], ids=["in triage", "sent on"])
def test_whose_it_is_not_is_kept_for_a_person(texts: Catalogue, own: PetitionFacts) -> None:
    turn = hear(texts, "no le toca a ellos, le toca al municipio", "petition", FREE, own)
    assert (purposes(turn), others(turn)) == (["agency.doubted"], [AddToPetition(OLD), CallPerson(OLD, "agency")])


@pytest.mark.parametrize("text", ["mi nombre es Rosa Hernández", "me llamo Fidel", "vivo en la calle Héroes 12"])
def test_who_and_where_is_of_the_petition_at_hand(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "petition", FREE, ON_ITS_WAY, understood="Registro Civil", agency="REGCIVIL")
    assert others(turn) == [AddToPetition(OLD)]


@pytest.mark.parametrize(
    "text", ["quiero poner una queja", "tengo una duda", "informes", "cómo le hago para hacer un reporte"]
)
def test_who_only_begins_is_asked_what_about(texts: Catalogue, text: str) -> None:
    turn = step(KNOWN, Said(text), facts("petition"), texts)
    assert (purposes(turn), others(turn)) == (["begin"], [])


@pytest.mark.parametrize("text", ["quiero poner una queja del drenaje", "quiero pedir un apoyo para mi casa"])
def test_who_says_what_about_has_a_folio(texts: Catalogue, text: str) -> None:
    turn = step(KNOWN, Said(text), facts("petition"), texts)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


@pytest.mark.parametrize(("text", "kind", "purpose"), [("👍", "yes", "thanks"), ("😡", "greeting", "sticker")])
def test_a_face_alone_is_nobodys_matter(texts: Catalogue, text: str, kind: str, purpose: str) -> None:
    turn = hear(texts, text, kind, replace(FREE, heard_at=NOW), petition())
    assert (purposes(turn), others(turn)) == ([purpose], [])


@pytest.mark.parametrize(
    "text", ["que vengan a arreglar de verdad", "más o menos", "no ha venido nadie", "¿y qué hago?"]
)
def test_what_was_missing_is_told_in_any_words(texts: Catalogue, text: str) -> None:
    asked = replace(FREE, awaiting=Awaiting.DISPUTE, folio=OLD)
    turn = hear(texts, text, "petition", asked, petition(agency="SOAPA"))
    assert (purposes(turn), others(turn)) == (["dispute.noted"], [AddToPetition(OLD)])


@pytest.mark.parametrize("text", ["que vengan ya", "apúrense por favor"])
def test_who_presses_complains_of_the_petition(texts: Catalogue, text: str) -> None:
    assert purposes(hear(texts, text, "petition", FREE, petition())) == ["complaint"]


EMERGENCY = replace(FREE, heard_at=NOW - timedelta(minutes=10), emergency="incendio", emergency_folio=OLD)
BARTOLO = PlaceOption("20115", "San Bartolo Coyotepec", "Centro")


@pytest.mark.parametrize("text", ["estoy en San Bartolo Coyotepec", "San Bartolo", "en la salida de San Bartolo"])
def test_where_it_is_belongs_to_the_emergency(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "petition", EMERGENCY, petition(), place=BARTOLO)
    kept = [AddToPetition(OLD, is_place=True), SetPlace(OLD, clave="20115")]
    assert (purposes(turn), others(turn)) == (["emergency.folio"], kept)


@pytest.mark.parametrize("text", ["en San Bartolo Coyotepec no hay agua", "en San Bartolo tiran basura en el río"])
def test_what_else_happens_there_is_another_matter(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "petition", EMERGENCY, petition(), place=BARTOLO)
    assert any(isinstance(effect, OpenPetition) for effect in turn.effects)


def test_while_others_read_nothing_says_what_a_petition_is_about(texts: Catalogue) -> None:
    unsafe = State(is_unsafe=True)
    turn = step(unsafe, Said("quiero un refugio para mis hijos"), facts("petition", understood="Las Mujeres"), texts)
    assert "welcome" not in purposes(turn)
    assert "Las Mujeres" not in str(turn.effects)
    assert not turn.state.is_welcomed
    safe = step(State(), Said("quiero un refugio para mis hijos"), facts("petition", understood="Las Mujeres"), texts)
    assert "Las Mujeres" in str(safe.effects)


@pytest.mark.parametrize(
    ("text", "own", "is_known"),
    [
        ("en la misma colonia tampoco hay luz", petition(clave="20067", municipality="Oaxaca de Juárez"), True),
        ("tampoco hay luz", petition(clave="20067", municipality="Oaxaca de Juárez"), False),
        ("en la misma colonia tampoco hay luz", petition(), False),
        ("ahí mismo", petition(clave="20067", opened_at=NOW - timedelta(hours=25)), False),
    ],
)
def test_the_same_place_is_the_last_petitions(
    texts: Catalogue, text: str, own: PetitionFacts, *, is_known: bool
) -> None:
    far = replace(KNOWN, heard_at=NOW - timedelta(hours=2))
    turn = step(far, Said(text), facts("petition", petitions=(own,), agency="CFE", understood="CFE"), texts)
    assert (SetPlace(NEW, clave="20067") in turn.effects) == is_known
    assert ("ask.municipality" in purposes(turn)) != is_known


@pytest.mark.parametrize(
    ("text", "purpose"), [("no quiero decir", "municipality.later"), ("no sé", "ask.municipality.again")]
)
def test_who_names_no_place_is_not_told_that_it_was_not_found(texts: Catalogue, text: str, purpose: str) -> None:
    asked = replace(FREE, awaiting=Awaiting.MUNICIPALITY, folio=OLD, times_asked=1)
    turn = hear(texts, text, "no", asked, petition())
    assert purposes(turn) == [purpose]
    assert "No encontramos" not in str(turn.effects)


@pytest.mark.parametrize(
    "text", ["me pueden volver a mandar la respuesta", "ya borré el mensaje", "necesito un papel sellado"]
)
def test_the_answer_once_more_is_asked_of_a_person(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "complaint_no_answer", SOLVED, ANSWERED)
    assert (purposes(turn), others(turn)) == (["question.noted"], NOTED)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mi vecina tiene el mismo problema", "petition"),
        ("somos más los que queremos firmar", "petition"),
        ("ya vinieron los del agua", "status_query"),
        ("no es urgente", "no"),
    ],
)
def test_what_is_said_of_it_is_kept_with_it(texts: Catalogue, text: str, kind: str) -> None:
    turn = hear(texts, text, kind, FREE, ON_ITS_WAY, understood="Particulares", agency="PRIVADO")
    assert (purposes(turn), others(turn)) == (["petition.added"], [AddToPetition(OLD)])


def test_who_wants_to_change_it_is_asked_what_and_that_joins(texts: Catalogue) -> None:
    asked = hear(texts, "quiero cambiar mi petición", "petition", FREE, petition(municipality="Etla"))
    assert (purposes(asked), others(asked)) == (["change"], [])
    turn = hear(texts, "es en la colonia Candiani", "petition", asked.state, petition(municipality="Etla"))
    assert others(turn) == [AddToPetition(OLD, is_place=True)]


@pytest.mark.parametrize("text", ["¿cuántas peticiones tengo?", "mis peticiones"])
def test_how_many_there_are_is_told(texts: Catalogue, text: str) -> None:
    assert purposes(hear(texts, text, "help", FREE, ON_ITS_WAY)) == ["status.detail"]


@pytest.mark.parametrize("text", ["no quiero que sepan mi nombre", "que nadie vea mi nombre"])
def test_who_wants_no_name_to_be_seen_is_anonymous(texts: Catalogue, text: str) -> None:
    turn = hear(texts, text, "no", FREE, ON_ITS_WAY)
    assert (purposes(turn), others(turn)) == (["anonymous.noted"], [HideIdentity(OLD)])
