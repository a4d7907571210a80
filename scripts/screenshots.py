"""Pictures of today's screens for the README and the guides: a demo of its own, Debian's Chromium, docs/images.

Run by `make screenshots`. The demo's data are made anew on ports that nothing else uses, so nobody's demo is touched.
`--look FOLDER` takes each page at both widths, light and dark, into that folder instead, for an eye on what is new;
`--only NAME`, as often as wanted, takes these alone.
"""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from own_demo import ARGUMENTS, PASSWORD, PHONES, PUBLIC, STAFF, open_demo
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, sync_playwright

IMAGES = Path("docs/images")
OFFICER, LIAISON, ADMINISTRATOR, HEAD, NOBODY = "oficial", "enlace-municipio", "administra", "titular-soapa", ""
PHONE, DESK = 375, 1280
COLOURS = 256  # of a picture that is kept: a third of the bytes, and no eye sees it on pages
REASON = "Acuerdo de la reunión de coordinación"


Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Shot:
    """One picture: whose screen (nobody's: the public's), how to come to it, how wide it is. `is_live`: with what
    others do at this moment, so that the page is never idle."""

    name: str
    user: str
    path: str
    act: Callable[[Page], None] | None = None
    width: int = DESK
    height: int = 860
    is_live: bool = False


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


def _tries_topic(page: Page) -> None:
    page.locator("#palabras").fill(page.locator("#palabras").input_value() + ", calle")
    page.locator("button[name=probar]").click()
    page.locator("[role=status]").last.scroll_into_view_if_needed()


def _tries_term(page: Page) -> None:
    """Two days more, for all that is open."""
    page.locator("#desde").fill("2022-12-02")
    page.locator("#cifra-1").fill("12")
    page.locator("#fundamento").fill("Ley de Procedimiento, artículo 12 (inventado)")
    page.locator("button[name=probar]").click()
    page.locator("[role=status]").last.scroll_into_view_if_needed()


def _tries_series(page: Page) -> None:
    page.locator("#tramite").fill("0")
    page.locator("#concentracion").fill("0")
    page.locator("button[name=probar]").click()
    page.locator("[role=status]").last.scroll_into_view_if_needed()


def _sees_number(page: Page) -> None:
    """What a second person is asked about a line, once an administrator has proposed another number."""
    if not page.locator("#linea-life mark").count():
        other = _beside(page, ADMINISTRATOR)
        other.goto("/lineas")
        line = other.locator("#linea-life")
        line.locator("details.act > summary").first.click()
        line.locator("#numero-life").fill("800 000 0000")
        line.locator("#fuente-life").fill("Oficio del 20 de noviembre (inventado)")
        line.locator("#motivo-life").fill(REASON)
        line.locator("details.act button.btn-primary").first.click()
        line.locator("mark").first.wait_for()
        other.context.close()
        page.reload()
    page.locator("#linea-life").scroll_into_view_if_needed()


def _chooses_answers(page: Page) -> None:
    page.locator("button[data-ticks]").click()
    page.locator("#varias button[type=submit]").click()


def _is_not_alone(page: Page) -> None:
    """Another officer has the same petition open."""
    page.locator("main a[href^='/peticiones/']").first.click()
    page.wait_for_url("**/peticiones/*")
    _beside(page, "oficial2").goto(page.url)  # stays open: the picture is of that moment
    page.get_by_text("También tiene abierta esta petición").wait_for()


def _beside(page: Page, user: str) -> Page:
    """Another member's page."""
    other = _context(page.context.browser, STAFF, DESK, 860).new_page()
    other.goto("/login")
    _log_in(other, user)
    other.wait_for_url(lambda url: "/login" not in url)
    return other


SHOTS = (
    Shot("queue", OFFICER, "/triage"),
    Shot("petition", OFFICER, "/triage", _first("main a[href^='/peticiones/']")),
    Shot("petition-phone", OFFICER, "/triage", _first("main a[href^='/peticiones/']"), width=375),
    Shot("capture", OFFICER, "/captura"),
    Shot("search", OFFICER, "/buscar?palabras=agua"),
    Shot("expiring", OFFICER, "/vencimientos"),
    Shot("board", OFFICER, "/tablero"),
    Shot("map", OFFICER, "/mapa"),
    Shot("alerts", OFFICER, "/alertas"),
    Shot("presence", OFFICER, "/triage", _is_not_alone, height=520, is_live=True),
    Shot("alike", OFFICER, "/focos"),
    Shot("tasks", OFFICER, "/avisos"),
    Shot("contingency", OFFICER, "/contingencia"),
    Shot("inbox", LIAISON, "/turnos"),
    Shot("answer", LIAISON, "/turnos", _writes_answer, height=1100),
    Shot("inbox-phone", LIAISON, "/turnos", width=375),
    Shot("templates", LIAISON, "/plantillas"),
    Shot("approving", HEAD, "/por-aprobar"),
    Shot("approving-many", HEAD, "/por-aprobar", _chooses_answers),
    Shot("indicators", ADMINISTRATOR, "/indicadores"),
    Shot("closed-days", ADMINISTRATOR, "/dias-inhabiles"),
    Shot("terms", ADMINISTRATOR, "/plazos"),
    Shot("term", ADMINISTRATOR, "/plazos/answer", _tries_term, height=1100),
    Shot("retention", ADMINISTRATOR, "/conservacion"),
    Shot("series", ADMINISTRATOR, "/conservacion/SERIE-B", _tries_series, height=1300),
    Shot("accounts", ADMINISTRATOR, "/usuarios"),
    Shot("lines", ADMINISTRATOR, "/lineas"),
    Shot("line-second", OFFICER, "/lineas", _sees_number),
    Shot("agency", ADMINISTRATOR, "/agencias/SOAPA"),
    Shot("topics", ADMINISTRATOR, "/temas"),
    Shot("topic", ADMINISTRATOR, "/temas/agua", _tries_topic, height=1100),
    Shot("approved", ADMINISTRATOR, "/plantillas-whatsapp"),
    Shot("configuration", ADMINISTRATOR, "/configuracion"),
    Shot("model", ADMINISTRATOR, "/modelo"),
    Shot("words", ADMINISTRATOR, "/textos"),
    Shot("sentence", ADMINISTRATOR, "/textos/thanks"),
    Shot("imports", ADMINISTRATOR, "/importar"),
    Shot("exports", ADMINISTRATOR, "/exportar"),
    Shot("public", NOBODY, "/transparencia"),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--look", type=Path)
    parser.add_argument("--only", action="append", choices=[shot.name for shot in SHOTS])
    wish = parser.parse_args()
    shots = [shot for shot in SHOTS if not wish.only or shot.name in wish.only]
    (wish.look or IMAGES).mkdir(parents=True, exist_ok=True)
    with open_demo(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*ARGUMENTS, "--lang=es-MX"])
        if not wish.look and not wish.only:
            _take_front(browser)
        for shot in shots:
            if wish.look:
                _look(browser, shot, wish.look)
            else:
                _take(browser, shot, IMAGES / f"{shot.name}.png")
                _shrink(IMAGES / f"{shot.name}.png")
        browser.close()


def _look(browser: Browser, shot: Shot, folder: Path) -> None:
    for width in (PHONE, DESK):
        for scheme in SCHEMES:
            _take(browser, replace(shot, width=width), folder / f"{shot.name}-{width}-{scheme}.png", scheme)


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
    _shrink(Path("docs/demo.png"))


def _take(browser: Browser, shot: Shot, target: Path, scheme: Scheme = "light") -> None:
    context = _context(browser, STAFF if shot.user else PUBLIC, shot.width, shot.height, scheme)
    page = context.new_page()
    if not shot.is_live:
        page.route("**/en-vivo?*", lambda route: route.abort())  # a page with an open stream is never idle
    if shot.user:
        page.goto("/login")
        _log_in(page, shot.user)
        page.wait_for_url(lambda url: "/login" not in url)
    page.goto(shot.path)
    if shot.act:
        shot.act(page)
    page.wait_for_load_state("load" if shot.is_live else "networkidle")
    page.screenshot(path=target)
    context.close()
    print(target)


def _context(browser: Browser | None, port: int, width: int, height: int, scheme: Scheme = "light") -> BrowserContext:
    if browser is None:
        raise RuntimeError("the context belongs to no browser")
    return browser.new_context(
        base_url=f"http://127.0.0.1:{port}",
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale="es-MX",
    )


def _shrink(path: Path) -> None:
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def _log_in(page: Page | FrameLocator, user: str) -> None:
    page.locator("#usuario").fill(user)
    page.locator("#clave").fill(PASSWORD)
    page.locator("#clave").press("Enter")


if __name__ == "__main__":
    main()
