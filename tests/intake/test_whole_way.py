"""From a citizen's message to the agency's answer in the same chat, on both databases, with the console channel."""

import re

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.office import Office
from intake.petitions.case import list_matters
from intake.petitions.history import find_break, list_entries
from intake.tables.mind import Decision
from intake.tables.petitions import Matter
from intake.thinking.suggestions import find_suggestion
from intake.triage.referrals import Choice, accept, answer, decide
from tests.talk import Talk

FOLIO = re.compile(r"JG-20\d\d-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]")


@pytest.fixture
def officer(office: Office) -> Member:
    return _member(office, "oficial", Role.OFFICER)


@pytest.fixture
def liaison(office: Office) -> Member:
    return _member(office, "enlace", Role.LIAISON, "SOAPA")


def _member(office: Office, name: str, role: Role, agency: str | None = None) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount(name, name, role, "contraseña larga", agency))
        return Member(row.id, name, name, role, agency, "")


def test_the_first_message_gets_welcome_folio_and_one_question(talk: Talk) -> None:
    replies = talk.says("no hay agua en mi colonia desde el lunes, nadie nos dice nada")
    assert len(replies) == 3
    assert "canal de peticiones" in replies[0]
    assert FOLIO.search(replies[1])
    assert replies[2].startswith("¿De qué municipio nos escribe?")


def test_the_municipality_is_understood_with_typos(talk: Talk) -> None:
    talk.says("no hay agua en mi colonia desde el lunes")
    assert "Santa Cruz Xoxocotlán" in talk.says("xoxocotlan")[0]
    assert talk.petitions()[0].municipality == "20385"


def test_homonyms_are_asked_by_district(talk: Talk) -> None:
    talk.says("falta una maestra en la primaria y nadie nos dice nada")
    asked = talk.says("san juan mixtepec")[0]
    assert "Juxtlahuaca" in asked
    assert "Miahuatlán" in asked
    assert "Anotamos el municipio: San Juan Mixtepec" in talk.says("1")[0]


def test_the_whole_job(office: Office, talk: Talk, officer: Member, liaison: Member) -> None:
    talk.says("no sale agua de la llave desde hace una semana y la pipa no llega")
    talk.says("Oaxaca de Juárez")
    petition = talk.petitions()[0]
    with office.sessions() as session:
        matter = list_matters(petition)[0]
        suggestion = find_suggestion(session, matter.id)
    assert suggestion is not None
    assert len(suggestion.ranking) == 5

    referral = decide(office, officer, petition.folio, Choice(matter.id, "SOAPA", petition.version))
    talk.works()
    assert "ya está con" in talk.replies()[-1]
    accept(office, liaison, referral)
    answer(office, liaison, referral, "La cuadrilla reparó la fuga el martes; el agua vuelve mañana.")
    talk.works()
    replies = talk.replies()
    assert petition.folio in replies[-2]
    assert "La cuadrilla reparó la fuga" in replies[-2]
    assert f"¿Esta respuesta resuelve su petición {petition.folio}?" in replies[-1]
    assert talk.petitions()[0].status == "NOTIFICADA"

    assert "Cerramos su petición" in talk.says("sí")[0]
    assert talk.petitions()[0].status == "CONCLUIDA"
    with office.sessions() as session:
        decision = session.scalars(select(Decision)).one()
        entries = list_entries(session, petition.id)
    assert decision.agency == "SOAPA"
    assert decision.suggestion_id is not None
    assert entries[0].name == "opened"
    assert find_break(entries) is None


def test_an_unsolved_answer_reopens_and_asks_what_is_missing(
    office: Office, talk: Talk, officer: Member, liaison: Member
) -> None:
    talk.says("no sale agua de la llave desde hace una semana")
    petition = talk.petitions()[0]
    with office.sessions() as session:
        matter = session.scalars(select(Matter)).one()
    referral = decide(office, officer, petition.folio, Choice(matter.id, "SOAPA", petition.version))
    answer(office, liaison, referral, "Ya quedó reparada la red de su calle.")
    talk.works()
    assert "Reabrimos su petición" in talk.says("no")[0]
    assert talk.petitions()[0].status == "REABIERTA"
    assert "lo agregamos" in talk.says("sigue sin salir nada, vengan a ver")[0]


def test_an_emergency_gets_the_number_first(talk: Talk) -> None:
    replies = talk.says("mi marido me quiere matar, tiene un cuchillo")
    assert "911" in replies[0]
    assert len(replies[0]) <= 300
    petition = talk.petitions()[0]
    assert (petition.emergency, petition.is_urgent) == ("violencia", True)


@pytest.mark.parametrize("word", ["ayuda", "privacidad", "persona", "cancelar", "mis folios"])
def test_words_that_work_at_any_step_are_answered_while_a_question_is_open(talk: Talk, word: str) -> None:
    talk.says("el camino a mi pueblo está lleno de hoyos")
    assert talk.says(word)
    assert len(talk.petitions()) == 1


@pytest.mark.parametrize("text", ["hola", "gracias", "🙏", "buenas tardes"])
def test_greetings_and_thanks_make_no_petition(talk: Talk, text: str) -> None:
    assert talk.says(text)
    assert talk.petitions() == []


def test_a_folio_asks_for_its_status(talk: Talk) -> None:
    talk.says("el camino a mi pueblo está lleno de hoyos")
    folio = talk.petitions()[0].folio
    part = folio.split("-")[2]
    for asked in (folio, f"estado {part}", f"que paso con mi folio {folio.lower()}"):
        assert f"Folio {folio}\nEstado: Recibida" in talk.says(asked)[0]
    assert len(talk.petitions()) == 1


def test_a_strangers_folio_shows_its_status_only(office: Office, talk: Talk) -> None:
    talk.says("el camino a mi pueblo está lleno de hoyos")
    folio = talk.petitions()[0].folio
    stranger = Talk(office, "console-2")
    said = "\n".join(stranger.says(f"estado {folio}"))
    assert "Estado: Recibida" in said
    assert "camino" not in said
    assert "solo damos detalles en el chat" in said
