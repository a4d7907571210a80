"""Petitions joined and emergencies marked, in Debian's Chromium, by key and by button."""

import pytest
from playwright.sync_api import Page

from intake.office import Office
from intake.petitions.states import Status
from tests.admin import test_browser as shared

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
WATER = shared.WATER


def _looks(tab: Page) -> None:
    """As it stands: no serious finding, nothing wider than the window."""
    assert shared._findings(tab, tab.url) == []


def test_j_joins_what_tells_of_the_same_and_u_takes_it_back(office: Office, tab: Page) -> None:
    lead = shared._says(office, "c1", WATER)
    case = shared._says(office, "c1", "el camino a mi pueblo está lleno de hoyos y no pasa el camión")
    shared._logs_in(tab, "oficial")
    shared._opens(tab, case.folio)
    tab.keyboard.press("j")
    tab.wait_for_url("**/juntar")
    tab.wait_for_selector("body[data-keys=ready]")
    _looks(tab)
    tab.keyboard.press("1")
    assert f"{case.folio} se atiende junto con {lead.folio}. Avisaremos" in shared._moves_on(tab, case.folio)
    assert shared._outcome(office, case.folio)[0] == Status.ACUMULADA
    _looks(tab)
    tab.keyboard.press("u")
    tab.wait_for_url(f"**/peticiones/{case.folio}")
    assert shared._outcome(office, case.folio)[0] == Status.CLASIFICADA


def test_what_joined_is_seen_on_both_pages_and_parted_with_a_button(office: Office, tab: Page) -> None:
    lead, case = shared._says(office, "c1", WATER), shared._says(office, "c2", "en la Reforma seguimos sin agua")
    shared._logs_in(tab, "oficial")
    tab.goto(f"/peticiones/{case.folio}/juntar")
    tab.get_by_label("Buscar por folio").fill(lead.folio)
    tab.get_by_role("button", name="Buscar").click()
    tab.get_by_role("button", name=f"Juntar con {lead.folio}").click()
    tab.wait_for_url(lambda url: "juntar" not in url)
    tab.goto(f"/peticiones/{lead.folio}")
    assert "en la Reforma seguimos sin agua" in tab.locator("#juntas").inner_text()
    _looks(tab)
    tab.goto(f"/peticiones/{case.folio}")
    _looks(tab)
    tab.get_by_role("button", name="Separarla").click()
    tab.get_by_text("se atiende otra vez por separado").wait_for()
    assert shared._outcome(office, case.folio)[0] == Status.CLASIFICADA


def test_e_marks_an_emergency_and_e_unmarks_it(office: Office, tab: Page) -> None:
    case = shared._says(office, "c1", WATER)
    shared._logs_in(tab, "oficial")
    for said, button in (("es emergencia: ya está al principio", "Marcar como"), ("ya no es emergencia", "Quitar la")):
        shared._opens(tab, case.folio)
        tab.keyboard.press("e")
        if button == "Marcar como":
            tab.keyboard.press("ArrowDown")
            tab.keyboard.press("Tab")
        tab.keyboard.type("Hay niños en la casa y el río crece.")
        _looks(tab)
        tab.get_by_role("button", name=button).click()
        tab.get_by_text(said).wait_for()
    assert shared._outcome(office, case.folio)[0] == Status.RECIBIDA
