"""«Consultas»: an agency asks another one before it answers; who is asked reads the matter and never who told it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.errors import NotAllowed, NotFound, Stale
from intake.office import Office
from intake.tables.citizens import Citizen
from intake.tables.petitions import Petition
from intake.triage.consulting import consult, reply
from intake.triage.referrals import answer, give_back
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser
from tests.talk import Talk

QUESTION = "¿El tubo que se rompió es de su red o de la nuestra?"
WORD = "Es de la red estatal: nuestra brigada lo vio el martes."


def _asks(browser: Browser, referral_id: int, expected: int = 303, *, of: str = "CABIEN", words: str = QUESTION) -> str:
    return browser.sends(f"/turnos/{referral_id}/consultar", expected, agencia=of, consulta=words)


@pytest.fixture
def asked(office: Office, members: dict[str, Member], referral_id: int) -> int:
    """SOAPA asked CABIEN."""
    return consult(office, members["enlace-soapa"], referral_id, "CABIEN", QUESTION)


def test_an_agency_asks_another_and_reads_its_word(
    office: Office, browser: Callable[[str], Browser], case: Case, referral_id: int
) -> None:
    soapa, cabien, talk = browser("enlace-soapa"), browser("enlace-cabien"), Talk(office, "c1")
    said = talk.replies()
    assert _asks(soapa, referral_id) == f"/turnos/{referral_id}"
    assert "Espera una consulta" in soapa.opens("/turnos")
    assert "Otra dependencia espera que usted le conteste" in cabien.opens("/turnos")
    assert QUESTION in cabien.opens("/consultas")
    shown = cabien.opens("/consultas/1")
    assert QUESTION in shown
    assert "no hay agua en la colonia Reforma" in shown
    assert cabien.sends("/consultas/1/contestar", texto=WORD) == "/consultas"
    assert WORD in soapa.opens(f"/turnos/{referral_id}")
    assert "Contestaron la consulta" in soapa.opens("/turnos")
    assert "Otra dependencia espera" not in cabien.opens("/turnos")
    history = browser("oficial").opens(f"/peticiones/{case.folio}")
    assert WORD in history
    assert "consultó a otra dependencia" in history
    assert "contestó la consulta de otra dependencia" in history
    talk.works()
    assert talk.replies() == said


def test_who_is_asked_sees_neither_the_person_nor_the_chat_nor_the_petition(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case = says(office, "c7", "no hay agua en la colonia Reforma, soy Rosa, mi teléfono es 951 123 45 67")
    referral = refers(office, members["oficial"], case, "SOAPA")
    consult(office, members["enlace-soapa"], referral, "CABIEN", QUESTION)
    cabien = browser("enlace-cabien")
    shown = cabien.opens("/consultas/1")
    assert "951 123 45 67" not in shown
    assert "no hay agua" in shown
    cabien.opens(f"/turnos/{referral}", 404)
    assert case.folio not in cabien.opens("/turnos")


def test_it_is_refused_with_what_to_do(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], referral_id: int
) -> None:
    soapa = browser("enlace-soapa")
    assert "al menos 10 caracteres" in _asks(soapa, referral_id, 422, words="¿es?")
    for agency in ("SOAPA", "IEEPO", "", "NADIE"):  # itself, one where nobody reads, none, one that there is not
        assert QUESTION in _asks(soapa, referral_id, 422, of=agency)
    assert _asks(soapa, referral_id)
    _asks(soapa, referral_id, 409)
    reserved = says(office, "c3", "un policía me pegó y me quitó mi dinero en San Pablo Etla")
    other = refers(office, members["oficial"], reserved, "MUJERES")
    assert "reservado" in _asks(browser("oficial"), other, 422)


def test_nobody_is_kept_waiting_for_what_is_over(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], referral_id: int, asked: int
) -> None:
    answer(office, members["enlace-soapa"], referral_id, "Una cuadrilla reparó la fuga el lunes por la tarde.")
    cabien = browser("enlace-cabien")
    assert "Ninguna dependencia le ha consultado" in cabien.opens("/consultas")
    shown = cabien.opens(f"/consultas/{asked}")
    assert "No hace falta contestar" in shown
    assert "no hay agua" not in shown
    with pytest.raises(Stale):
        reply(office, members["enlace-cabien"], asked, WORD)


def test_only_the_asked_agencys_liaison_replies_and_once(
    office: Office, members: dict[str, Member], referral_id: int, asked: int
) -> None:
    for name, error in (("enlace-soapa", NotFound), ("enlace-sego", NotFound), ("oficial", NotAllowed)):
        with pytest.raises(error):
            reply(office, members[name], asked, WORD)
    reply(office, members["enlace-cabien"], asked, WORD)
    with pytest.raises(Stale):
        reply(office, members["enlace-cabien"], asked, "otra cosa distinta")
    give_back(office, members["enlace-soapa"], referral_id, "No nos corresponde: es de la red estatal.")
    with pytest.raises(Stale):
        consult(office, members["enlace-soapa"], referral_id, "SEGO", QUESTION)


def test_who_replied_reads_it_no_longer_than_who_asked_needs_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], referral_id: int, asked: int
) -> None:
    reply(office, members["enlace-cabien"], asked, WORD)
    cabien = browser("enlace-cabien")
    assert "no hay agua" in cabien.opens(f"/consultas/{asked}")
    answer(office, members["enlace-soapa"], referral_id, "Una cuadrilla reparó la fuga el lunes por la tarde.")
    shown = cabien.opens(f"/consultas/{asked}")
    assert WORD in shown
    assert "no hay agua" not in shown
    with office.sessions.begin() as session:
        session.scalars(select(Petition)).one().is_blocked = True
    cabien.opens(f"/consultas/{asked}", 404)
    assert QUESTION not in cabien.opens("/consultas")


def test_a_name_that_the_channel_gave_is_not_read_where_nobody_is_to_know_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case = says(office, "c7", "no hay agua en la colonia Reforma y zenaida tlacuache ya lo dijo")
    referral = refers(office, members["oficial"], case, "SOAPA")
    with office.sessions.begin() as session:
        petition = session.scalars(select(Petition).where(Petition.folio == case.folio)).one()
        petition.is_anonymous = True
        session.get_one(Citizen, petition.citizen_id).name = "Zenaida Tlacuache"
    consult(office, members["enlace-soapa"], referral, "CABIEN", QUESTION)
    shown = browser("enlace-cabien").opens("/consultas/1")
    assert "no hay agua" in shown
    assert "tlacuache" not in shown
