"""A meeting is planned, a guest signs in at the QR code's address, an agreement is written down and fulfilled."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.meetings import check_in_pages
from intake.office import Office
from tests.admin.test_browser import _findings, _logs_in, address, tab, width  # noqa: F401 — fixtures
from tests.files import PDF

pytestmark = pytest.mark.browser


@pytest.fixture
def public(office: Office) -> Iterator[str]:
    """What of the app that faces the internet a guest comes to."""
    app = FastAPI()
    for method, path, handler in check_in_pages.routes(office):
        app.add_route(path, handler, methods=[method])
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


def test_from_the_plan_to_the_evidence(
    office: Office,
    members: dict[str, Member],
    tab: Page,  # noqa: F811
    public: str,
) -> None:
    _logs_in(tab, "oficial")
    tab.goto("/reuniones/nueva")
    tab.get_by_label("Tipo de reunión").select_option("table")
    tab.get_by_label("Nombre de la reunión").fill("Mesa del agua")
    began = utc_now().astimezone(office.jurisdiction.zone) - timedelta(minutes=5)
    tab.get_by_label("Día y hora").fill(f"{began:%Y-%m-%dT%H:%M}")
    tab.get_by_label("Lugar", exact=True).fill("Casa del pueblo")
    tab.get_by_label("Lengua", exact=True).select_option("mixe")
    tab.get_by_label("Agenda: un punto por renglón").fill("El agua del pozo")
    tab.get_by_role("button", name="Programar la reunión").click()
    expect(tab.get_by_role("status").first).to_contain_text("quedó programada")
    link = tab.locator("#enlace-asistencia").get_attribute("href") or ""
    meeting = tab.url
    tab.goto(public + link[link.index("/asistencia/") :])
    tab.get_by_label("Su nombre").fill("Rosa Pérez")
    tab.get_by_label("A quién representa").fill("Comisariado")
    tab.get_by_role("checkbox").check()
    _kept(tab, "asistencia")
    tab.get_by_role("button", name="Registrar mi asistencia").click()
    expect(tab.get_by_text("quedó registrada")).to_be_visible()
    tab.goto(meeting)
    tab.get_by_role("button", name="La reunión se realizó").click()
    expect(tab.get_by_role("cell", name="Rosa Pérez", exact=True)).to_be_visible()
    tab.get_by_label("Qué se acordó").fill("Reparar la bomba del pozo.")
    tab.get_by_label("Cumplir a más tardar el").fill(f"{began + timedelta(days=5):%Y-%m-%d}")
    tab.get_by_label("Dependencia responsable 1").select_option("SOAPA")
    tab.get_by_role("button", name="Anotar el acuerdo").click()
    assert _findings(tab, "a meeting") == []
    _kept(tab, "reunion")
    tab.get_by_role("link", name="Acuerdo 1").click()
    tab.get_by_label("Archivo de evidencia").set_input_files(
        [{"name": "acta.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    tab.get_by_role("button", name="Guardar el archivo").click()
    tab.get_by_label("Qué se hizo, cuándo y dónde consta").fill("La bomba trabaja desde el jueves.")
    tab.get_by_role("button", name="Dar por cumplido").click()
    expect(tab.get_by_role("link", name="acta.pdf")).to_be_visible()
    assert _findings(tab, "an agreement") == []
    _kept(tab, "acuerdo")
    tab.goto("/acuerdos?estado=fulfilled")
    expect(tab.get_by_text("Reparar la bomba del pozo.")).to_be_visible()
    _kept(tab, "acuerdos")


def _kept(page: Page, name: str) -> None:
    """A picture for who looks at the pages, where `CANALIZA_TEST_PICTURES` names a folder."""
    folder = os.environ.get("CANALIZA_TEST_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
