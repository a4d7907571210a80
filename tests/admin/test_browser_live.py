"""Open pages in Debian's Chromium: what comes is said without asking, who else is there is shown; several answers and
what was said at the window in one go each."""

import time

import pytest
from playwright.sync_api import Page

from intake.accounts.staff import Member
from intake.answers.approving import answer_or_put_up, set_wish
from intake.clock import utc_now
from intake.office import Office
from intake.triage.asking import ask
from intake.triage.capturing import CameBy, Statement, capture
from tests.admin import test_browser as shared
from tests.admin.conftest import case_of, refers
from tests.admin.test_browser_desk import _looks

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el jueves 3 de diciembre; visita número {}."


def test_an_open_list_and_an_open_petition_are_told(
    office: Office, members: dict[str, Member], address: str, tab: Page
) -> None:
    case = shared._says(office, "c1", shared.WATER)
    shared._logs_in(tab, "oficial")
    tab.goto("/triage")
    tab.wait_for_selector("#novedades[data-stream=open]", state="attached")
    began = time.monotonic()
    shared._says(office, "c2", shared.ROAD)
    tab.get_by_text("Llegó una petición desde que abrió esta lista.").wait_for()
    assert time.monotonic() - began < 10  # half of what asking takes
    shared._opens(tab, case.folio)
    tab.wait_for_selector("#presentes[data-stream=open]", state="attached")
    assert tab.context.browser
    other = tab.context.browser.new_page(base_url=address)
    shared._logs_in(other, "audita")
    other.goto(f"/peticiones/{case.folio}")
    tab.get_by_text("También tiene abierta esta petición: Persona audita.").wait_for()
    _looks(tab, "presence")
    other.close()
    tab.get_by_text("También tiene abierta").wait_for(state="hidden")


def test_a_head_approves_several_and_an_officer_writes_down_an_answer(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    set_wish(office, members["administra"], "SOAPA", wants=True)
    for number in range(2):
        case = shared._says(office, f"c{number}", f"{shared.WATER} {number}")
        referral = refers(office, members["oficial"], case, "SOAPA")
        answer_or_put_up(office, members["enlace-soapa"], referral, TEXT.format(number))
    said = Statement(CameBy.WINDOW, utc_now(), shared.WATER, name="Guadalupe Ruiz", phone="9510000000")
    captured = case_of(office, capture(office, members["oficial"], said, "a" * 32))
    referral = refers(office, members["oficial"], captured, "SOAPA")
    ask(office, members["enlace-soapa"], referral, "¿En qué calle está su casa?")
    shared._logs_in(tab, "titular-soapa")
    tab.goto("/por-aprobar")
    tab.get_by_role("button", name="Marcar todas").click()
    _looks(tab, "approving")
    tab.get_by_role("button", name="Aprobar las marcadas").first.click()
    _looks(tab, "approving-many")
    tab.get_by_role("button", name="Sí, enviar las 2").click()
    assert "Se aprobaron 2 de 2 respuestas." in tab.get_by_role("status").last.inner_text()
    _looks(tab, "approved-many")
    tab.get_by_role("button", name="Deshacer").click()
    assert "Se deshicieron 2 de 2 aprobaciones." in tab.get_by_role("status").last.inner_text()
    _looks(tab, "approved-many-undone")
    tab.get_by_role("button", name="Salir").click()
    shared._logs_in(tab, "oficial")
    shared._opens(tab, captured.folio)
    tab.get_by_role("link", name="Escribir lo que contestó").click()
    _looks(tab, "heard")
    tab.get_by_label("Lo que dijo, con sus palabras").fill("En la calle Hidalgo, la casa azul.")
    tab.get_by_role("button", name="Guardar y avisar").click()
    assert "la dependencia ya tiene lo que contestó" in tab.locator(".notice").inner_text()
    _looks(tab, "heard-done")
