"""Petitions of one event: the machine proposes, an officer confirms or tells apart, and nothing else changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.incidents import join, list_incidents
from tests.admin.conftest import Case, says
from tests.staff import Browser

FIRST = "no hay agua en la colonia Reforma de Santa Lucía del Camino desde el lunes, se rompió el tubo"
SECOND = "desde el lunes no hay agua aquí en la Reforma, Santa Lucía del Camino, un tubo se rompió"
ELSEWHERE = "no hay agua en San Pablo Villa de Mitla"
DANGER = "mi marido me quiere matar en Santa Lucía del Camino"


@pytest.fixture
def pair(office: Office) -> tuple[Case, Case]:
    return says(office, "c1", FIRST), says(office, "c2", SECOND)


def _page(browser: Browser, case: Case) -> str:
    return browser.opens(f"/peticiones/{case.folio}")


def test_two_tellings_of_one_event_are_proposed_on_both_pages(
    office: Office, pair: tuple[Case, Case], browser: Callable[[str], Browser]
) -> None:
    other = says(office, "c3", ELSEWHERE)
    officer = browser("oficial")
    for one, the_other in (pair, pair[::-1]):
        page = _page(officer, one)
        assert "Es el mismo hecho" in page
        assert the_other.folio in page.split('id="hecho"')[1]
        assert other.folio not in page.split('id="hecho"')[1].split('id="t-historia"')[0]


def test_an_officer_brings_them_together_and_takes_one_out_again(
    pair: tuple[Case, Case], browser: Callable[[str], Browser]
) -> None:
    officer, (first, second) = browser("oficial"), pair
    officer.sends(f"/peticiones/{second.folio}/mismo-hecho", otra=first.folio)
    page = _page(officer, first)
    assert "Otra petición cuenta el mismo hecho" in page
    assert "reunió con otras del mismo hecho" in page
    assert "Es el mismo hecho" not in page
    assert officer.opens("/triage").count("foco de 2") == 2
    listed = officer.opens("/focos")
    assert "2 peticiones" in listed
    assert "2 sin respuesta" in listed
    officer.sends(f"/peticiones/{first.folio}/salir-del-foco")
    assert "Todavía no hay focos" in officer.opens("/focos")
    officer.sends(f"/peticiones/{first.folio}/salir-del-foco", 404)


def test_a_third_telling_joins_the_incident_of_the_two(
    office: Office, pair: tuple[Case, Case], browser: Callable[[str], Browser]
) -> None:
    officer, (first, second) = browser("oficial"), pair
    third = says(office, "c3", FIRST)
    officer.sends(f"/peticiones/{second.folio}/mismo-hecho", otra=first.folio)
    officer.sends(f"/peticiones/{third.folio}/mismo-hecho", otra=second.folio)
    assert "Otras 2 peticiones" in _page(officer, third)
    assert "3 peticiones" in officer.opens("/focos")


def test_what_was_told_apart_is_not_proposed_again(
    office: Office, pair: tuple[Case, Case], browser: Callable[[str], Browser]
) -> None:
    officer, (first, second) = browser("oficial"), pair
    officer.sends(f"/peticiones/{first.folio}/otro-hecho", otra=second.folio)
    assert 'id="hecho"' not in _page(officer, second)
    with at(utc_now() + timedelta(seconds=1)):
        says(office, "c2", "y sigue sin agua")  # the text grows and is read anew
    assert 'id="hecho"' not in _page(officer, second)


def test_reserved_petitions_stand_alone(
    office: Office, pair: tuple[Case, Case], browser: Callable[[str], Browser]
) -> None:
    officer = browser("oficial")
    danger, again = says(office, "c8", DANGER), says(office, "c9", DANGER)
    assert 'id="hecho"' not in _page(officer, again)
    officer.sends(f"/peticiones/{pair[0].folio}/mismo-hecho", 409, otra=danger.folio)
    officer.sends(f"/peticiones/{pair[0].folio}/mismo-hecho", 409, otra=pair[0].folio)


def test_an_auditor_sees_but_does_not_decide(pair: tuple[Case, Case], browser: Callable[[str], Browser]) -> None:
    auditor = browser("audita")
    page = _page(auditor, pair[0])
    assert pair[1].folio in page
    assert "mismo-hecho" not in page
    auditor.sends(f"/peticiones/{pair[0].folio}/mismo-hecho", 403, otra=pair[1].folio)


def test_incidents_of_long_ago_are_not_gone_through(office: Office, members: dict[str, Member]) -> None:
    old, new = ([says(office, f"{when}{number}", FIRST).folio for number in range(3)] for when in ("old", "new"))
    for folios in (old, new):
        for other in folios[1:]:
            join(office, members["oficial"], folios[0], other)
    with office.sessions() as session:
        assert [view.petitions for view in list_incidents(session, office, looked_at=1)] == [3]
        assert [view.petitions for view in list_incidents(session, office)] == [3, 3]
