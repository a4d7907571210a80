"""«Bitácora»: who may read it, what it finds, its file, and when it was last verified."""

from collections.abc import Callable

import pytest

from intake.accounts.staff import Member
from intake.office import Office
from tests.admin.conftest import Case, says
from tests.staff import Browser

DANGER = "mi marido me quiere matar"


@pytest.mark.parametrize("name", ["administra", "audita"])
def test_the_reading_of_a_sensitive_petition_is_found_by_folio(
    office: Office, browser: Callable[[str], Browser], name: str
) -> None:
    folio = says(office, "c1", DANGER).folio
    browser("oficial").opens(f"/peticiones/{folio}")
    reader = browser(name)
    page = reader.opens(f"/bitacora?folio={folio.lower()}&acto=read")
    assert page.count("<td>Persona oficial</td>") == 1
    assert "leyó el asunto reservado" in page
    assert "No hay nada con esos filtros." in reader.opens(f"/bitacora?folio={folio}&acto=TURNADA")
    assert "No hay nada con esos filtros." in reader.opens("/bitacora?al_dia=2020-01-01")


def test_a_person_is_found_and_their_acts_are_paged(
    browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    administrator = browser("administra")
    for _ in range(60):
        administrator.client.get("/indicadores.csv")
    page = administrator.opens(f"/bitacora?persona={members['administra'].id}&acto=figures_exported")
    assert page.count("descargó cifras o un informe</td>") == 50
    onward = page.partition("amp;antes=")[2].partition('"')[0]
    rest = administrator.opens(f"/bitacora?persona={members['administra'].id}&acto=figures_exported&antes={onward}")
    assert rest.count("descargó cifras o un informe</td>") == 10
    assert "No hay nada" in administrator.opens(f"/bitacora?persona={members['audita'].id}&acto=figures_exported")


def test_it_says_when_it_was_last_verified(browser: Callable[[str], Browser]) -> None:
    auditor = browser("audita")
    assert "Todavía no se ha verificado." in auditor.opens("/bitacora")
    assert auditor.sends("/bitacora/verificar") == "/bitacora"
    assert "Se verificó la bitácora: está completa." in auditor.opens("/bitacora")
    assert "Completa y sin cambios" in auditor.opens("/bitacora")


def test_the_file_holds_what_was_asked_for_and_that_it_was_taken(browser: Callable[[str], Browser], case: Case) -> None:
    auditor = browser("audita")
    answer = auditor.client.get("/bitacora.csv?acto=logged_in")
    rows = answer.text.splitlines()
    assert rows[0] == "\ufeffNúm.,Cuándo,Persona,Usuario,Acto,Folio,Detalle,Huella"
    assert all(",entró," in row for row in rows[1:])
    assert "audita" in rows[1]
    assert "descargó la bitácora" in auditor.opens("/bitacora")
