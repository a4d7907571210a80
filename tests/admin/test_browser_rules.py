"""Rules in Debian's Chromium: a rule is changed, rehearsed, published, and gone back from."""

import pytest
from playwright.sync_api import Page

from intake.accounts.staff import Member
from intake.office import Office
from intake.rules.drafts import get_draft
from tests.admin import test_browser as shared

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
REASON = "Acuerdo de la reunión de coordinación"


def test_a_rule_is_changed_rehearsed_published_and_gone_back_from(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    folio = shared._says(office, "c1", shared.WATER).folio
    shared._logs_in(tab, "administra")
    tab.goto("/reglas")
    tab.get_by_role("button", name="Empezar un borrador").click()
    tab.get_by_role("link", name="Cambiar la regla agua-fuera-de-la-capital").click()
    tab.locator("summary", has_text="el texto dice").click()
    tab.get_by_label("Palabras o frases, una por renglón").fill("colonia Reforma")
    tab.get_by_label("Cañada").uncheck()
    for region in ("Costa", "Istmo", "Mixteca", "Papaloapan", "Sierra Norte", "Sierra Sur"):
        tab.get_by_label(region).uncheck()
    tab.get_by_label("Dependencia que se propone").select_option("MUNICIPIO")
    tab.get_by_role("button", name="Guardar en el borrador").click()
    tab.wait_for_url("**/reglas/borrador")
    assert "quedó en el borrador" in tab.locator(".notice").inner_text()
    tab.get_by_role("button", name="Bajar la regla agua-fuera-de-la-capital").click()
    tab.wait_for_url("**/reglas/borrador#regla-11")
    tab.get_by_role("link", name="Ensayar y publicar").click()
    assert "1 de las últimas 1 peticiones cambiaría" in tab.get_by_role("status").first.inner_text()
    assert tab.get_by_role("link", name=folio).is_visible()
    assert shared._findings(tab, "rehearsal") == []
    tab.get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("button", name="Publicar estas reglas").click()
    tab.wait_for_url("**/reglas")
    assert "rige la versión 1" in tab.locator(".notice").inner_text()
    assert [rule.id for rule in office.rules.rules].index("agua-fuera-de-la-capital") == 10
    assert shared._findings(tab, "published rules") == []
    tab.get_by_role("link", name="Reglas de la instalación (versión 0)").click()
    tab.get_by_role("link", name="Ensayar esta versión").click()
    assert "1 de las últimas 1 peticiones cambiaría" in tab.get_by_role("status").first.inner_text()
    tab.get_by_label("Motivo del cambio").fill("No funcionó como se esperaba")
    tab.get_by_role("button", name="Volver a esta versión").click()
    tab.wait_for_url("**/reglas")
    assert "Rigen otra vez las reglas de la versión 0" in tab.locator(".notice").inner_text()
    assert office.rules.rules == office.rulebook.own.rules


def test_a_text_with_an_error_is_named_by_line_and_undone(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    shared._logs_in(tab, "administra")
    tab.goto("/reglas")
    tab.get_by_role("button", name="Empezar un borrador").click()
    tab.get_by_role("link", name="Ver como texto").click()
    field = tab.get_by_label("Reglas en YAML")
    whole = field.input_value()
    assert whole == get_draft(office).text
    field.fill(whole.replace("agency: CEPC", "agency: NADIE"))
    tab.get_by_role("button", name="Guardar el texto").click()
    tab.get_by_text("Línea 21, regla «emergencia-desastre»: no hay una dependencia «NADIE».").wait_for()
    assert "agency: NADIE" in tab.get_by_label("Reglas en YAML").input_value()
    assert shared._findings(tab, "a text with an error") == []
    tab.get_by_role("link", name="← Borrador").click()
    tab.get_by_role("button", name="Deshacer el último paso").click()
    tab.get_by_role("link", name="Ensayar y publicar").wait_for()
    assert get_draft(office).text == whole
