"""«Lo que dice la nota»: the player, the field beside it, and who sees what was written there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from intake.accounts.staff import Member
from intake.office import Office
from tests.admin.conftest import Case, case_of, refers, says
from tests.staff import Browser
from tests.voice_notes import add_voice_note

HELLO = "buenas tardes, le mando una nota de voz, es urgente"
WATER = "no hay agua en la colonia Reforma desde hace ocho días"
DANGER = "mi marido me quiere matar"


@pytest.fixture
def case(office: Office) -> Case:
    return says(office, "c1", f"{HELLO}, hay que pintar la escuela")


@pytest.fixture
def note(office: Office, case: Case, tmp_path: Path) -> int:
    return add_voice_note(office, case.folio, tmp_path)


def test_an_officer_hears_a_note_and_writes_down_what_it_says(
    office: Office, case: Case, note: int, browser: Callable[[str], Browser]
) -> None:
    officer, page = browser("oficial"), f"/peticiones/{case.folio}"
    shown = officer.opens(page)
    assert f'src="/archivos/{note}"' in shown
    assert 'data-speed="1.5"' in shown
    assert "Lo que dice la nota" in shown
    assert officer.sends(f"{page}/notas/{note}", texto=WATER, despues_de=0) == f"{page}#nota-{note}"
    shown = officer.opens(page)
    assert "según Persona oficial" in shown
    assert '<mark class="why-1 ">agua</mark>' in shown
    assert "escribió lo que dice una nota de voz" in shown
    assert case.folio in officer.client.get("/triage", params={"buscar": "colonia reforma"}).text
    officer.sends(f"{page}/notas/{note}", 409, texto="otra cosa", despues_de=0)


def test_danger_that_was_heard_is_said_to_the_officer(case: Case, note: int, browser: Callable[[str], Browser]) -> None:
    officer, page = browser("oficial"), f"/peticiones/{case.folio}"
    officer.sends(f"{page}/notas/{note}", texto=DANGER, despues_de=0)
    shown = officer.opens(page)
    assert "Lo que dice se lee como emergencia: violencia" in shown
    assert "Hay 1 emergencia sin atender" in shown


def test_an_empty_note_is_not_kept(case: Case, note: int, browser: Callable[[str], Browser]) -> None:
    shown = browser("oficial").sends(f"/peticiones/{case.folio}/notas/{note}", 422, texto=" ", despues_de=0)
    assert "Escriba lo que dice la nota." in shown


def test_auditor_and_liaison_read_it_and_write_none(
    office: Office, case: Case, note: int, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    browser("oficial").sends(f"/peticiones/{case.folio}/notas/{note}", texto=WATER, despues_de=0)
    referral = refers(office, members["oficial"], case_of(office, case.folio), "SOAPA")
    for name, path in (("audita", f"/peticiones/{case.folio}"), ("enlace-soapa", f"/turnos/{referral}")):
        shown = browser(name).opens(path)
        assert "según Persona oficial" in shown
        assert "/notas/" not in shown
