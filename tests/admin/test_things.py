"""Agencies, emergency lines and WhatsApp's templates, changed in the browser."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.configuration import changing
from intake.configuration.changing import is_stale, list_stale
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change, publish_many
from intake.errors import MoveRefused
from intake.office import Office
from tests.admin.conftest import Case, refers
from tests.staff import Browser

REASON = "Oficio de la coordinación"
SID = "HX" + "0" * 32


def test_an_agencys_name_is_what_everybody_reads_until_it_is_gone_back_from(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator, was = browser("administra"), office.jurisdiction.name_agency("SOAPA")
    fields = {"nombre": "Agua de Oaxaca", "siglas": "AO", "orden": "estatal", "contacto": "Ext. 12", "abierta": "true"}
    administrator.sends("/agencias/SOAPA", **fields, motivo=REASON, vigente=0)
    assert office.jurisdiction.name_agency("SOAPA") == "Agua de Oaxaca"
    page = administrator.opens("/agencias")
    assert "Agua de Oaxaca" in page
    assert "Ext. 12" in page
    assert "No cambió nada" in administrator.sends("/agencias/SOAPA", 422, **fields, motivo=REASON, vigente=1)
    assert "Falta algo" in administrator.sends("/agencias/SOAPA", 422, **{**fields, "nombre": " "}, motivo=REASON)
    administrator.sends("/agencias/SOAPA/volver/0", motivo=REASON, vigente=1)
    assert office.jurisdiction.name_agency("SOAPA") == was
    assert "Vuelve a lo de la instalación." in administrator.opens("/agencias/SOAPA")


def test_a_closed_agency_is_offered_to_nobody(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    administrator, name = browser("administra"), office.jurisdiction.name_agency("SOAPA")
    assert name in browser("oficial").opens(f"/peticiones/{case.folio}")
    fields = {"nombre": name, "siglas": "SOAPA", "orden": "estatal", "contacto": "", "motivo": REASON}
    administrator.sends("/agencias/SOAPA", **fields, vigente=0)
    assert 'value="SOAPA"' not in browser("oficial").opens(f"/peticiones/{case.folio}")
    with pytest.raises(MoveRefused):
        refers(office, members["oficial"], case, "SOAPA")
    assert "Cerrada" in administrator.opens("/agencias/SOAPA")


def test_a_lines_other_number_is_said_when_a_second_person_has_confirmed_it(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator, officer = browser("administra"), browser("oficial")
    fields = {"numero": "800 000 0000", "nombre": "Línea de la Vida", "fuente": "Oficio 12", "confirmada": "true"}
    administrator.sends("/lineas/life", **fields, motivo=REASON, vigente=0)
    assert "800 911 2000" in office.texts("emergency.suicidio")
    assert "Quien propuso" in administrator.sends("/lineas/life/veredicto/1", 422, acuerdo="true")
    assert "Espera a una segunda persona el número 800 000 0000" in officer.opens("/lineas")
    officer.sends("/lineas/life/veredicto/1", acuerdo="true")
    assert "800 000 0000" in office.texts("emergency.suicidio")
    assert office.jurisdiction.lines["life"].is_confirmed


def test_the_second_person_sees_all_that_would_be_otherwise(browser: Callable[[str], Browser]) -> None:
    fields = {"numero": "800 000 0000", "nombre": "Línea nueva", "fuente": "Oficio 12", "confirmada": "true"}
    browser("administra").sends("/lineas/life", **fields, motivo=REASON, vigente=0)
    shown = browser("oficial").opens("/lineas").split('id="linea-life"')[1].split("</table>")[0]
    for part in ("800 911 2000", "<mark>800 000 0000</mark>", "<mark>Línea nueva</mark>", "<mark>Oficio 12</mark>"):
        assert part in shown
    assert f"Motivo: {REASON}" in shown


def test_a_line_is_gone_back_from_with_a_second_person_when_its_number_is_another(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator, officer, line = browser("administra"), browser("oficial"), office.jurisdiction.lines["life"]
    fields = {"numero": line.number, "nombre": "Otro nombre", "fuente": line.source}
    administrator.sends("/lineas/life", **fields, motivo=REASON, vigente=0)
    administrator.sends("/lineas/life", **{**fields, "numero": "800 000 0000"}, motivo=REASON, vigente=1)
    officer.sends("/lineas/life/veredicto/2", acuerdo="true")
    administrator.sends("/lineas/life/volver/0", motivo=REASON, vigente=2)
    assert "Espera a una segunda persona" in administrator.opens("/lineas")
    assert office.jurisdiction.lines["life"].number == "800 000 0000"
    officer.sends("/lineas/life/veredicto/3", acuerdo="true")
    assert office.jurisdiction.lines["life"] == line
    administrator.sends("/lineas/life/volver/1", motivo=REASON, vigente=3)
    assert office.jurisdiction.lines["life"].name == "Otro nombre"
    administrator.sends("/lineas/nadie/volver/0", 404, motivo=REASON, vigente=0)
    officer.sends("/lineas/life/volver/0", 403, motivo=REASON, vigente=4)


def test_an_agencys_older_version_that_cannot_stand_any_more_is_not_gone_back_to(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    value = {"name": "x" * 200, "acronym": "A", "order": "estatal", "contact": "", "is_open": True}
    now = {"name": "Agua de Oaxaca", "acronym": "AO", "order": "estatal", "contact": "", "is_open": True}
    publish_many(office, None, [Change(Subject.AGENCY, "SOAPA", value)], REASON)
    publish_many(office, None, [Change(Subject.AGENCY, "SOAPA", now)], REASON)
    page = browser("administra").sends("/agencias/SOAPA/volver/1", 422, motivo=REASON, vigente=2)
    assert "no tiene la forma debida" in page
    assert office.jurisdiction.name_agency("SOAPA") == "Agua de Oaxaca"


def test_another_number_that_waits_is_not_passed_over(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator, officer = browser("administra"), browser("oficial")
    fields = {"numero": "800 000 0000", "nombre": "Línea de la Vida", "fuente": "Oficio 12", "confirmada": "true"}
    administrator.sends("/lineas/life", **fields, motivo=REASON, vigente=0)
    assert "espera a una segunda persona" in administrator.sends("/lineas/life/comprobada", 422, vigente=1)
    administrator.sends("/lineas/life", **{**fields, "numero": "800 000 0001"}, motivo=REASON, vigente=1)
    assert "800 000 0000" not in officer.opens("/lineas").split("Espera a una segunda persona")[1][:200]
    officer.sends("/lineas/life/veredicto/1", 422, acuerdo="true")
    officer.sends("/lineas/life/veredicto/2", acuerdo="true")
    assert office.jurisdiction.lines["life"].number == "800 000 0001"


def test_a_line_is_checked_today(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    administrator.sends("/lineas/women/comprobada", vigente=0)
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    assert office.jurisdiction.lines["women"].checked_on == today
    page = administrator.opens("/lineas")
    assert "Se llamó a la línea y contesta." in page
    assert "Persona administra" in page
    assert "Falta algo" in administrator.sends(
        "/lineas/women", 422, numero="sin número", nombre="x", fuente="y", motivo=REASON, vigente=1
    )


def test_a_check_grows_old(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    line = office.jurisdiction.lines["life"]
    assert not is_stale(line, line.checked_on + timedelta(days=180))
    assert is_stale(line, line.checked_on + timedelta(days=181))
    monkeypatch.setattr(changing, "_today", lambda _: date(2030, 1, 1))  # no page shows a day to come
    assert len(list_stale(office)) == len(office.jurisdiction.lines)


def test_a_template_is_used_when_it_is_confirmed(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator, where = browser("administra"), "/plantillas-whatsapp/notice.answered"
    fields = {
        "sid": SID,
        "idioma": "es_MX",
        "aprobada": "2026-11-20",
        "lleva": "notice",
        "cuerpo": "Ya hay respuesta a su petición {{1}}. Escríbanos cualquier palabra.",
        "variables": "folio",
        "motivo": REASON,
    }
    administrator.sends(where, **fields, vigente=0)
    assert "notice.answered" not in office.jurisdiction.templates
    assert "Por confirmar: todavía no se usa" in administrator.opens("/plantillas-whatsapp")
    page = administrator.sends(where, 422, **{**fields, "sid": "HX1"}, confirmada="true", vigente=1)
    assert "content_sid must be HX" in page
    administrator.sends(where, **fields, confirmada="true", vigente=1)
    assert office.jurisdiction.templates["notice.answered"].content_sid == SID
    assert "Aprobada: se usa" in administrator.opens("/plantillas-whatsapp")
    administrator.sends(f"{where}/volver/1", motivo=REASON, vigente=2)
    assert "notice.answered" not in office.jurisdiction.templates
    administrator.sends(f"{where}/volver/2", motivo=REASON, vigente=3)
    assert office.jurisdiction.templates["notice.answered"].content_sid == SID
    assert "Vuelve a la versión 2" in administrator.opens("/plantillas-whatsapp")
    administrator.sends(f"{where}/volver/9", 404, motivo=REASON, vigente=4)
