"""A liaison attaches a photo and a document, sees them on the citizen's telephone, sends them; a head approves."""

import pytest
from playwright.sync_api import Page, expect

from intake.accounts.staff import Member
from intake.answers.approving import set_wish
from intake.answers.attaching import Given, attach
from intake.office import Office
from tests.admin.conftest import refers
from tests.admin.test_browser import WATER, _findings, _logs_in, _says, address, tab, width
from tests.files import PDF, telephones_photo

pytestmark = pytest.mark.browser
TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el jueves 3 de diciembre; el agua volvió ese día."


def test_files_are_attached_previewed_and_sent(office: Office, members: dict[str, Member], tab: Page) -> None:
    referral = refers(office, members["oficial"], _says(office, "c1", WATER), "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.get_by_label("Respuesta de la dependencia").fill(TEXT)
    chosen = tab.get_by_label("Adjuntar hasta 3 archivos")
    chosen.set_input_files([{"name": "obra.jpg", "mimeType": "image/jpeg", "buffer": telephones_photo(640, 480)}])
    tab.get_by_role("button", name="Adjuntar y guardar").click()
    expect(tab.get_by_text("Los archivos están con su borrador.")).to_be_visible()
    assert tab.get_by_label("Respuesta de la dependencia").input_value() == TEXT
    chosen.set_input_files([{"name": "minuta.pdf", "mimeType": "application/pdf", "buffer": PDF}])
    tab.get_by_role("button", name="Adjuntar y guardar").click()
    phone = tab.locator(".phone")
    expect(phone.get_by_alt_text("obra.jpg")).to_be_visible()
    expect(phone.get_by_text("minuta.pdf").first).to_be_visible()
    assert _findings(tab, "an answer with files") == []
    chosen.set_input_files([{"name": "nota.docx", "mimeType": "application/pdf", "buffer": b"PK\x03\x04 nota"}])
    tab.get_by_role("button", name="Enviar la respuesta").click()
    expect(tab.get_by_role("alert").first).to_contain_text("No se adjuntó «nota.docx»")
    assert tab.get_by_label("Respuesta de la dependencia").input_value() == TEXT
    tab.get_by_role("button", name="Quitar minuta.pdf").click()
    expect(phone.get_by_text("minuta.pdf")).to_have_count(0)
    tab.get_by_role("button", name="Enviar la respuesta").click()
    expect(tab.get_by_text("Respuesta enviada")).to_be_visible()
    tab.goto(f"/turnos/{referral}")
    expect(tab.get_by_alt_text("Foto adjunta: obra.jpg")).to_be_visible()
    assert _findings(tab, "an answer that left with a photo") == []


def test_a_head_approves_what_a_liaison_put_up(office: Office, members: dict[str, Member], tab: Page) -> None:
    set_wish(office, members["administra"], "SOAPA", wants=True)
    referral = refers(office, members["oficial"], _says(office, "c1", WATER), "SOAPA")
    attach(office, members["enlace-soapa"], referral, [Given("obra.jpg", telephones_photo(640, 480))])
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.get_by_label("Respuesta de la dependencia").fill(TEXT)
    tab.get_by_role("button", name="Poner a aprobación").click()
    expect(tab.get_by_text("espera la aprobación del titular")).to_be_visible()
    assert _findings(tab, "an inbox with an answer that waits") == []
    tab.goto(f"/turnos/{referral}")
    assert _findings(tab, "a referral whose answer waits") == []
    tab.get_by_role("button", name="Salir").click()
    _logs_in(tab, "titular-soapa")
    tab.goto("/por-aprobar")
    assert _findings(tab, "answers to approve") == []
    tab.get_by_role("button", name="Aprobar y enviar").click()
    expect(tab.get_by_text("respuesta aprobada. Sale en diez segundos")).to_be_visible()
    tab.wait_for_selector("body[data-keys=ready]")
    tab.keyboard.press("u")
    expect(tab.get_by_text("aprobación deshecha")).to_be_visible()
    tab.get_by_role("button", name="Aprobar y enviar").click()
    expect(tab.get_by_text("respuesta aprobada. Sale en diez segundos")).to_be_visible()
    assert _findings(tab, "an answer that is approved and may be taken back") == []


__all__ = ["address", "tab", "width"]
