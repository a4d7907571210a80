"""Requests about one's own data, as the administrator sees them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from intake.clock import at, utc_now
from intake.erasing.telling import close_chats
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


def test_a_cancellation_is_granted_and_only_an_auditor_opens_it_with_a_reason(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    case = says(office, "c1", "no hay agua en la colonia Reforma, soy Ana Zárate")
    with office.sessions.begin() as session:
        petition = get_petition(session, case.folio)
        petition.data_right = "cancellation"
    administrator, here = browser("administra"), f"/derechos/{case.folio}/cancelar"
    assert here in administrator.opens("/derechos")
    assert "Marque la casilla" in administrator.sends(here, 422, motivo="mostró su credencial")
    assert "no existe" in administrator.sends(here, 422, motivo="sí", confirmo="si", otros="nada\x00")
    assert "Escriba el motivo" in administrator.sends(here, 422, motivo="\x00", confirmo="si")
    administrator.opens("/derechos/%00/cancelar", 404)
    where = administrator.sends(here, motivo="mostró su credencial", confirmo="si")
    page = administrator.opens(where)
    assert "El aviso va en camino" in page
    assert "Abrir lo bloqueado" not in page
    assert "ya se aceptó" in administrator.opens(here)
    seen = browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "Zárate" not in seen
    assert "datos bloqueados" in seen
    assert "Zárate" not in browser("oficial").opens("/buscar?q=Reforma")
    auditor = browser("audita")
    assert "Escriba el motivo" in auditor.sends(f"{where}/abrir", 422, motivo=" ")
    assert "Ana Zárate" in auditor.sends(f"{where}/abrir", 200, motivo="queja número siete")
    assert "queja número siete" in auditor.opens("/bitacora")
    assert administrator.client.post(f"{where}/abrir", data={"csrf": administrator.token()}).status_code == 403


def test_nothing_is_suppressed_before_a_confirmed_term_is_over(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    case = says(office, "c1", "no hay agua en la colonia Reforma")
    with office.sessions.begin() as session:
        get_petition(session, case.folio).data_right = "cancellation"
    administrator = browser("administra")
    where = administrator.sends(f"/derechos/{case.folio}/cancelar", motivo="lo pidió", confirmo="si")
    with at(datetime.now(UTC) + timedelta(days=3000)):
        close_chats(office, utc_now())
    assert "Todavía no termina" in administrator.sends(f"{where}/suprimir", 422, confirmo="si")
    page = administrator.opens("/derechos")
    assert "Falta el plazo de archivo" in page
    assert "Datos bloqueados" in page
