"""Pictures of today's screens for the README and the guides: a demo of its own, Debian's Chromium, docs/images.

Run by `make screenshots`. The demo's data are made anew on ports that nothing else uses, so nobody's demo is touched.
"""

import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright
from ruamel.yaml import YAML

IMAGES = Path("docs/images")
PUBLIC, STAFF, PHONES = 18080, 18081, 18082
READY_WITHIN_S = 900  # the first start trains the model and invents three hundred petitions
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PASSWORD = YAML(typ="safe").load(Path("jurisdictions/oaxaca/demo.yaml"))["password"]
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
)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with _demo(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*ARGUMENTS, "--lang=es-MX"])
        _take_front(browser)
        for shot in SHOTS:
            _take(browser, shot)
        browser.close()


@contextmanager
def _demo() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        ports = ["--port", str(PUBLIC), "--staff-port", str(STAFF), "--phones-port", str(PHONES)]
        command = [sys.executable, "-m", "canaliza.cli", "demo", "--folder", f"{folder}/demo", *ports]
        process = subprocess.Popen(command)  # noqa: S603 — fixed arguments
        try:
            _wait(process)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PHONES}/", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    sys.exit("the demo did not start: what went wrong stands above")


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
