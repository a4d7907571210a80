"""«Emergencia»: what an officer marks goes first and calls the person on duty; who and why is kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.triage.lists import Wish
from intake.triage.queue import count_emergencies, list_queue
from tests.admin.conftest import Case, says
from tests.staff import Browser
from tests.talk import Talk

WHY = "Dice que hay niños atrapados en la casa."


@pytest.fixture
def officer(browser: Callable[[str], Browser]) -> Browser:
    return browser("oficial")


def _first(office: Office) -> str:
    with office.sessions() as session:
        return list_queue(session, office, Wish()).rows[0].folio


def _says_earlier(office: Office) -> Case:
    """Its term ends first, or it has waited longer."""
    with at(utc_now() - timedelta(hours=1)):
        return says(office, "c2", "el camino a mi pueblo está lleno de hoyos")


def test_a_marked_one_goes_first_and_calls_the_person_on_duty(office: Office, officer: Browser, case: Case) -> None:
    earlier = _says_earlier(office)
    said = len(Talk(office, "c1").replies())
    assert _first(office) == earlier.folio
    officer.sends(f"/peticiones/{case.folio}/emergencia", clase="desastre", causa=WHY)
    assert _first(office) == case.folio
    with office.sessions() as session:
        petition = get_petition(session, case.folio)
        assert (petition.emergency, petition.is_urgent, petition.wants_person) == ("desastre", True, True)
        assert count_emergencies(session) == 1
    page = officer.opens(f"/peticiones/{case.folio}")
    assert "Persona oficial la marcó como emergencia el" in page
    assert WHY in page
    assert "<span>la marcó como emergencia</span>" in page
    assert len(Talk(office, "c1").replies()) == said


def test_what_is_none_takes_its_place_again(office: Office, officer: Browser) -> None:
    danger = says(office, "c1", "mi marido me quiere matar de risa con sus bromas")
    earlier = _says_earlier(office)
    assert _first(office) == danger.folio
    officer.sends(f"/peticiones/{danger.folio}/sin-emergencia", causa="Es una broma, hablamos con ella.")
    assert _first(office) == earlier.folio
    with office.sessions() as session:
        assert count_emergencies(session) == 0
    assert "le quitó la emergencia" in officer.opens(f"/peticiones/{danger.folio}")


def test_without_a_reason_or_of_an_unknown_kind_nothing_is_marked(office: Office, officer: Browser, case: Case) -> None:
    where = f"/peticiones/{case.folio}/emergencia"
    assert "Escriba por qué, al menos 10" in officer.sends(where, 422, clase="desastre", causa="urge")
    officer.sends(where, 404, clase="prisa", causa=WHY)
    with office.sessions() as session:
        assert get_petition(session, case.folio).emergency is None


def test_only_who_decides_marks_and_only_what_is_attended(
    officer: Browser, browser: Callable[[str], Browser], case: Case
) -> None:
    where = f"/peticiones/{case.folio}/emergencia"
    browser("audita").sends(where, 403, clase="desastre", causa=WHY)
    browser("enlace-soapa").sends(where, 403, clase="desastre", causa=WHY)
    officer.sends(f"/peticiones/{case.folio}/descartar", version=case.version)
    officer.sends(where, 409, clase="desastre", causa=WHY)
