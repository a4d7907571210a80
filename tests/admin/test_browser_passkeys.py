"""Passkeys in Debian's Chromium, with the virtual authenticator of its own protocol (CDP, WebAuthn domain)."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.office import Office
from intake.tables.accounts import Passkey
from tests.admin.test_browser import _findings, address, tab, width

pytestmark = pytest.mark.browser
__all__ = ["address", "tab", "width"]


@pytest.fixture
def width() -> int:  # noqa: F811 — one width is enough here
    return 375


@pytest.fixture
def device(tab: Page) -> CDPSession:
    """A telephone that has a key store and knows its owner."""
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def _at_localhost(address: str) -> str:
    """An address of numbers is no place for a passkey (WebAuthn §5.1.3: a domain)."""
    return f"http://localhost:{urlsplit(address).port}"


def test_a_passkey_is_made_and_lets_its_owner_in(
    office: Office,
    members: dict[str, Member],
    address: str,
    tab: Page,
    device: CDPSession,
) -> None:
    here = _at_localhost(address)
    tab.goto(f"{here}/login")
    tab.get_by_label("Usuario").fill("oficial")
    tab.get_by_label("Contraseña").fill("una frase muy larga")
    tab.get_by_role("button", name="Entrar", exact=True).click()
    tab.wait_for_url(lambda url: "/login" not in url)
    tab.goto(f"{here}/mi-cuenta")
    tab.get_by_label("Nombre de la llave").fill("Mi teléfono")
    tab.get_by_role("button", name="Agregar una llave").click()
    tab.get_by_text("Se agregó la llave «Mi teléfono».").wait_for()
    assert _findings(tab, "a passkey") == []
    tab.get_by_role("button", name="Salir").click()
    tab.get_by_role("button", name="Usar una llave de acceso").click()
    tab.wait_for_url(lambda url: "/triage" in url)
    assert "Persona oficial" in tab.locator(".who-name").inner_text()
    with office.sessions() as session:
        row = session.scalars(select(Passkey)).one()
        assert (row.name, row.staff_id, row.used_at is not None) == ("Mi teléfono", members["oficial"].id, True)
    tab.goto(f"{here}/mi-cuenta")
    tab.get_by_role("button", name="Quitar la llave Mi teléfono").click()
    tab.get_by_text("Se quitó la llave").wait_for()
    tab.get_by_role("button", name="Salir").click()
    tab.get_by_role("button", name="Usar una llave de acceso").click()
    tab.get_by_text("No pudimos abrir su sesión con esa llave.").wait_for()
