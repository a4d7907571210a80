"""The organisation's own log-in with a real provider (npm's oidc-provider) on this machine, in Debian's Chromium."""

import os
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from intake.accounts.id_tokens import Identity
from intake.accounts.identities import link
from intake.accounts.staff import Member, get_account
from intake.office import Office
from tests import oidc
from tests.admin import test_browser as shared
from tests.admin.test_browser_desk import _looks

pytestmark = pytest.mark.browser
tab = shared.tab  # fixture


@pytest.fixture
def width() -> int:
    return int(os.environ.get("CANALIZA_TEST_WIDTH", 375))


@pytest.fixture
def address(office: Office, members: dict[str, Member]) -> Iterator[str]:
    """The staff app beside a provider that knows it; «administra» is linked there and needs a second factor."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        with oidc.running(f"http://127.0.0.1:{listening.getsockname()[1]}") as issuer:
            settings = office.settings.model_copy(
                update={**oidc.SETTINGS, "oidc_issuer": issuer, "second_factor_for": "administrator"}
            )
            with office.sessions.begin() as session:
                link(session, get_account(session, members["administra"].id), Identity(issuer, "administra-17"))
            with shared.serving(replace(office, settings=settings), listening) as served:
                yield served


def _comes_as(tab: Page, name: str) -> None:
    tab.goto("/login?siguiente=/usuarios")
    tab.get_by_role("link", name="Entrar con Cuenta institucional").click()
    tab.get_by_label("Nombre").fill(name)
    tab.get_by_role("button", name="Seguir").click()
    tab.wait_for_url(lambda url: "/interaction/" not in url)


def test_a_person_comes_by_a_real_provider_and_leaves(tab: Page) -> None:
    _comes_as(tab, "desconocida")
    assert "ninguna cuenta de este sistema" in tab.get_by_role("alert").inner_text()
    assert tab.locator("code").inner_text() == "desconocida"
    _looks(tab, "provider-unknown")
    tab.context.clear_cookies()
    _comes_as(tab, "administra-17")
    assert tab.url.endswith("/usuarios")
    tab.goto("/usuarios/1")
    assert tab.get_by_label("Identificador de la persona").is_visible()
    _looks(tab, "provider-account")
    tab.goto("/mi-cuenta")
    tab.get_by_role("button", name="Salir").first.click()
    assert "Cerró su sesión" in tab.get_by_role("heading", level=1).inner_text()
    _looks(tab, "provider-out")
    tab.get_by_role("link", name="Cerrar también").click()
    tab.get_by_role("button", name="Sí, salir").click()
    tab.wait_for_url(lambda url: "/login" in url)
