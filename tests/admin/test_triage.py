"""The queue and one petition's page: order, search, paging, the decision and what follows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.history import list_entries
from intake.petitions.states import Status
from intake.tables.mind import Decision
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry
from intake.thinking.suggestions import find_suggestion
from intake.triage.lists import PAGE, Wish
from intake.triage.queue import find_next, list_queue
from tests.admin.conftest import Case, case_of, refers, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino a mi pueblo está lleno de hoyos"
DANGER = "mi marido me quiere matar"


def _decides(officer: Browser, case: Case, agency: str, status: int = 303, **more: str) -> str:
    fields: dict[str, str | int] = {"agencia": agency, "asunto": case.matter_id, "version": case.version, **more}
    return officer.sends(f"/peticiones/{case.folio}/turnar", status, **fields)


def _texts(office: Office, folio: str) -> list[str]:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        return list(session.scalars(select(Reply.text).where(Reply.petition_id == petition.id).order_by(Reply.id)))


def _status(office: Office, folio: str) -> str:
    with office.sessions() as session:
        return get_petition(session, folio).status


def test_emergencies_stand_first_then_what_is_due_first(office: Office, browser: Callable[[str], Browser]) -> None:
    with at(utc_now() - timedelta(hours=3)):
        danger = says(office, "c1", DANGER)
    with at(utc_now() - timedelta(hours=2)):
        older = says(office, "c2", WATER)
    newer = says(office, "c3", ROAD)
    page = browser("oficial").opens("/triage")
    assert page.index(danger.folio) < page.index(older.folio) < page.index(newer.folio)
    assert "Hay 1 emergencia sin atender" in page
    assert "82 %" in page
    assert "hace 2 horas" in page


def test_a_doubt_is_asked_and_its_answer_goes_before_the_ranking(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    talk = Talk(office, "c1")
    asked = talk.says("hay muchos baches en San Pablo Villa de Mitla")[-1]
    assert "¿qué camino es?" in asked
    assert "3. Carretera federal o autopista" in asked
    folio = talk.petitions()[0].folio
    page = browser("oficial").opens(f"/peticiones/{folio}")
    assert "Con dudas: conviene leer" in page
    assert "llega más pronto a quien le toca" in talk.says("3")[0]
    page = browser("oficial").opens(f"/peticiones/{folio}")
    assert "La persona aclaró: «Carretera federal o autopista»." in page
    assert "aclaró de qué se trata" in page
    with office.sessions() as session:
        (matter,) = list_matters(get_petition(session, folio))
        suggestion = find_suggestion(session, matter.id)
    assert suggestion
    assert (suggestion.ranking[0]["agency"], suggestion.question) == ("SICT_CAPUFE", None)
    assert "qué camino" not in talk.says("gracias")[0]


def test_names_and_numbers_of_persons_are_not_in_the_list(office: Office, browser: Callable[[str], Browser]) -> None:
    case = says(office, "c1", "soy Ana Pérez López, cel 951 123 4567, no hay agua en la colonia Reforma")
    listed = browser("oficial").opens("/triage")
    assert "soy [nombre], cel [teléfono], no hay agua" in listed
    assert "Pérez" not in listed
    assert "Pérez" in browser("oficial").opens(f"/peticiones/{case.folio}")


def test_a_sensitive_matters_words_are_not_in_the_list(office: Office, browser: Callable[[str], Browser]) -> None:
    says(office, "c1", DANGER)
    page = browser("oficial").opens("/triage")
    assert DANGER not in page
    assert "Asunto reservado" in page


@pytest.mark.parametrize(("agency", "is_sensitive"), [("SHTFP", True), ("CABIEN", False)])
def test_a_correction_settles_whether_the_matter_is_sensitive(
    office: Office, members: dict[str, Member], agency: str, is_sensitive: bool
) -> None:
    case = says(office, "c1", "hay que pasar mordida a los topes del camino, quítenlos")
    with office.sessions() as session:
        assert get_petition(session, case.folio).is_sensitive
    refers(office, members["oficial"], case, agency)
    with office.sessions() as session:
        assert get_petition(session, case.folio).is_sensitive == is_sensitive
        told = session.scalars(select(Reply.text).order_by(Reply.id.desc())).first()
    assert told
    assert ("Caminos Bienestar" in told) != is_sensitive


def test_reading_a_sensitive_petition_is_noted(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case = says(office, "c1", DANGER)
    page = browser("audita").opens(f"/peticiones/{case.folio}")
    assert "leyó el asunto reservado" in page
    with office.sessions() as session:
        last = list_entries(session, get_petition(session, case.folio).id)[-1]
    assert (last.name, last.actor) == ("read", f"staff:{members['audita'].id}")


def test_the_queue_is_searched_by_folio_and_by_words(office: Office, browser: Callable[[str], Browser]) -> None:
    water, road = says(office, "c1", WATER), says(office, "c2", ROAD)
    officer = browser("oficial")
    for wanted in (water.folio, water.folio.lower().replace("-", " "), water.folio.split("-")[2], "COLONIA reforma"):
        page = officer.client.get("/triage", params={"buscar": wanted}).text
        assert water.folio in page, wanted
        assert road.folio not in page, wanted
    assert "Ninguna petición coincide" in officer.opens("/triage?buscar=%25")


def test_pages_are_cut_by_key_and_none_is_shown_twice(office: Office, members: dict[str, Member]) -> None:
    for number in range(PAGE + 3):
        says(office, f"c{number}", f"{WATER} {number}")
    with office.sessions() as session:
        first = list_queue(session, office, Wish())
        second = list_queue(session, office, Wish(after=first.next_after or ""))
    folios = [row.folio for row in (*first.rows, *second.rows)]
    assert (len(first.rows), len(second.rows), len(set(folios))) == (PAGE, 3, PAGE + 3)
    assert second.next_after is None


def test_a_key_that_is_none_means_the_beginning(office: Office, browser: Callable[[str], Browser]) -> None:
    case, officer = says(office, "c1", WATER), browser("oficial")
    for key in ("x", "1.2", "1.99999999999999999999999.3", "0.1.2.3", "0.-99999999999999999999.1"):
        assert case.folio in officer.opens(f"/triage?desde={key}"), key


def test_confirming_sends_the_referral_and_shows_the_next_petition(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    road, water = says(office, "c1", ROAD), says(office, "c2", WATER)
    officer = browser("oficial")
    page = officer.opens(f"/peticiones/{water.folio}")
    assert '<mark class="why-1 ">agua</mark>' in page
    assert "palabras-1" in page
    assert _decides(officer, water, "SOAPA") == f"/peticiones/{road.folio}"
    page = officer.opens(f"/peticiones/{road.folio}")
    assert f"{water.folio}: turnada a Sistema Operador" in page
    assert "turnada a" not in officer.opens(f"/peticiones/{road.folio}")
    assert _status(office, water.folio) == Status.TURNADA
    assert "ya está con Sistema Operador" in _texts(office, water.folio)[-1]


def test_a_correction_is_stored_with_its_rank_and_reason(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case = says(office, "c1", WATER)
    _decides(browser("oficial"), case, "MUNICIPIO", motivo="Es toma domiciliaria.")
    with office.sessions() as session:
        decision = session.scalars(select(Decision)).one()
    assert (decision.agency, decision.rank, decision.reason) == ("MUNICIPIO", 2, "Es toma domiciliaria.")
    assert decision.staff_id == members["oficial"].id
    assert _status(office, case.folio) == Status.REMITIDA


def test_who_decides_second_is_told_so_and_nothing_is_sent_twice(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    case = says(office, "c1", WATER)
    _decides(browser("oficial"), case, "SOAPA")
    said = len(_texts(office, case.folio))
    assert "Alguien la movió antes que usted." in _decides(browser("administra"), case, "CABIEN", 409)
    assert len(_texts(office, case.folio)) == said


def test_orientation_is_sent_to_the_citizen(office: Office, browser: Callable[[str], Browser]) -> None:
    case, officer = says(office, "c1", WATER), browser("oficial")
    short = officer.sends(f"/peticiones/{case.folio}/orientar", 422, version=case.version, texto="Vaya.")
    assert "muy corta" in short
    text = "Ese trámite es en línea y no cuesta: pida su cita en la página de la oficina."
    officer.sends(f"/peticiones/{case.folio}/orientar", version=case.version, texto=text)
    assert text in _texts(office, case.folio)[-1]
    assert _status(office, case.folio) == Status.ORIENTADA


def test_what_is_no_petition_is_closed_without_a_word(office: Office, browser: Callable[[str], Browser]) -> None:
    case = says(office, "c1", WATER)
    said = len(_texts(office, case.folio))
    assert browser("oficial").sends(f"/peticiones/{case.folio}/descartar", version=case.version) == "/triage"
    assert _status(office, case.folio) == Status.NO_PETICION
    assert len(_texts(office, case.folio)) == said


def test_what_a_citizen_writes_stays_text(office: Office, browser: Callable[[str], Browser]) -> None:
    case = says(office, "c1", "<script>alert(1)</script> no hay agua <img src=x onerror=alert(2)> {{ 7*7 }}")
    page = browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page


def test_a_changed_history_is_shown(office: Office, browser: Callable[[str], Browser]) -> None:
    case, officer = says(office, "c1", WATER), browser("oficial")
    assert "ninguno alterado" in officer.opens(f"/peticiones/{case.folio}")
    with office.sessions.begin() as session:
        session.execute(update(HistoryEntry).where(HistoryEntry.number == 2).values(name="otra"))
    assert "El registro 2 no coincide con la cadena" in officer.opens(f"/peticiones/{case.folio}")


def test_after_the_last_one_comes_the_first_again(office: Office, members: dict[str, Member]) -> None:
    first, last = says(office, "c1", ROAD), says(office, "c2", WATER)
    with office.sessions() as session:
        assert find_next(session, first.folio) == last.folio
        assert find_next(session, last.folio) == first.folio
    refers(office, members["oficial"], first, "CABIEN")
    with office.sessions() as session:
        assert find_next(session, last.folio) is None


def test_the_banner_is_sent_only_when_its_count_changed(office: Office, browser: Callable[[str], Browser]) -> None:
    says(office, "c1", DANGER)
    officer = browser("oficial")
    assert officer.client.get("/emergencias").headers["location"] == "/triage"  # by hand: a whole page
    officer.client.headers["HX-Request"] = "true"
    officer.opens("/emergencias?antes=1", 204)
    assert "Hay 1 emergencia" in officer.opens("/emergencias?antes=0")


def test_a_folio_of_no_petition_is_not_found(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    for path in ("/peticiones/JG-2026-000000-0", "/peticiones/x", "/peticiones/JG-2026-000000-0%00", "/turnos/99"):
        assert "No encontramos esa página" in officer.opens(path, 404)


def test_a_changed_petition_has_a_new_version(office: Office, members: dict[str, Member]) -> None:
    case = says(office, "c1", WATER)
    refers(office, members["oficial"], case, "SOAPA")
    assert case_of(office, case.folio).version > case.version


def test_a_pin_is_drawn_among_the_seats_around_it_for_office_and_agency(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case = says(office, "c1", WATER)
    referral, officer = refers(office, members["oficial"], case, "SOAPA"), browser("oficial")
    assert 'class="near"' not in officer.opens(f"/peticiones/{case.folio}")
    with office.sessions.begin() as session:
        petition = get_petition(session, case.folio)
        petition.latitude, petition.longitude = 16.79, -96.68
    for page in (officer.opens(f"/peticiones/{case.folio}"), browser("enlace-soapa").opens(f"/turnos/{referral}")):
        assert "de la cabecera de Ocotlán de Morelos" in page
        assert ">San Dionisio Ocotlán</text>" in page
