"""Pictures of today's screens for the README and the guides: a demo of its own, Debian's Chromium, docs/images.

Run by `make screenshots`. The demo's data are made anew on ports that nothing else uses, so nobody's demo is touched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from own_demo import ARGUMENTS, PASSWORD, PHONES, STAFF, open_demo
from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

IMAGES = Path("docs/images")
OFFICER, LIAISON, ADMINISTRATOR = "oficial", "enlace-municipio", "administra"


@dataclass(frozen=True)
class Shot:
    """One picture: whose screen, how to come to it, and how wide it is; `until` is waited for."""

    name: str
    user: str
    path: str
    act: Callable[[Page], None] | None = None
    width: int = 1280
    height: int = 860


def _first(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def _writes_answer(page: Page) -> None:
    """What a liaison sees while writing: the citizen's phone beside the text."""
    page.locator("main a[href^='/turnos/']").first.click()
    accept = page.locator("form[action$='/aceptar'] button[type=submit]")
    if accept.count():
        accept.click()
    page.locator("#respuesta").press_sequentially(
        "Se turnó su reporte a la brigada de la zona. El viernes 4 de diciembre reparan la fuga de su calle.", delay=5
    )
    page.wait_for_timeout(1200)


SHOTS = (
    Shot("queue", OFFICER, "/triage"),
    Shot("petition", OFFICER, "/triage", _first("main a[href^='/peticiones/']")),
    Shot("petition-phone", OFFICER, "/triage", _first("main a[href^='/peticiones/']"), width=375),
    Shot("capture", OFFICER, "/captura"),
    Shot("search", OFFICER, "/buscar?palabras=agua"),
    Shot("expiring", OFFICER, "/vencimientos"),
    Shot("board", OFFICER, "/tablero"),
    Shot("map", OFFICER, "/mapa"),
    Shot("alike", OFFICER, "/focos"),
    Shot("tasks", OFFICER, "/avisos"),
    Shot("contingency", OFFICER, "/contingencia"),
    Shot("inbox", LIAISON, "/turnos"),
    Shot("answer", LIAISON, "/turnos", _writes_answer, height=1100),
    Shot("inbox-phone", LIAISON, "/turnos", width=375),
    Shot("templates", LIAISON, "/plantillas"),
    Shot("indicators", ADMINISTRATOR, "/indicadores"),
    Shot("closed-days", ADMINISTRATOR, "/dias-inhabiles"),
    Shot("accounts", ADMINISTRATOR, "/usuarios"),
    Shot("lines", ADMINISTRATOR, "/lineas"),
    Shot("model", ADMINISTRATOR, "/modelo"),
    Shot("words", ADMINISTRATOR, "/textos"),
    Shot("sentence", ADMINISTRATOR, "/textos/thanks"),
    Shot("imports", ADMINISTRATOR, "/importar"),
    Shot("exports", ADMINISTRATOR, "/exportar"),
)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with open_demo(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*ARGUMENTS, "--lang=es-MX"])
        _take_front(browser)
        for shot in SHOTS:
            _take(browser, shot)
        browser.close()


def _take_front(browser: Browser) -> None:
    """The README's picture: a citizen has just written on each phone, the officer's view beside them."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{PHONES}/")
    page.wait_for_load_state("networkidle")
    office = page.frame_locator("iframe")
    _log_in(office, OFFICER)
    for name in ("Agua", "Camino"):
        page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    page.wait_for_timeout(8000)  # a burst is acknowledged after some seconds of silence
    office.locator("a[href^='/triage']").first.click()
    office.locator("main a[href^='/peticiones/']").first.click()
    page.wait_for_timeout(1000)
    page.screenshot(path="docs/demo.png")
    page.close()


def _take(browser: Browser, shot: Shot) -> None:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{STAFF}",
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="light",
        locale="es-MX",
    )
    page = context.new_page()
    page.route("**/en-vivo?*", lambda route: route.abort())  # a page with an open stream is never idle
    page.goto("/login")
    _log_in(page, shot.user)
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(shot.path)
    if shot.act:
        shot.act(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{shot.name}.png")
    context.close()
    print(f"docs/images/{shot.name}.png")


def _log_in(page: Page | FrameLocator, user: str) -> None:
    page.locator("#usuario").fill(user)
    page.locator("#clave").fill(PASSWORD)
    page.locator("#clave").press("Enter")


if __name__ == "__main__":
    main()
