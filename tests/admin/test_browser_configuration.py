"""The configuration in Debian's Chromium: a line's number waits for a second
person, who sees both sides of the change, and is gone back from."""

import pytest
from playwright.sync_api import Page, expect

from intake.accounts.staff import Member
from intake.office import Office
from tests.admin import test_browser as shared

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
REASON = "Acuerdo de la reunión de coordinación"


def test_a_second_person_sees_both_sides_of_a_lines_change(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    shared._logs_in(tab, "administra")
    tab.goto("/lineas")
    line = tab.locator("#linea-life")
    line.locator("summary", has_text="Cambiar").click()
    line.get_by_label("Número", exact=True).fill("800 000 0000")
    line.get_by_label("Motivo del cambio").fill(REASON)
    line.get_by_role("button", name="Publicar").click()
    tab.get_by_role("button", name="Salir").click()
    shared._logs_in(tab, "oficial")
    tab.goto("/lineas")
    row = line.get_by_role("row", name="Número")
    assert [cell.strip() for cell in row.get_by_role("cell").all_inner_texts()] == ["800 911 2000", "800 000 0000"]
    assert shared._findings(tab, "a line that waits") == []
    line.get_by_role("button", name="Confirmar el número").click()
    expect(line.locator("b").first).to_have_text("800 000 0000")
    tab.get_by_role("button", name="Salir").click()
    shared._logs_in(tab, "administra")
    tab.goto("/lineas")
    line.locator("summary", has_text="Versiones").click()
    line.locator("summary", has_text="Volver a esta versión").click()
    assert shared._findings(tab, "a line's versions") == []
    line.locator("details details").get_by_label("Motivo del cambio").fill(REASON)
    line.locator("details details").get_by_role("button").click()
    expect(line.get_by_text("Espera a una segunda persona el número 800 911 2000")).to_be_visible()
    assert office.jurisdiction.lines["life"].number == "800 000 0000"
