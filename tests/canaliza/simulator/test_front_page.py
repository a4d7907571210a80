"""The front page in Debian's Chromium, as a visitor uses it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.canaliza.simulator.stage import ACCOUNT, AUTH_TOKEN, SENDER, TOKEN, Stage, until

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=375, height=740)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="no Chromium here: run the tests with `make test`"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    stage.http.post(f"/bot{TOKEN}/setWebhook", json={"url": f"{stage.program.url}/webhooks/telegram"})
    context = browser.new_context(viewport=WIDE, locale="es-MX")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    opened.goto(stage.url)
    yield opened
    context.close()
    assert faults == []


def address_of(stage: Stage, channel: str) -> str:
    people = stage.http.get("/control/people").json()
    address: str = next(row["address"] for row in people if row["channel"] == channel)
    return address


def answer_on_telegram(stage: Stage, text: str, choice: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": choice, "callback_data": "solved:1:yes"}]]}
    message = {"chat_id": address_of(stage, "telegram"), "text": text, "reply_markup": keyboard}
    assert stage.http.post(f"/bot{TOKEN}/sendMessage", json=message).json()["ok"]


def answer_on_whatsapp(stage: Stage, text: str) -> None:
    form = {"From": SENDER, "To": address_of(stage, "whatsapp"), "Body": text}
    url = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert stage.http.post(url, data=form, auth=(ACCOUNT, AUTH_TOKEN)).status_code == 201


def test_tapped_example_goes_out_and_the_answer_appears(page: Page, stage: Stage) -> None:
    whatsapp = page.locator(".phone-whatsapp")
    whatsapp.get_by_role("button", name="Bache").click()
    expect(whatsapp.get_by_role("log")).to_contain_text("hay un bache enorme")
    expect(whatsapp.locator(".ticks-delivered")).to_have_text("✓✓")
    answer_on_whatsapp(stage, "Recibimos su petición. <script>document.title = 'roto'</script>")
    expect(whatsapp.get_by_role("log")).to_contain_text("<script>document.title = 'roto'</script>")
    assert page.title() == "Canaliza Oaxaca · demostración"


def test_typed_text_is_sent_with_enter_and_a_button_answers(page: Page, stage: Stage) -> None:
    telegram = page.locator(".phone-telegram")
    telegram.get_by_label("Mensaje por Telegram").fill("no hay luz")
    telegram.get_by_label("Mensaje por Telegram").press("Enter")
    expect(telegram.get_by_role("log")).to_contain_text("no hay luz")
    answer_on_telegram(stage, "¿Está resuelto?", "Sí, está resuelto")
    telegram.get_by_role("button", name="Sí, está resuelto").click()
    until(lambda: [row for row in stage.log()["webhooks"] if row["kind"] == "callback_query"])


def test_photo_place_and_another_person(page: Page, stage: Stage) -> None:
    telegram = page.locator(".phone-telegram")
    telegram.get_by_label("Adjuntar").click()
    telegram.get_by_role("button", name="Foto de ejemplo").click()
    expect(telegram.get_by_alt_text("Foto enviada")).to_be_visible()
    telegram.get_by_label("Adjuntar").click()
    telegram.get_by_role("button", name="Salina Cruz").click()
    expect(telegram.get_by_role("log")).to_contain_text("16.17589, -95.19216")
    assert [bubble["kind"] for bubble in stage.screen("telegram", "beto")] == ["photo", "location"]
    telegram.get_by_label("Opciones del teléfono").click()
    telegram.get_by_role("button", name="Empezar con otra persona").click()
    expect(telegram.get_by_role("log")).to_be_empty()


def test_blocked_chat_cannot_be_written_to(page: Page) -> None:
    telegram = page.locator(".phone-telegram")
    telegram.get_by_label("Opciones del teléfono").click()
    telegram.get_by_role("button", name="Bloquear este chat").click()
    expect(telegram.get_by_label("Mensaje por Telegram")).to_be_disabled()
    telegram.get_by_label("Opciones del teléfono").click()
    telegram.get_by_role("button", name="Desbloquear este chat").click()
    expect(telegram.get_by_label("Mensaje por Telegram")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "375"])
def test_page_is_accessible_and_fits(page: Page, stage: Stage, scheme: Any, size: ViewportSize) -> None:
    page.emulate_media(color_scheme=scheme)
    page.locator(".phone-whatsapp").get_by_role("button", name="Agua").click()
    page.locator(".phone-telegram").get_by_role("button", name="Luz").click()
    for phone in (".phone-whatsapp", ".phone-telegram"):
        expect(page.locator(phone).get_by_role("log")).not_to_be_empty()
    answer_on_whatsapp(stage, "Aviso completo: http://127.0.0.1:8080/privacidad")
    answer_on_telegram(stage, "¿Está resuelto?", "Sí")
    expect(page.get_by_role("link", name="privacidad")).to_be_visible()
    page.set_viewport_size(size)
    tabs = ("WhatsApp", "Telegram") if size is NARROW else ("",)
    for tab in tabs:
        if tab:
            page.get_by_role("tab", name=tab).click()
        found = Axe().run(page, options={"iframes": False}).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_tabs_are_moved_through_with_arrows(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.get_by_role("tab", name="WhatsApp").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Telegram")).to_be_focused()
    expect(page.locator(".phone-telegram")).to_be_visible()
    expect(page.locator(".phone-whatsapp")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("iframe")).to_be_visible()
