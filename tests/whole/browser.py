"""Debian's Chromium as a member of staff uses it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect, sync_playwright

from tests.staff import PASSWORD
from tests.whole.program import Program

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000


def chromium() -> str:
    """Path of the distribution's browser. Raises AssertionError when there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "no Chromium: run the tests with `make test`"
    return found


@contextmanager
def logged_in(program: Program, username: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(base_url=program.staff_url, locale="es-MX")
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/")
        page.get_by_label("Usuario").fill(username)
        page.get_by_label("Contraseña").fill(PASSWORD)
        page.get_by_role("button", name="Entrar").click()
        page.wait_for_url(lambda url: "/login" not in url)
        yield page
        browser.close()


def add_staff(program: Program) -> None:
    """An officer and a liaison of CABIEN, as an administrator would add them."""
    for username, role, further in (("oficial", "officer", ()), ("enlace", "liaison", ("--agency", "CABIEN"))):
        program.run(
            "user", "add", username, "--role", role, "--name", f"{username} de prueba", "--password", PASSWORD, *further
        )


__all__ = ["add_staff", "expect", "logged_in"]
