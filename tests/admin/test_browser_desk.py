"""The window, the search and the shared queue in Debian's Chromium: by keyboard, with two officers."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from intake.accounts.staff import Member
from intake.office import Office
from intake.triage.saved_views import save_view
from tests.admin import test_browser as shared
from tests.admin.conftest import refers

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
PICTURES = os.environ.get("CANALIZA_TEST_PICTURES")  # a folder: what the pages look like is kept there


def _looks(tab: Page, name: str) -> None:
    """As it stands: no serious finding, nothing wider than the window."""
    if PICTURES:
        scheme = "dark" if tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        path = Path(PICTURES) / f"{name}-{tab.evaluate('innerWidth')}-{scheme}.png"
        tab.screenshot(path=path, full_page=True)
    assert shared._findings(tab, name) == []


def test_an_officer_captures_what_comes_to_the_window_and_hands_over_the_page(office: Office, tab: Page) -> None:
    shared._logs_in(tab, "oficial")
    tab.get_by_role("link", name="Capturar petición").click()
    _looks(tab, "capture")
    tab.get_by_label("Qué pide").fill("No hay agua en la colonia Reforma desde hace ocho días.")
    tab.get_by_label("Municipio (si se sabe)").fill("San Juan")
    tab.get_by_label("Nombre (si lo da)").fill("Guadalupe Ruiz")
    tab.get_by_role("button", name="Registrar y ver el folio").click()
    tab.get_by_role("alert").filter(has_text="más de un municipio").wait_for()
    _looks(tab, "capture-which")
    tab.get_by_label("San Juan").nth(1).check()
    tab.get_by_role("button", name="Registrar y ver el folio").click()
    tab.wait_for_url("**/peticiones/**")
    _looks(tab, "captured")
    tab.get_by_role("link", name="acuse para imprimir").click()
    tab.wait_for_url("**/acuse")
    _looks(tab, "stamped")
    tab.emulate_media(media="print")
    assert not tab.locator(".top").is_visible()
    assert tab.locator(".stamped-folio").is_visible()
    if PICTURES:
        tab.screenshot(path=Path(PICTURES) / f"stamped-print-{tab.evaluate('innerWidth')}.png", full_page=True)


def test_a_slash_leads_to_the_search_and_what_is_found_is_marked(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    water, road = shared._says(office, "c1", shared.WATER), shared._says(office, "c2", shared.ROAD)
    refers(office, members["oficial"], road, "CABIEN")
    shared._logs_in(tab, "oficial")
    tab.wait_for_selector("body[data-keys=ready]")
    tab.keyboard.press("/")
    tab.keyboard.type("aguas")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/buscar?**")
    assert tab.locator("mark").all_inner_texts() == ["agua"]
    assert tab.locator(".found .folio").all_inner_texts() == [water.folio]
    _looks(tab, "search")
    tab.goto("/buscar?palabras=camnio&estado=TURNADA")
    _looks(tab, "search-near")
    tab.goto("/buscar?palabras=x&municipio=San+Juan")
    _looks(tab, "search-fault")


def test_two_officers_see_each_other(office: Office, members: dict[str, Member], address: str, tab: Page) -> None:
    first, second, third = (shared._says(office, f"c{n}", f"{shared.WATER} {n}") for n in range(3))
    shared._says(office, "c8", shared.DANGER)
    save_view(office, members["administra"], "Agua", "dependencia=SOAPA")
    browser = tab.context.browser
    assert browser
    maria = browser.new_page(base_url=address)
    shared._logs_in(maria, "oficial")
    shared._opens(maria, second.folio)
    shared._logs_in(tab, "administra")
    assert "la está viendo Persona oficial" in tab.locator("main").inner_text()
    _looks(tab, "queue")
    tab.goto("/triage?dependencia=SOAPA")
    _looks(tab, "queue-filtered")
    shared._opens(tab, first.folio)
    tab.keyboard.press("n")
    tab.wait_for_url(f"**/{third.folio}")
    shared._opens(tab, second.folio)
    _looks(tab, "claimed-petition")
    tab.keyboard.press("1")
    tab.get_by_role("alert").filter(has_text="¿Continuar?").wait_for()
    _looks(tab, "claimed")
    tab.get_by_role("button", name="Sí, turnar").click()
    assert "turnada a Sistema Operador" in shared._moves_on(tab, second.folio)
