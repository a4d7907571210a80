"""While the oldest message waits too long, every page says since when and how many wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from intake.clock import at, utc_now
from intake.office import Office
from tests.admin.conftest import says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
PAGES = {
    "oficial": ("/triage", "/focos", "/avisos"),
    "audita": ("/triage",),
    "administra": ("/usuarios", "/agencias", "/cartas-muertas", "/lineas", "/modelo"),
    "enlace-soapa": ("/turnos",),
}


def _waits(office: Office, count: int) -> None:
    with at(utc_now() - timedelta(minutes=2)):
        for number in range(count):
            Talk(office, f"console-{number}").sends(WATER)


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in PAGES.items() for path in paths])
def test_every_page_says_how_many_wait(office: Office, browser: Callable[[str], Browser], name: str, path: str) -> None:
    _waits(office, 3)
    page = browser(name).opens(path)
    assert "hay mensajes en espera: 3." in page
    assert "no se buscan peticiones parecidas" in page


def test_a_petitions_own_page_says_it_too(office: Office, browser: Callable[[str], Browser]) -> None:
    with at(utc_now() - timedelta(minutes=3)):
        folio = says(office, "console-a", WATER).folio
    _waits(office, 1)
    assert "hay 1 mensaje en espera." in browser("oficial").opens(f"/peticiones/{folio}")


def test_no_page_says_so_when_messages_are_worked_on_at_once(office: Office, browser: Callable[[str], Browser]) -> None:
    Talk(office, "console-a").sends(WATER)
    assert "en espera" not in browser("oficial").opens("/triage")


def test_a_stranger_at_the_log_in_is_told_nothing(office: Office, visitor: TestClient) -> None:
    _waits(office, 1)
    assert "en espera" not in visitor.get("/login").text
