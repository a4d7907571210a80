"""The main job as it happens: a phone, the webhook, an officer's browser, a liaison's browser, the same phone."""

import pytest

from tests.whole.browser import add_staff, expect, logged_in
from tests.whole.program import Program
from tests.whole.providers import Providers

TEXT = "el camino de terracería que va a la agencia está intransitable, ya se atoró la ambulancia"
ANSWER = "La máquina entra el lunes a rastrear los cuatro kilómetros del camino. El residente avisará al agente."
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_the_main_job_from_message_to_answer(installation: tuple[Program, Providers], channel: str) -> None:
    program, providers = installation
    program.start()
    add_staff(program)
    folio = _citizen_asks(providers, channel)
    _officer_corrects(program, folio)
    providers.waits_for(channel, "lupita", "ya está con Caminos Bienestar")
    _liaison_answers(program, folio)
    texts = providers.waits_for(channel, "lupita", ANSWER)
    assert any(f"Respuesta a su petición {folio}" in text for text in texts)
    providers.waits_for(channel, "lupita", f"¿Esta respuesta resuelve su petición {folio}?")
    photos = [one for one in providers.screen(channel, "lupita") if one["kind"] == "photo" and not one["is_own"]]
    assert [one["text"] for one in photos] == [f"Archivo 1 de 1 de la respuesta a su petición {folio}: camino.png"]
    _citizen_agrees(providers, channel, folio)
    providers.waits_for(channel, "lupita", "Cerramos su petición")
    program.stop()


def _citizen_asks(providers: Providers, channel: str) -> str:
    providers.writes(channel, "lupita", TEXT)
    texts = providers.waits_for(channel, "lupita", "¿De qué municipio")
    folio = next(line for text in texts for line in text.splitlines() if line.startswith("Folio: "))[7:]
    providers.writes(channel, "lupita", "tlaxiaco")
    providers.waits_for(channel, "lupita", "Heroica Ciudad de Tlaxiaco")
    providers.sends_file(channel, "lupita", "photo", ("camino.png", PICTURE, "image/png"), caption="así está")
    providers.waits_for(channel, "lupita", "lo agregamos")
    return folio


def _officer_corrects(program: Program, folio: str) -> None:
    with logged_in(program, "oficial") as page:
        page.get_by_role("link", name=folio).click()
        expect(page.get_by_role("heading", name=folio)).to_be_visible()
        expect(page.locator("img[src^='/archivos/']")).to_be_visible()
        page.wait_for_selector("body[data-keys=ready]")
        page.keyboard.press("/")
        page.keyboard.type("caminos bienestar")
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{folio}").first).to_be_visible()
        page.wait_for_url(lambda url: folio not in url)


def _liaison_answers(program: Program, folio: str) -> None:
    with logged_in(program, "enlace") as page:
        page.get_by_role("link", name=folio).click()
        page.get_by_role("button", name="Aceptar").click()
        page.locator("textarea[name=texto]").fill(ANSWER)
        page.get_by_label("Adjuntar hasta 3 archivos").set_input_files(
            [{"name": "camino.png", "mimeType": "image/png", "buffer": PICTURE}]
        )
        page.get_by_role("button", name="Enviar").click()
        expect(page.get_by_text("Respuesta enviada")).to_be_visible()


def _citizen_agrees(providers: Providers, channel: str, folio: str) -> None:
    if channel == "whatsapp":
        providers.writes(channel, "lupita", "sí")
        return
    question = next(bubble for bubble in reversed(providers.screen(channel, "lupita")) if bubble["buttons"])
    providers.presses("lupita", question["id"], f"solved:{folio}:yes")
