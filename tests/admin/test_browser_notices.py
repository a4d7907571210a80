"""What reaches staff outside the app, in Debian's Chromium: the roster, one's own letters and calendar."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.notices.mailing import Kind, put
from intake.office import Office
from intake.tables.notices import Mail
from tests.admin import test_browser as shared

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures


@pytest.fixture
def office(office: Office) -> Office:
    """One that has a mail server, which nobody asks here."""
    mail = {"smtp_host": "127.0.0.1", "mail_from": "avisos@canaliza.test", "smtp_security": "none"}
    return replace(office, settings=office.settings.model_copy(update=mail))


def _adds(tab: Page, day: str, begins: str, ends: str) -> None:
    tab.get_by_label("Persona", exact=True).select_option("Persona oficial")
    tab.get_by_label("Día", exact=True).fill(day)
    tab.get_by_label("Desde").fill(begins)
    tab.get_by_label("Hasta").fill(ends)
    tab.get_by_role("button", name="Agregar", exact=True).click()


def test_a_week_of_the_roster_is_filled_and_copied(office: Office, members: dict[str, Member], tab: Page) -> None:
    shared._logs_in(tab, "administra")
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    tab.goto("/guardia")
    _adds(tab, today.isoformat(), "00:00", "00:00")
    tab.wait_for_selector(".notice")
    assert "Persona oficial" in tab.locator("section", has_text="En este momento").first.inner_text()
    _adds(tab, today.isoformat(), "23:00", "00:00")
    assert "ya está de guardia" in tab.get_by_role("alert").last.inner_text()
    assert tab.get_by_label("Desde").input_value() == "23:00"
    assert shared._findings(tab, "a refused shift") == []
    tab.goto(f"/guardia?semana={today + timedelta(days=7)}")
    tab.get_by_role("button", name="Copiar aquí la semana anterior").click()
    tab.wait_for_selector(".notice")
    assert tab.get_by_role("button", name="Quitar la guardia de Persona oficial").count() == 1
    assert shared._findings(tab, "a copied week") == []
    shared._says(office, "c1", shared.DANGER)
    tab.goto("/triage")
    assert "De guardia: Persona oficial" in tab.locator(".emergency-banner").inner_text()
    assert shared._findings(tab, "the queue with its roster") == []


def test_letters_and_a_calendar_are_wished_for(office: Office, members: dict[str, Member], tab: Page) -> None:
    shared._logs_in(tab, "administra")
    tab.goto("/mi-cuenta")
    tab.get_by_label("Correo electrónico").fill("administra@canaliza.test")
    tab.get_by_label("Cada aviso al momento").check()
    tab.get_by_role("button", name="Guardar").click()
    assert "Sus avisos quedaron guardados." in tab.locator(".notice").inner_text()
    tab.get_by_role("button", name="Crear mi enlace").click()
    assert ".ics" in tab.locator("#calendario code").inner_text()
    assert shared._findings(tab, "/mi-cuenta") == []
    with office.sessions.begin() as session:
        put(session, office, Kind.DIGEST, [members["administra"].id], {}, utc_now(), key="digest")
        session.execute(update(Mail).where(Mail.kind == "digest").values(state="dead", attempts=9, outcome="550"))
    tab.goto("/correos")
    assert "No se entregó" in tab.locator(".rows").inner_text()
    assert shared._findings(tab, "/correos") == []
