"""The conversation as a pure function, with the sentences that citizens of Oaxaca read."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot
import intake
from bot import channel_talk
from bot.damage_talk import WHAT
from bot.dialogue import step
from bot.effects import (
    AddToPetition,
    AskRating,
    CallPerson,
    Conclude,
    Hush,
    NeedInterpreter,
    OpenPetition,
    Reopen,
    Say,
    SetPlace,
    SettleDoubt,
    Withdraw,
)
from bot.events import (
    Accepted,
    AgreementDue,
    Answered,
    AnswerFile,
    Asked,
    Event,
    Extended,
    Guided,
    MeetingInvited,
    MeetingMoved,
    Recounted,
    Referred,
    Said,
)
from bot.known import Contingency, Door, Doubt, Facts, Mention, PetitionFacts, PlaceOption, Understood
from bot.messages import Choice
from bot.notices import NOTICES
from bot.privacy_talk import RIGHTS
from bot.rating_talk import MARKS
from bot.state import Awaiting, State, state_from_json, state_to_json
from bot.texts import Catalogue
from bot.turn import Turn
from intake.answers import paper_drawing, paper_pages
from intake.citizens import links, own_data
from intake.meetings import check_in_pages

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/Mexico_City"))
NEW, OLD, OTHER = "JG-2026-004K7Q-3", "JG-2026-00ABCD-7", "JG-2026-00WXYZ-2"
DUE = date(2026, 3, 17)
KNOWN = State(is_welcomed=True)
JUCHITAN = PlaceOption("20043", "Heroica Ciudad de Juchitán de Zaragoza", "Istmo")
SAN_JUAN = (
    PlaceOption("20206", "San Juan Mixtepec", "Mixteca"),
    PlaceOption("20207", "San Juan Mixtepec", "Miahuatlán"),
)
EMERGENCIES = (
    "violencia suicidio desaparicion incendio accidente_medico desastre delito_en_curso menor_en_riesgo".split()
)


def facts(kind: str = "petition", **known: Any) -> Facts:
    return replace(Facts(NOW, kind=kind, agency="CEABIEN", new_folio=NEW, due_on=DUE), **known)


def petition(folio: str = OLD, **known: Any) -> PetitionFacts:
    opened = NOW - timedelta(minutes=5)
    return replace(PetitionFacts(folio, "received", opened, DUE, summary="No hay agua"), **known)


def purposes(turn: Turn) -> list[str]:
    return [effect.purpose for effect in turn.effects if isinstance(effect, Say)]


def others(turn: Turn) -> list[object]:
    return [effect for effect in turn.effects if not isinstance(effect, Say)]


def words(turn: Turn, number: int = 0) -> str:
    return [effect.text for effect in turn.effects if isinstance(effect, Say)][number]


# --- first contact and petitions


def test_the_first_petition_is_welcomed_and_has_its_folio_at_once(texts: Catalogue) -> None:
    turn = step(State(), Said("no hay agua en la colonia"), facts(understood="Comisión Estatal del Agua"), texts)
    assert purposes(turn) == ["welcome", "petition.received", "ask.municipality"]
    assert others(turn) == [OpenPetition(NEW)]
    assert (turn.state.is_welcomed, turn.state.awaiting, turn.state.folio) == (True, Awaiting.MUNICIPALITY, NEW)
    assert words(turn, 1) == (
        "Recibimos su petición.\n"
        "Folio: JG-2026-004K7Q-3\n"
        "Fecha: lunes 2 de marzo, 10:00 h\n"
        "Entendimos: parece un asunto para Comisión Estatal del Agua. Una persona lo confirma.\n"
        "Ahora sigue: una persona la revisa y la envía a quien debe atenderla. "
        "Tendrá respuesta por escrito, aquí mismo, a más tardar el martes 17 de marzo."
    )


def test_a_greeting_is_no_petition_and_the_second_one_is_not_welcomed_again(texts: Catalogue) -> None:
    first = step(State(), Said("buenas tardes"), facts("greeting"), texts)
    assert (purposes(first), others(first)) == (["welcome", "greeting"], [])
    second = step(first.state, Said("hola"), facts("greeting"), texts)
    assert (purposes(second), others(second)) == (["greeting"], [])


@pytest.mark.parametrize(
    ("said", "kind", "purpose"),
    [
        (Said("gracias"), "thanks", "thanks"),
        (Said(is_sticker=True), "greeting", "sticker"),
        (Said(unsupported="poll"), "greeting", "unsupported"),
        (Said("gane dinero fácil"), "spam", "help.short"),
        (Said("ayuda"), "help", "help"),
        (Said("privacidad"), "privacy", "privacy"),
        (Said("mis folios"), "status_query", "status.none"),
        (Said("cancelar"), "cancel", "cancel.nothing"),
        (Said(has_location=True), "petition", "location.unknown"),
    ],
)
def test_what_asks_for_nothing_makes_no_petition(texts: Catalogue, said: Said, kind: str, purpose: str) -> None:
    turn = step(KNOWN, said, facts(kind), texts)
    assert (purposes(turn), others(turn)) == ([purpose], [])


def test_a_place_in_the_text_is_not_asked_again(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("no hay agua en Juchitán"), facts(place=JUCHITAN), texts)
    assert purposes(turn) == ["petition.received"]
    assert others(turn) == [OpenPetition(NEW, place="20043")]
    assert "Lugar: Heroica Ciudad de Juchitán de Zaragoza." in words(turn)


def test_a_photo_alone_is_a_petition_and_its_story_is_asked(texts: Catalogue) -> None:
    opened = step(KNOWN, Said(has_files=True), facts(understood="Nadie"), texts)
    assert purposes(opened) == ["petition.received", "ask.description"]
    assert "Una persona va a revisar lo que nos mandó." in words(opened)
    told = step(opened.state, Said("es un bache"), facts(petitions=(petition(NEW),)), texts)
    assert purposes(told) == ["petition.added", "ask.municipality"]
    assert others(told) == [AddToPetition(NEW)]


def test_a_story_of_a_petition_that_is_not_known_any_more_is_one_itself(texts: Catalogue) -> None:
    turn = step(KNOWN.ask(Awaiting.DESCRIPTION, OLD), Said("no hay agua"), facts(), texts)
    assert purposes(turn) == ["petition.received", "ask.municipality"]


def test_a_voice_note_has_told_its_story(texts: Catalogue) -> None:
    turn = step(KNOWN, Said(has_files=True, has_voice=True), facts(), texts)
    assert purposes(turn) == ["petition.received", "ask.municipality"]
    photo = step(KNOWN, Said(has_files=True), facts(), texts)
    told = step(photo.state, Said(has_files=True, has_voice=True), facts(petitions=(petition(NEW),)), texts)
    assert purposes(told) == ["petition.added", "ask.municipality"]


def test_an_album_is_one_petition_and_answered_once(texts: Catalogue) -> None:
    first = step(KNOWN, Said(has_files=True, group_id="g"), facts(), texts)
    late = replace(facts(petitions=(petition(NEW),)), now=NOW + timedelta(minutes=1))
    further = step(first.state, Said(has_files=True, group_id="g"), late, texts)
    assert (purposes(further), others(further)) == ([], [AddToPetition(NEW)])
    captioned = step(further.state, Said("así está el puente", has_files=True, group_id="g"), late, texts)
    assert purposes(captioned) == ["petition.added", "ask.municipality"]


def test_a_second_message_of_the_same_breath_joins_the_petition(texts: Catalogue) -> None:
    state = replace(KNOWN, latest=OLD, latest_agency="CEABIEN", heard_at=NOW - timedelta(seconds=10))
    turn = step(state, Said("y ya son tres días"), facts(petitions=(petition(),)), texts)
    assert (purposes(turn), others(turn)) == (["petition.added"], [AddToPetition(OLD)])


def test_several_matters_are_said_back(texts: Catalogue) -> None:
    turn = step(State(), Said("no hay agua y el maestro no viene"), facts(several=("Agua", "Luz", "Escuela")), texts)
    said = " ".join(effect.text for effect in turn.effects if isinstance(effect, Say))
    assert "parecen varios asuntos, para Agua, para Luz y para Escuela." in said


@pytest.mark.parametrize(("seconds", "agency", "understood"), [(60, "CEABIEN", None), (10, "IEEPO", "Educación")])
def test_another_matter_is_another_petition(
    texts: Catalogue, seconds: int, agency: str, understood: str | None
) -> None:
    state = replace(KNOWN, latest=OLD, latest_agency="CEABIEN", heard_at=NOW - timedelta(seconds=seconds))
    known = facts(agency=agency, understood=understood, petitions=(petition(),))
    assert others(step(state, Said("falta el maestro de tercero"), known, texts)) == [OpenPetition(NEW)]


def test_a_file_of_the_same_breath_is_no_other_matter_for_its_few_words(texts: Catalogue) -> None:
    state = replace(KNOWN, latest=OLD, latest_agency="IOCIED", heard_at=NOW - timedelta(seconds=15))
    known = facts(agency="JGAB", understood="Jefatura de Gabinete", petitions=(petition(),))
    assert others(step(state, Said("oficio sellado", has_files=True), known, texts)) == [AddToPetition(OLD)]
    assert others(step(state, Said("audiencia pública"), known, texts)) == [OpenPetition(NEW)]
    later = replace(known, now=NOW + timedelta(minutes=1))
    assert others(step(state, Said("audiencia pública", has_files=True), later, texts)) == [OpenPetition(NEW)]


@pytest.mark.parametrize("said", [Said("oficio sellado", has_files=True), Said("anexo oficio firmado y sellado")])
def test_words_that_only_name_a_paper_are_no_other_matter_in_the_same_talk(texts: Catalogue, said: Said) -> None:
    state = replace(KNOWN, latest=OLD, latest_agency="IOCIED", heard_at=NOW - timedelta(minutes=2))
    known = facts(agency="JGAB", understood="Jefatura de Gabinete", petitions=(petition(),))
    assert others(step(state, said, known, texts)) == [AddToPetition(OLD)]
    later = replace(known, now=NOW + timedelta(hours=2))
    assert others(step(state, said, later, texts)) == [OpenPetition(NEW)]


@pytest.mark.parametrize("kind", ["petition", "yes", "spam"])
@pytest.mark.parametrize("said", [Said("así está"), Said("mire cómo quedó la calle", has_files=True)])
def test_a_few_words_after_a_petition_belong_to_it(texts: Catalogue, kind: str, said: Said) -> None:
    state = replace(KNOWN, latest=OLD, latest_agency="CEABIEN", heard_at=NOW - timedelta(minutes=10))
    turn = step(state, said, facts(kind, agency="SINFRA", petitions=(petition(),)), texts)
    assert (purposes(turn), others(turn)) == (["petition.added"], [AddToPetition(OLD)])


def test_a_photo_with_a_caption_is_a_petition_whatever_its_words_look_like(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("así está", has_files=True), facts("yes"), texts)
    assert others(turn) == [OpenPetition(NEW)]


def test_an_edit_is_a_further_version_in_its_petition(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("no hay agua", is_edit=True), facts(edited_folio=OLD, petitions=(petition(),)), texts)
    assert (purposes(turn), others(turn)) == (["petition.edited"], [AddToPetition(OLD, goes_on=True)])


def test_a_place_sent_ahead_serves_the_next_petition_of_the_day_and_no_later_one(texts: Catalogue) -> None:
    noted = step(KNOWN, Said(has_location=True), facts(place=JUCHITAN), texts)
    assert purposes(noted) == ["location.noted"]
    assert noted.state.place_ahead(NOW + timedelta(hours=20)) == "20043"
    assert noted.state.place_ahead(NOW + timedelta(days=9)) is None
    pinned = Understood(agency="MUNICIPIO", understood="El municipio", place=JUCHITAN)
    soon = step(noted.state, Said("no hay agua"), facts(understood="SOAPA", pinned=pinned), texts)
    assert others(soon) == [OpenPetition(NEW, place="20043", has_pin=True)]
    assert "El municipio" in words(soon)
    assert JUCHITAN.name in words(soon)
    elsewhere = step(noted.state, Said("no hay agua en x"), facts(place=SAN_JUAN[0], pinned=pinned), texts)
    assert others(elsewhere) == [OpenPetition(NEW, place="20206")]


# --- the municipality

ASKED = KNOWN.ask(Awaiting.MUNICIPALITY, OLD)
HELD = (petition(),)


def test_a_named_municipality_is_noted(texts: Catalogue) -> None:
    turn = step(ASKED, Said("juchitan"), facts(place=JUCHITAN, petitions=HELD), texts)
    assert (purposes(turn), others(turn)) == (["municipality.noted"], [SetPlace(OLD, clave="20043")])
    assert turn.state.awaiting is None


def test_homonyms_are_asked_back_by_district_and_chosen_by_number(texts: Catalogue) -> None:
    asked = step(ASKED, Said("mixtepec"), facts(place_options=SAN_JUAN, petitions=HELD), texts)
    (question,) = [effect for effect in asked.effects if isinstance(effect, Say)]
    assert [c.label for c in question.choices] == [
        "San Juan Mixtepec (Mixteca)",
        "San Juan Mixtepec (Miahuatlán)",
        "Otro",
    ]
    for answer in (Said("2"), Said("la segunda"), Said(button=question.choices[1].data)):
        chosen = step(asked.state, answer, facts(petitions=HELD), texts)
        assert others(chosen) == [SetPlace(OLD, clave="20207")]
    other = step(asked.state, Said("otro"), facts(petitions=HELD), texts)
    assert (purposes(other), other.state.awaiting) == (["ask.municipality.again"], Awaiting.MUNICIPALITY)


def test_a_place_that_nobody_knows_is_asked_twice_and_then_kept_as_it_was_said(texts: Catalogue) -> None:
    again = step(ASKED, Said("la loma"), facts(petitions=HELD), texts)
    assert (purposes(again), others(again)[1]) == (["ask.municipality.again"], SetPlace(OLD, words="la loma"))
    left = step(again.state, Said("por el río"), facts(petitions=HELD), texts)
    assert (purposes(left), left.state.awaiting) == (["municipality.left"], None)


def test_a_question_is_left_open_while_the_citizen_speaks_of_something_else(texts: Catalogue) -> None:
    turn = step(ASKED, Said("gracias"), facts("thanks", petitions=HELD), texts)
    assert (purposes(turn), turn.state.awaiting) == (["thanks"], Awaiting.MUNICIPALITY)
    long = Said("además en la escuela primaria de mi hijo no hay maestro")
    turn = step(ASKED, long, facts(agency="IEEPO", petitions=HELD), texts)
    assert others(turn) == [OpenPetition(NEW)]


@pytest.mark.parametrize(
    ("text", "is_place"),
    [
        ("pues ahí por donde le dicen El Aguacatal", True),
        ("aquí por la secundaria ya no hay luz en la calle", False),
        ("la maestra de quinto de primaria ya no viene a clases", False),
        ("el camino a mi pueblo está lleno de hoyos", False),
        ("enfrente de la escuela se va a caer un poste", False),
    ],
)
def test_a_place_in_ones_own_words_is_an_answer_and_another_problem_is_none(
    texts: Catalogue, text: str, is_place: bool
) -> None:
    turn = step(ASKED, Said(text), facts("info", petitions=HELD), texts)
    assert (purposes(turn) == ["ask.municipality.again"]) == is_place
    assert (AddToPetition(OLD, is_place=True) in turn.effects) == is_place


def test_another_matter_that_names_a_place_is_no_answer_to_which_municipality(texts: Catalogue) -> None:
    state = replace(ASKED, latest=OLD, latest_agency="SSPC", heard_at=NOW - timedelta(days=2))
    known = facts(agency="BIENESTAR_F", understood="Bienestar", place=JUCHITAN, petitions=HELD)
    told = Said("no ha llegado mi apoyo, soy de Juchitán y ya van dos bimestres")
    assert others(step(state, told, known, texts)) == [OpenPetition(NEW, place="20043")]
    of_the_same = replace(known, agency="SSPC")
    assert AddToPetition(OLD) in others(step(state, told, of_the_same, texts))
    unsure = replace(known, understood=None)
    assert AddToPetition(OLD) in others(step(state, told, unsure, texts))
    just_asked = replace(state, heard_at=NOW - timedelta(minutes=1))
    assert AddToPetition(OLD) in others(step(just_asked, told, known, texts))


# --- whose it is

DOUBT = Doubt("¿Qué camino es?", (("Una calle", "MUNICIPIO"), ("Una carretera federal", "SICT_CAPUFE")))


def test_two_competing_authorities_are_told_apart_by_a_question_after_folio_and_place(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("hay baches"), facts(place=JUCHITAN, doubt=DOUBT), texts)
    assert purposes(turn) == ["petition.received", "ask.doubt"]
    question = [effect for effect in turn.effects if isinstance(effect, Say)][-1]
    assert [choice.label for choice in question.choices] == ["Una calle", "Una carretera federal", "No sé"]
    without_place = step(KNOWN, Said("hay baches"), facts(doubt=DOUBT), texts)
    assert purposes(without_place) == ["petition.received", "ask.municipality"]
    placed = step(ASKED, Said("juchitan"), facts(place=JUCHITAN, petitions=(petition(doubt=DOUBT),)), texts)
    assert purposes(placed) == ["municipality.noted", "ask.doubt"]


def test_an_answer_settles_the_doubt_by_number_by_word_or_not_at_all(texts: Catalogue) -> None:
    asked = step(ASKED, Said("juchitan"), facts(place=JUCHITAN, petitions=(petition(doubt=DOUBT),)), texts).state
    for answer in (Said("2"), Said("una carretera federal"), Said(button=f"doubt:{OLD}:SICT_CAPUFE")):
        turn = step(asked, answer, facts(petitions=HELD), texts)
        assert others(turn) == [SettleDoubt(OLD, "SICT_CAPUFE", "Una carretera federal")]
        assert (purposes(turn), turn.state.awaiting) == (["doubt.noted"], None)
    assert others(step(asked, Said("no sé"), facts(petitions=HELD), texts)) == []
    told = step(asked, Said("la que va al panteón"), facts(petitions=HELD), texts)
    assert (others(told), told.state.awaiting) == ([AddToPetition(OLD)], None)


def test_another_matter_is_no_answer_to_the_doubt(texts: Catalogue) -> None:
    asked = step(ASKED, Said("juchitan"), facts(place=JUCHITAN, petitions=(petition(doubt=DOUBT),)), texts).state
    new = Said("además en la escuela primaria de mi hijo no hay maestro")
    turn = step(asked, new, facts(agency="IEEPO", understood="Educación", petitions=HELD), texts)
    assert others(turn)[0] == OpenPetition(NEW)
    of_the_question = facts(agency="MUNICIPIO", understood="Ayuntamiento", petitions=HELD)
    told = Said("en la misma calle tampoco pasa la basura")
    assert others(step(asked, told, of_the_question, texts)) == [AddToPetition(OLD)]
    weeks_later = replace(asked, heard_at=NOW - timedelta(days=60))
    assert others(step(weeks_later, told, of_the_question, texts))[0] == OpenPetition(NEW)
    assert others(step(weeks_later, Said("la del panteón"), of_the_question, texts)) == [AddToPetition(OLD)]


# --- at any moment


@pytest.mark.parametrize("state", [KNOWN, ASKED, KNOWN.ask(Awaiting.DESCRIPTION, OLD), KNOWN.ask(Awaiting.SOLVED, OLD)])
@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("help", "help"),
        ("privacy", "privacy"),
        ("human", "human"),
        ("cancel", "ask.withdrawal"),
        ("status_query", "status.detail"),
    ],
)
def test_the_words_of_the_help_work_at_any_step(texts: Catalogue, state: State, kind: str, purpose: str) -> None:
    turn = step(replace(state, latest=OLD), Said("x"), facts(kind, petitions=HELD), texts)
    assert purposes(turn) == [purpose]


def test_a_person_is_called_with_a_folio_even_when_nothing_was_asked_before(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("quiero hablar con una persona"), facts("human"), texts)
    assert others(turn) == [OpenPetition(NEW), CallPerson(NEW, "asked")]
    again = step(turn.state, Said("persona"), facts("human", petitions=(petition(NEW),)), texts)
    assert others(again) == [CallPerson(NEW, "asked")]


def test_an_interpreter_is_asked_for_with_a_folio(texts: Catalogue) -> None:
    turn = step(KNOWN, Said("hablo mixe"), facts("interpreter"), texts)
    assert others(turn) == [OpenPetition(NEW), NeedInterpreter(NEW)]


# --- status


def test_one_petition_is_told_in_full(texts: Catalogue) -> None:
    turn = step(
        KNOWN, Said("estado"), facts("status_query", petitions=(petition(word="with_agency", agency="SINFRA"),)), texts
    )
    assert words(turn) == (
        "Folio JG-2026-00ABCD-7\nEstado: Con SINFRA\n"
        "La recibimos el lunes 2 de marzo. La fecha límite para responderle es el martes 17 de marzo."
    )


def test_several_are_listed_and_a_sensitive_one_gives_nothing_away(texts: Catalogue) -> None:
    secret = petition(
        OTHER, word="with_agency", agency="Secretaría de las Mujeres", summary="mi marido", is_sensitive=True
    )
    turn = step(KNOWN, Said("mis folios"), facts("status_query", petitions=(petition(), secret)), texts)
    assert words(turn) == (
        "Usted tiene 2 peticiones. Estas son las más recientes:\n"
        "• JG-2026-00ABCD-7 — Recibida. No hay agua\n"
        "• JG-2026-00WXYZ-2 — Con la dependencia. asunto reservado"
    )
    alone = step(KNOWN, Said("estado"), facts("status_query", petitions=(secret,)), texts)
    assert "Mujeres" not in words(alone)
    named = facts("status_query", petitions=(secret,), mentioned=(Mention(OTHER, secret, is_own=True),))
    assert "Con Secretaría de las Mujeres" in words(step(KNOWN, Said(OTHER), named, texts))


def test_a_stranger_hears_the_word_only(texts: Catalogue) -> None:
    theirs = petition(OTHER, word="with_agency", agency="SINFRA")
    turn = step(KNOWN, Said(OTHER), facts("status_query", mentioned=(Mention(OTHER, theirs),)), texts)
    assert purposes(turn) == ["status.stranger"]
    assert "SINFRA" not in words(turn)
    assert "Estado: Con la dependencia." in words(turn)


def test_a_folio_that_is_none_is_said_to_be_none(texts: Catalogue) -> None:
    turn = step(KNOWN, Said(OTHER), facts("status_query", mentioned=(Mention(OTHER),)), texts)
    assert purposes(turn) == ["status.unknown"]


# --- answers, complaints, withdrawal


def answered(texts: Catalogue) -> Turn:
    return step(KNOWN, Answered(OLD, "SINFRA", "Ya se reparó el puente."), facts(), texts)


def test_an_answers_files_stand_between_its_text_and_the_question(texts: Catalogue) -> None:
    files = AnswerFile(7, "puente.jpg"), AnswerFile(9, "minuta.pdf")
    turn = step(KNOWN, Answered(OLD, "SINFRA", "Ya se reparó el puente.", files=files), facts(), texts)
    says = [effect for effect in turn.effects if isinstance(effect, Say)]
    assert [(say.purpose, say.evidence) for say in says] == [
        ("notice.answered", None),
        ("answer.file", 7),
        ("answer.file", 9),
        ("ask.solved", None),
    ]
    assert says[2].text == f"Archivo 2 de 2 de la respuesta a su petición {OLD}: minuta.pdf"


DONE = (petition(word="answered", is_answered=True, is_in_triage=False),)


def test_the_answer_comes_with_its_folio_and_asks_whether_it_solves(texts: Catalogue) -> None:
    turn = answered(texts)
    assert purposes(turn) == ["notice.answered", "ask.solved"]
    assert words(turn) == ("Respuesta a su petición JG-2026-00ABCD-7.\nResponde: SINFRA\n\nYa se reparó el puente.")
    assert [c.data for c in turn.state.offered] == [f"solved:{OLD}:yes", f"solved:{OLD}:no"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said("sí"), "yes"),
        (Said("ya, Dios los bendiga"), "petition"),
        (Said("si ya quedó, gracias"), "thanks"),
        (Said("1"), "petition"),
        (Said("Sí, está resuelto"), "petition"),
        (Said(button=f"solved:{OLD}:yes"), "petition"),
    ],
)
def test_a_solved_matter_is_concluded(texts: Catalogue, said: Said, kind: str) -> None:
    turn = step(answered(texts).state, said, facts(kind, petitions=DONE), texts)
    assert (purposes(turn), others(turn), turn.state.awaiting) == (
        ["solved.yes", "ask.rating"],
        [Conclude(OLD), AskRating(OLD)],
        Awaiting.RATING,
    )


@pytest.mark.parametrize("text", ["no, nadie ha venido", "todavía no vienen", "nada, sigue igual"])
def test_an_unsolved_matter_is_reopened_whatever_the_model_takes_the_words_for(texts: Catalogue, text: str) -> None:
    turn = step(answered(texts).state, Said(text), facts("petition", petitions=DONE), texts)
    assert (purposes(turn), others(turn)) == (["solved.no"], [AddToPetition(OLD), Reopen(OLD)])


@pytest.mark.parametrize(
    "text", ["viene igual de sucia y con olor", "la llave sigue sin agua", "si vinieron pero sigue igual"]
)
def test_what_goes_on_is_not_solved_whether_or_not_a_no_comes_with_it(texts: Catalogue, text: str) -> None:
    turn = step(answered(texts).state, Said(text), facts("petition", petitions=DONE), texts)
    assert others(turn) == [AddToPetition(OLD), Reopen(OLD)]


@pytest.mark.parametrize("text", ["ya no hay agua", "¿ya quedó?", "gracias por nada"])
def test_words_that_answer_neither_way_are_heard_for_what_they_are(texts: Catalogue, text: str) -> None:
    turn = step(answered(texts).state, Said(text), facts("petition", petitions=DONE), texts)
    assert Conclude(OLD) not in others(turn)
    assert Reopen(OLD) not in others(turn)


def test_an_unsolved_matter_is_reopened_at_once_and_explained_afterwards(texts: Catalogue) -> None:
    turn = step(answered(texts).state, Said(button=f"solved:{OLD}:no"), facts(petitions=DONE), texts)
    assert (purposes(turn), others(turn)) == (["solved.no"], [AddToPetition(OLD), Reopen(OLD)])
    told = step(turn.state, Said("no me contestan y el puente sigue caído"), facts("complaint_no_answer"), texts)
    assert (purposes(told), others(told), told.state.awaiting) == (["dispute.noted"], [AddToPetition(OLD)], None)


def test_a_changed_mind_about_a_closed_petition_is_heard(texts: Catalogue) -> None:
    closed = (petition(word="closed", is_open=False, is_in_triage=False),)
    turn = step(KNOWN, Said(button=f"solved:{OLD}:no"), facts(petitions=closed), texts)
    assert others(turn) == [AddToPetition(OLD), Reopen(OLD)]


@pytest.mark.parametrize(
    "button", [f"solved:{OTHER}:yes", f"withdraw:{OLD}:yes", f"place:{OLD}:20043", "solved", "solved::", "x:y:z", ":"]
)
def test_a_stale_or_forged_button_changes_nothing(texts: Catalogue, button: str) -> None:
    turn = step(KNOWN, Said(button=button), facts(petitions=DONE), texts)
    assert (purposes(turn), others(turn)) == (["button.old"], [])


def test_silence_calls_a_person_and_a_bad_answer_reopens(texts: Catalogue) -> None:
    silent = step(KNOWN, Said("nadie me contesta"), facts("complaint_no_answer", petitions=HELD), texts)
    assert (purposes(silent), others(silent)) == (["complaint"], [AddToPetition(OLD), CallPerson(OLD, "silence")])
    bad = step(KNOWN, Said("esa respuesta no sirve"), facts("complaint_no_answer", petitions=DONE), texts)
    assert others(bad) == [AddToPetition(OLD), Reopen(OLD)]


def test_a_complaint_is_not_about_a_closed_petition(texts: Catalogue) -> None:
    closed = petition(OTHER, word="closed", is_open=False, is_in_triage=False)
    state = replace(KNOWN, latest=OTHER)
    both = step(state, Said("nadie me contesta"), facts("complaint_no_answer", petitions=(closed, petition())), texts)
    assert others(both)[0] == AddToPetition(OLD)
    alone = step(state, Said("nadie me contesta"), facts("complaint_no_answer", petitions=(closed,)), texts)
    assert others(alone) == [OpenPetition(NEW)]


def test_cancelling_asks_first_also_for_a_petition_of_last_week(texts: Catalogue) -> None:
    old = (petition(opened_at=NOW - timedelta(days=8)),)
    asked = step(KNOWN, Said("cancelar"), facts("cancel", petitions=old), texts)
    assert (purposes(asked), others(asked)) == (["ask.withdrawal"], [])
    yes = step(asked.state, Said("sí"), facts("yes", petitions=old), texts)
    assert (purposes(yes), others(yes)) == (["withdrawn"], [Withdraw(OLD)])
    no = step(asked.state, Said("No, que siga"), facts("no", petitions=old), texts)
    assert (purposes(no), others(no)) == (["kept"], [])


# --- emergencies


@pytest.mark.parametrize("kind", EMERGENCIES)
@pytest.mark.parametrize("state", [State(), ASKED, KNOWN.ask(Awaiting.DISPUTE, OLD)])
def test_an_emergency_goes_before_everything(texts: Catalogue, state: State, kind: str) -> None:
    turn = step(state, Said("auxilio"), facts("greeting", emergency=kind, petitions=HELD), texts)
    asked = ["ask.safe"] if kind == "violencia" else []
    assert purposes(turn) == [f"emergency.{kind}", "emergency.folio", *asked]
    assert isinstance(turn.effects[0], Say)
    assert others(turn) == [OpenPetition(NEW, emergency=kind), CallPerson(NEW, "emergency")]
    assert turn.state.awaiting == (Awaiting.SAFE if asked else None)


def test_the_welcome_comes_with_the_first_message_out_of_danger(texts: Catalogue) -> None:
    turn = step(State(), Said("auxilio"), facts(emergency="incendio"), texts)
    calm = step(turn.state, Said("gracias"), facts("thanks", petitions=(petition(NEW),)), texts)
    assert purposes(calm) == ["welcome", "thanks"]


def test_gasps_of_one_emergency_are_one_petition_and_the_number_is_said_each_time(texts: Catalogue) -> None:
    first = step(KNOWN, Said("me está pegando"), facts(emergency="violencia"), texts)
    held = (petition(NEW, opened_at=NOW),)
    second = step(
        first.state, Said("ayuda por favor"), facts(emergency="violencia", petitions=held, new_folio=OTHER), texts
    )
    assert purposes(second) == ["emergency.violencia", "emergency.folio"]
    assert others(second) == [AddToPetition(NEW), CallPerson(NEW, "emergency")]
    fire = step(
        second.state, Said("se quema la casa"), facts(emergency="incendio", petitions=held, new_folio=OTHER), texts
    )
    assert others(fire) == [OpenPetition(OTHER, emergency="incendio"), CallPerson(OTHER, "emergency")]
    much_later = replace(facts(emergency="violencia", petitions=held, new_folio=OTHER), now=NOW + timedelta(hours=2))
    assert others(step(second.state, Said("otra vez"), much_later, texts))[0] == OpenPetition(
        OTHER, emergency="violencia"
    )


def test_a_place_sent_ahead_of_an_emergency_is_where_it_is(texts: Catalogue) -> None:
    sent = step(KNOWN, Said(has_location=True), facts(place=JUCHITAN), texts).state
    turn = step(sent, Said("se quema la casa"), facts(emergency="incendio"), texts)
    assert others(turn)[0] == OpenPetition(NEW, place="20043", emergency="incendio", has_pin=True)
    assert turn.state.pending_place is None


def test_an_edit_that_is_an_emergency_stays_in_its_petition(texts: Catalogue) -> None:
    """While it waits in triage; one that was sent on or closed is seen too late."""
    edit = Said("auxilio", is_edit=True)
    turn = step(KNOWN, edit, facts(emergency="incendio", edited_folio=OLD, petitions=HELD), texts)
    assert others(turn) == [AddToPetition(OLD), CallPerson(OLD, "emergency")]
    for elsewhere in (petition(is_in_triage=False), petition(is_open=False)):
        turn = step(KNOWN, edit, facts(emergency="incendio", edited_folio=OLD, petitions=(elsewhere,)), texts)
        assert others(turn) == [OpenPetition(NEW, emergency="incendio"), CallPerson(NEW, "emergency")]


# --- notices


@pytest.mark.parametrize(
    ("event", "purpose"),
    [
        (Referred(OLD, "SINFRA", DUE), "notice.referred"),
        (Referred(OLD, "CFE", DUE, is_outside=True), "notice.remitted"),
        (Referred(OLD, "Mujeres", DUE, is_sensitive=True), "notice.sensitive"),
        (Accepted(OLD, "SINFRA"), "notice.accepted"),
        (Accepted(OLD, "Mujeres", is_sensitive=True), "notice.sensitive"),
        (Asked(OLD, "SINFRA", "¿En qué calle es?"), "notice.asked"),
        (Asked(OLD, "Mujeres", "¿Dónde está usted?", is_sensitive=True), "notice.sensitive"),
        (Extended(OLD, "SINFRA", "Falta una pieza.", DUE), "notice.extended"),
        (Extended(OLD, "Mujeres", "Falta un dato.", DUE, is_sensitive=True), "notice.sensitive"),
        (Guided(OLD, "Acuda al módulo."), "notice.guided"),
        (MeetingInvited(OLD, datetime(2027, 3, 1, 12, tzinfo=NOW.tzinfo), "la casa"), "notice.meeting_invited"),
        (AgreementDue(OLD, DUE), "notice.agreement_due"),
        (MeetingMoved(OLD, datetime(2027, 3, 2, 12, tzinfo=NOW.tzinfo), "la casa"), "notice.meeting_moved"),
        (MeetingMoved(OLD, None, "la casa"), "notice.meeting_cancelled"),
        (Recounted(OLD, DUE), "notice.recounted"),
        (Recounted(OLD, DUE, is_sensitive=True), "notice.sensitive"),
        (Guided(OLD, "Acuda al módulo de Mujeres.", is_sensitive=True), "notice.ready"),
        (Answered(OLD, "Mujeres", "La esperamos mañana.", is_sensitive=True), "notice.ready"),
    ],
)
def test_every_move_by_staff_is_told_with_its_folio(texts: Catalogue, event: Event, purpose: str) -> None:
    turn = step(KNOWN, event, facts(), texts)
    assert purposes(turn) == [purpose]
    assert OLD in words(turn)
    assert ("Mujeres" in words(turn)) is False


# --- the texts themselves

BESIDE = own_data, links, paper_pages, paper_drawing, check_in_pages
SOURCES = [*sorted(Path(bot.__file__).parent.glob("*.py")), *(Path(module.__file__) for module in BESIDE)]


def _keys_in_code() -> set[str]:
    """Every literal that is handed to `texts(…)`; the families are completed by hand below."""
    calls = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    named = {
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Name) and node.func.id == "texts" and isinstance(node.args[0], ast.Constant)
    }
    families = {f"emergency.{kind}" for kind in EMERGENCIES}
    families |= {f"status.{word}" for word in "received in_review with_agency answered closed".split()}
    families |= set("greeting thanks help help.short privacy sticker unsupported".split())
    families |= {f"rights.{right}" for right in RIGHTS}
    families |= {f"choice.{mark}" for mark in MARKS} | set(channel_talk.ASKED)
    families |= {f"choice.damage_{what}" for what in WHAT}
    families |= {"status.detail", "status.detail_closed"} | {f"attendance.{door}" for door in Door}
    return {str(key) for key in named} | families | NOTICES


def test_every_sentence_that_the_dialogue_needs_is_there(texts: Catalogue) -> None:
    assert _keys_in_code() - texts.keys() == set()


def test_no_sentence_is_left_over(texts: Catalogue) -> None:
    public = "".join(path.read_text("utf-8") for path in sorted(Path(intake.__file__).parent.rglob("*.py")))
    families = tuple(re.findall(r"""f["']((?:open|office_paper)\.[a-z_]*)\{""", public))
    said = {key for key in texts.keys() if re.search(f"[\"']{key}[\"']", public) or key.startswith(families)}  # noqa: SIM118
    assert texts.keys() - _keys_in_code() - said == set()


@pytest.mark.parametrize("kind", EMERGENCIES)
def test_an_emergencys_answer_is_short_and_names_its_number(texts: Catalogue, kind: str) -> None:
    sentence = texts(f"emergency.{kind}")
    assert len(sentence) <= 300
    assert "000" in sentence


def test_sentences_are_short_and_say_usted(texts: Catalogue) -> None:
    values = dict.fromkeys(
        "folio now due understood place agency text status opened summary count link minutes "
        "language told when where source lead channel_name number name link until agency day digest month "
        "region k to label series title braces received answered in_time".split(),
        "x",
    )
    for key in sorted(texts.keys()):
        for sentence in re.split(r"(?<=[.?!:])\s|\n", texts(key, **values)):
            assert len(sentence.split()) <= 20, (key, sentence)
            assert not re.search(r"\b(tú|te|tu|tus|ti|contigo|favor de)\b", sentence.lower()), (key, sentence)


# --- laws

SAID = st.builds(
    Said,
    text=st.sampled_from(
        ["", "no hay agua", "2", "sí", "Juchitán", "x " * 40, "no digan mi nombre", "tengo 13 años", "desenlazar"]
    ),
    button=st.sampled_from([None, f"solved:{OLD}:no", f"place:{OLD}:20043", "zzz", f"withdraw:{OLD}:yes"]),
    has_files=st.booleans(),
    has_voice=st.booleans(),
    has_location=st.booleans(),
    is_sticker=st.booleans(),
    is_edit=st.booleans(),
    unsupported=st.sampled_from([None, "poll"]),
)
KINDS = (
    "greeting petition status_query correction thanks human cancel privacy help yes no complaint_no_answer spam"
).split()
FACTS = st.builds(
    lambda kind, emergency, place, options, held, edited, contingency: facts(
        kind,
        emergency=emergency,
        place=place,
        place_options=options,
        petitions=held,
        edited_folio=edited,
        contingency=contingency,
    ),
    st.sampled_from([*KINDS, "interpreter", "info"]),
    st.sampled_from([None, None, None, "incendio", "desastre"]),
    st.sampled_from([None, JUCHITAN]),
    st.sampled_from([(), SAN_JUAN]),
    st.sampled_from([(), HELD, DONE, (petition(is_open=False),)]),
    st.sampled_from([None, OLD]),
    st.sampled_from([None, Contingency(1, "Hubo un sismo.", "Protección Civil", NOW)]),
)
STATES = st.builds(
    lambda welcomed, awaiting, latest, choices: (
        replace(State(is_welcomed=welcomed, latest=latest).ask(awaiting, OLD, choices))
        if awaiting
        else State(is_welcomed=welcomed, latest=latest)
    ),
    st.booleans(),
    st.sampled_from([None, *Awaiting]),
    st.sampled_from([None, OLD]),
    st.sampled_from([(), (Choice("Sí", f"solved:{OLD}:yes"), Choice("No", f"withdraw:{OLD}:no"))]),
)


@given(state=STATES, said=SAID, known=FACTS)
def test_whatever_is_said_is_answered_and_at_most_one_petition_is_opened(
    texts: Catalogue, state: State, said: Said, known: Facts
) -> None:
    turn = step(state, said, known, texts)
    assert purposes(turn) or Hush() in turn.effects
    assert sum(isinstance(effect, OpenPetition) for effect in turn.effects) <= 1
    assert _questions(turn.effects) <= 1
    assert state_from_json(state_to_json(turn.state)) == turn.state
    for effect in turn.effects:
        assert not isinstance(effect, Say) or all(len(c.data.encode()) <= 64 for c in effect.choices)


def _questions(effects: Sequence[object]) -> int:
    return sum(isinstance(effect, Say) and effect.purpose.startswith("ask.") for effect in effects)
