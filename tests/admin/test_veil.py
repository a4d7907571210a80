"""Who is not to be known, and identity papers: nothing of it in an agency's pages, for officers only with a reason."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.citizens import Citizen
from intake.tables.incoming import Attachment
from intake.triage.veil import LOOKS_FOR, veil_of
from tests.admin.conftest import Case, case_of, refers
from tests.staff import Browser
from tests.talk import Talk
from tests.voice_notes import add_voice_note

NAME, PHONE, CURP = "Gregoria Pacheco", "9511234567", "PAXG800101MOCCXR09"
TOLD = (
    "no hay agua en la colonia Reforma y el director Ramiro Peña cobra la pipa. "
    f"que no sepan quien soy, me llamo {NAME} y mi cel es {PHONE}"
)
REASON = "Hay que llamarle: la pipa llega hoy"
OWN = ("Gregoria", "Pacheco", PHONE, "c9")


@pytest.fixture
def anonymous(office: Office) -> Case:
    talk = Talk(office, "c9")
    talk.says(TOLD)
    (petition,) = talk.petitions()
    assert petition.is_anonymous
    with office.sessions.begin() as session:
        session.get_one(Citizen, petition.citizen_id).name = NAME
    return case_of(office, petition.folio)


def _shows_nothing(page: str) -> bool:
    return not any(word in page for word in OWN)


def test_the_agency_sees_what_is_told_and_nothing_of_who_told_it(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], anonymous: Case, tmp_path: Path
) -> None:
    voice = add_voice_note(office, anonymous.folio, tmp_path)
    referral, liaison = refers(office, members["oficial"], anonymous, "SOAPA"), browser("enlace-soapa")
    page = liaison.opens(f"/turnos/{referral}")
    assert _shows_nothing(page)
    assert "Ramiro Peña" in page
    assert "anónima" in page
    assert _shows_nothing(liaison.opens("/turnos"))
    preview = liaison.sends(f"/turnos/{referral}/vista-previa", 200, respuesta="Mañana pasa la pipa por su calle.")
    assert _shows_nothing(preview)
    assert liaison.client.get(f"/archivos/{voice}").status_code == 404
    assert browser("oficial").client.get(f"/archivos/{voice}").status_code == 200


def test_an_officer_sees_who_told_it_for_an_hour_after_writing_why(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], anonymous: Case
) -> None:
    officer, page = browser("oficial"), f"/peticiones/{anonymous.folio}"
    for path in (page, f"{page}/por-que", f"{page}/platica", "/triage"):
        assert _shows_nothing(officer.opens(path)), path
    assert "al menos 10 letras" in officer.sends(f"{page}/destapar", 422, motivo="quiero")
    assert _shows_nothing(officer.opens(page))
    assert officer.sends(f"{page}/destapar", motivo=REASON) == page
    assert NAME in officer.opens(page)
    assert PHONE in officer.opens(page)
    assert _shows_nothing(browser("administra").opens(page))
    assert REASON in browser("audita").opens(page)
    with office.sessions() as session, at(utc_now() + LOOKS_FOR + timedelta(minutes=1)):
        assert veil_of(session, get_petition(session, anonymous.folio), members["oficial"]).hides_writer


def test_who_may_not_look_is_not_offered_it(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], anonymous: Case
) -> None:
    refers(office, members["oficial"], anonymous, "SOAPA")
    for name in ("audita", "enlace-soapa"):
        browser(name).sends(f"/peticiones/{anonymous.folio}/destapar", 403, motivo=REASON)
    assert "destapar" not in browser("audita").opens(f"/peticiones/{anonymous.folio}")


def test_a_curp_sent_unasked_is_covered_for_all(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    talk, officer = Talk(office, "c2"), browser("oficial")
    said = talk.says(f"no hay agua en la colonia Reforma, mi curp es {CURP}")
    assert any("no hace falta mandar INE, CURP" in text for text in said)
    case = case_of(office, talk.petitions()[0].folio)
    page = f"/peticiones/{case.folio}"
    referral = refers(office, members["oficial"], case, "SOAPA")
    for path in (page, f"{page}/por-que", f"{page}/platica", "/triage?estado=all"):
        assert CURP not in officer.opens(path), path
    liaison = browser("enlace-soapa")
    for path in ("/turnos", f"/turnos/{referral}"):
        assert CURP not in liaison.opens(path), path
    assert CURP not in " ".join(talk.says("mis folios"))
    officer.sends(f"{page}/destapar", motivo=REASON)
    assert CURP in officer.opens(page)
    assert CURP not in liaison.opens(f"/turnos/{referral}")


def test_a_file_that_shows_an_identity_paper_is_opened_with_a_reason_alone(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], case: Case, tmp_path: Path
) -> None:
    file = add_voice_note(office, case.folio, tmp_path, "photo")
    with office.sessions.begin() as session:
        session.get_one(Attachment, file).is_restricted = True
    referral, liaison = refers(office, members["oficial"], case, "SOAPA"), browser("enlace-soapa")
    officer, page, path = browser("oficial"), f"/peticiones/{case.folio}", f"/archivos/{file}"
    for client in (liaison.client, officer.client, browser("audita").client):
        assert client.get(path).status_code == 404
    for shown in (liaison.opens(f"/turnos/{referral}"), officer.opens(page)):
        assert path not in shown
        assert "No se muestra, por cuidado de la persona." in shown
    officer.sends(f"{page}/destapar", motivo=REASON)
    assert officer.client.get(path).content == b"OggS"
    assert path in officer.opens(page)
    assert liaison.client.get(path).status_code == 404


def test_a_childs_petition_is_marked_in_triage_and_hides_the_child(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    talk = Talk(office, "c3")
    said = talk.says("tengo 13 años y no hay agua en mi secundaria de la colonia Reforma")
    assert "¿Le acompaña una persona adulta de confianza" in said[-1]
    case = case_of(office, talk.petitions()[0].folio)
    assert "menor de edad" in browser("oficial").opens("/triage")
    assert "No se muestra quién escribe" in browser("oficial").opens(f"/peticiones/{case.folio}")
    refers(office, members["oficial"], case, "SOAPA")
