"""Log-in in Debian's Chromium with a second step, and what axe says of the pages of an account."""

from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.office import Office
from tests.admin.test_browser import _findings, _logs_in, address, tab, width
from tests.staff import PASSWORD

pytestmark = pytest.mark.browser
__all__ = ["address", "tab", "width"]


def test_somebody_sets_codes_up_and_logs_in_with_one(office: Office, members: dict[str, Member], tab: Page) -> None:
    _logs_in(tab, "oficial")
    tab.get_by_role("link", name="Mi cuenta").click()
    tab.get_by_role("button", name="Activar los códigos").click()
    tab.get_by_role("img", name="Código QR").wait_for()
    assert _findings(tab, "the QR code") == []
    totp = pyotp.TOTP(tab.locator("code.hash").inner_text())
    tab.get_by_label("Código de seis dígitos").fill(totp.at(utc_now() - timedelta(seconds=30)))
    tab.get_by_role("button", name="Confirmar").click()
    tab.get_by_role("heading", name="Sus códigos de recuperación").wait_for()
    assert tab.locator(".codes li").count() == 10
    assert _findings(tab, "recovery codes") == []
    tab.get_by_role("link", name="Ya los guardé").click()
    tab.get_by_text("Le quedan 10 códigos de recuperación.").wait_for()
    assert _findings(tab, "the own account") == []
    tab.get_by_role("button", name="Salir").click()
    tab.get_by_label("Usuario").fill("oficial")
    tab.get_by_label("Contraseña").fill(PASSWORD)
    tab.get_by_role("button", name="Entrar").click()
    tab.get_by_role("heading", name="Código de verificación").wait_for()
    assert _findings(tab, "the second step") == []
    tab.get_by_label("Código", exact=True).fill(totp.at(utc_now()))
    tab.get_by_role("button", name="Entrar").click()
    tab.wait_for_url(lambda url: "/triage" in url)
