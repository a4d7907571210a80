"""Requests about one's own data, as the administrator sees them."""

from collections.abc import Callable
from datetime import date

from intake.office import Office
from intake.petitions.case import get_petition
from tests.admin.conftest import says
from tests.staff import Browser


def test_the_administrator_sees_who_asked_for_what_and_until_when(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    assert "Nadie ha pedido nada" in browser("administra").opens("/derechos")
    asked, other = says(office, "c1", "borren mis datos"), says(office, "c2", "no hay agua en la colonia Reforma")
    with office.sessions.begin() as session:
        petition = get_petition(session, asked.folio)
        petition.data_right, petition.due_on = "cancellation", date(2030, 1, 8)
    page = browser("administra").opens("/derechos")
    assert asked.folio in page
    assert other.folio not in page
    assert "bloquear hasta que termine el plazo de archivo" in page
    assert "por confirmar" in page
    assert "derechos ARCO" in browser("oficial").opens(f"/peticiones/{asked.folio}")
    browser("oficial").opens("/derechos", 403)
