"""«Entrar a la plática»: who may, what the page shows while two people talk, a text that cannot leave any more."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.petitions import HistoryEntry, Petition
from intake.triage.takeovers import enter
from tests.admin.conftest import Case, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino a mi pueblo está lleno de hoyos"
DANGER = "mi marido me quiere matar"
MARK = re.compile(r"/platica\?visto=([0-9a-f]{16})")
SLIP = "0123456789abcdef"


@pytest.fixture
def case(office: Office) -> Case:
    return says(office, "c1", WATER)


def _writes(officer: Browser, folio: str, text: str, status: int = 303) -> str:
    return officer.sends(f"/peticiones/{folio}/platica/escribir", status, texto=text, papeleta=SLIP)


def _readings(office: Office, folio: str, member: Member) -> int:
    wanted = select(HistoryEntry).join(Petition, Petition.id == HistoryEntry.petition_id)
    with office.sessions() as session:
        own = wanted.where(
            Petition.folio == folio, HistoryEntry.name == "read", HistoryEntry.actor == f"staff:{member.id}"
        )
        return len(session.scalars(own).all())


def test_an_officer_enters_writes_and_leaves(office: Office, case: Case, browser: Callable[[str], Browser]) -> None:
    officer, page = browser("oficial"), f"/peticiones/{case.folio}"
    assert "Entrar a la plática" in officer.opens(page)
    assert officer.sends(f"{page}/platica/entrar", en_lugar_de=0) == f"{page}#escribir"
    assert "Usted está en la plática" in officer.opens(page)
    _writes(officer, case.folio, "Buenas tardes, soy Laura.")
    shown = officer.opens(page)
    assert "<b>Persona oficial</b>" in shown
    assert "Buenas tardes, soy Laura." in shown
    assert "escribió a la persona en la plática" in shown
    officer.sends(f"{page}/platica/salir")
    shown = officer.opens(page)
    assert "Entrar a la plática" in shown
    assert 'hx-get="/peticiones' not in shown


def test_what_the_citizen_writes_is_shown_as_it_comes(
    office: Office, case: Case, browser: Callable[[str], Browser]
) -> None:
    officer, talk = browser("oficial"), f"/peticiones/{case.folio}/platica"
    officer.sends(f"{talk}/entrar", en_lugar_de=0)
    Talk(office, "c1").works()
    mark = MARK.search(officer.opens(f"/peticiones/{case.folio}"))
    assert mark
    officer.opens(f"{talk}?visto={mark[1]}", 204)
    Talk(office, "c1").says("es en la calle Violetas")
    shown = officer.opens(f"{talk}?visto={mark[1]}")
    assert "es en la calle Violetas" in shown
    assert MARK.search(shown)
    assert "<html" not in shown


def test_danger_told_to_a_person_is_seen_on_the_page_and_its_reading_noted_once(
    office: Office, case: Case, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    officer, talk = browser("oficial"), f"/peticiones/{case.folio}/platica"
    officer.sends(f"{talk}/entrar", en_lugar_de=0)
    Talk(office, "c1").says(DANGER)
    danger = Talk(office, "c1").petitions()[-1].folio
    assert danger != case.folio
    for _ in range(2):
        shown = officer.opens(talk)
        assert DANGER in shown
        assert "emergencia: violencia" in shown
        assert danger in shown
    assert _readings(office, danger, members["oficial"]) == 1
    assert DANGER not in browser("audita").opens(talk)


def test_a_sensitive_conversation_that_is_looked_at_again_and_again_is_one_reading(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case, auditor = says(office, "c1", DANGER), browser("audita")
    for _ in range(3):
        auditor.opens(f"/peticiones/{case.folio}/platica")
    assert _readings(office, case.folio, members["audita"]) == 1


def test_the_second_officer_sees_who_is_in_and_takes_over(
    office: Office, case: Case, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    first, second, page = browser("oficial"), browser("administra"), f"/peticiones/{case.folio}"
    first.sends(f"{page}/platica/entrar", en_lugar_de=0)
    second.sends(f"{page}/platica/entrar", 409, en_lugar_de=0)
    shown = second.opens(page)
    assert "Persona oficial está en la plática" in shown
    found = re.search(r'name="en_lugar_de" value="(\d+)"', shown)
    assert found
    second.sends(f"{page}/platica/entrar", en_lugar_de=found[1])
    shown = _writes(first, case.folio, "¿Sigue usted ahí?", 422)
    assert "Su texto no salió" in shown
    assert "¿Sigue usted ahí?" in shown
    assert "Persona administra está en la plática" in shown
    assert "tomó el lugar de quien estaba" in second.opens(page)


def test_an_auditor_sees_the_conversation_and_no_form(
    office: Office, case: Case, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    enter(office, members["oficial"], case.folio, 0)
    page = browser("audita").opens(f"/peticiones/{case.folio}")
    assert "Persona oficial está en la plática" in page
    assert "/platica/" not in page


def test_nothing_is_nothing(office: Office, case: Case, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    officer.sends(f"/peticiones/{case.folio}/platica/entrar", en_lugar_de=0)
    assert "Escriba algo para la persona." in _writes(officer, case.folio, " \n ", 422)


def test_another_petition_of_the_chat_says_where_the_person_came_from(
    office: Office, case: Case, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    Talk(office, "c1").says(ROAD)
    other = Talk(office, "c1").petitions()[-1].folio
    assert other != case.folio
    enter(office, members["oficial"], case.folio, 0)
    page = browser("administra").opens(f"/peticiones/{other}")
    assert f'<a href="/peticiones/{case.folio}">' in page
    with office.sessions() as session:
        assert get_petition(session, other).conversation_id == get_petition(session, case.folio).conversation_id
