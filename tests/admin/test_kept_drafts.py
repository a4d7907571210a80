"""What an administrator writes of an agency, a line or a topic is found again, is shown to colleagues, ends when it is
published. All of it with forms alone; tests/admin/test_browser_configuration.py types it."""

from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import update

from intake.accounts.staff import Role
from intake.configuration.drafts import list_drafts
from intake.configuration.in_force import Subject
from intake.office import Office
from intake.tables.accounts import Staff
from tests.staff import Browser

Fields = dict[str, str | int]
REASON = "Oficio de la coordinación"
CASES: dict[Subject, tuple[str, str, str, Fields]] = {
    Subject.AGENCY: (
        "/agencias/SOAPA",
        "/agencias/SOAPA",
        "SOAPA",
        {"nombre": "Agua de Oaxaca", "siglas": "AO", "orden": "estatal", "contacto": "Ext. 12", "abierta": "true"},
    ),
    Subject.LINE: (
        "/lineas/life",
        "/lineas",
        "life",
        {"numero": "800 911 2000", "nombre": "Línea que acompaña", "fuente": "Oficio 12", "confirmada": "true"},
    ),
    Subject.TOPIC: (
        "/temas/agua",
        "/temas/agua",
        "agua",
        {"nombre": "Agua de la red", "palabras": "sin agua", "abierto": "true", "confirmado": "true"},
    ),
}
OF_EACH = pytest.mark.parametrize("subject", CASES)


@OF_EACH
def test_what_is_kept_is_found_again_and_changes_nothing(
    office: Office, browser: Callable[[str], Browser], subject: Subject
) -> None:
    where, page, key, fields = CASES[subject]
    administrator = browser("administra")
    landed = administrator.sends(f"{where}/borrador", **fields, motivo="Lo pidió", vigente=0)
    assert landed.split("#")[0] == page
    shown = unescape(administrator.opens(page))
    assert "Sigue aquí su borrador, guardado el" in shown
    for value in (fields["nombre"], "Lo pidió"):
        assert f'value="{value}"' in shown
    assert key not in office.in_force.values(subject)
    administrator.sends(f"/borradores/{subject}/{key}/descartar")
    assert str(fields["nombre"]) not in unescape(administrator.opens(page))


@OF_EACH
def test_a_bad_draft_is_kept_whole_and_what_is_refused_too(
    office: Office, browser: Callable[[str], Browser], subject: Subject
) -> None:
    where, page, _, fields = CASES[subject]
    administrator, bad = browser("administra"), {**fields, "nombre": ""}
    administrator.sends(f"{where}/borrador", **bad)
    [kept] = list_drafts(office, subject)
    assert kept.written.value["name"] == ""
    administrator.sends(where, 422, **{**bad, "nombre": "Otro nombre"}, motivo="corto", vigente=0)
    shown = unescape(administrator.opens(page))
    assert 'value="Otro nombre"' in shown
    assert 'value="corto"' in shown


@OF_EACH
def test_publishing_ends_the_draft_and_a_late_copy_is_not_kept(
    office: Office, browser: Callable[[str], Browser], subject: Subject
) -> None:
    where, page, key, fields = CASES[subject]
    administrator = browser("administra")
    administrator.sends(f"{where}/borrador", **fields)
    administrator.sends(where, **fields, motivo=REASON, vigente=0)
    assert office.in_force.values(subject)[key]["name"] == fields["nombre"]
    sent = {"csrf": administrator.token(), **fields, "vigente": "0"}
    late = administrator.client.post(f"{where}/borrador", data=sent, headers={"HX-Request": "true"})
    assert "no hay borrador que guardar" in late.text
    assert list_drafts(office, subject) == []
    assert "Sigue aquí su borrador" not in unescape(administrator.opens(page))


@OF_EACH
def test_a_colleague_sees_whose_it_is_and_when_and_keeps_their_own(
    office: Office, browser: Callable[[str], Browser], subject: Subject
) -> None:
    where, page, key, fields = CASES[subject]
    with office.sessions.begin() as session:
        session.execute(update(Staff).where(Staff.username == "oficial").values(role=Role.ADMINISTRATOR))
    administrator, colleague = browser("administra"), browser("oficial")
    administrator.sends(f"{where}/borrador", **fields, motivo="Lo pidió el área")
    shown = unescape(colleague.opens(page))
    assert "Borrador de Persona administra, " in shown
    assert str(fields["nombre"]) in shown
    assert "Motivo que escribió: Lo pidió el área" in shown
    assert f'value="{fields["nombre"]}"' not in shown
    colleague.sends(where, **{**fields, "nombre": "Nombre de la colega"}, motivo=REASON, vigente=0)
    [still] = list_drafts(office, subject, key)
    assert (still.author, still.is_overtaken) == ("Persona administra", True)
    assert "Desde que lo empezó se publicó la versión 1" in unescape(administrator.opens(page))


def test_lists_say_whose_drafts_there_are_to_administrators_alone(browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    for where, *_, fields in CASES.values():
        administrator.sends(f"{where}/borrador", **fields)
    for page in ("/agencias", "/temas"):
        assert "Con su borrador" in administrator.opens(page)
    for page in ("/temas", "/lineas"):
        shown = unescape(browser("audita").opens(page))
        assert "orrador de" not in shown
        assert "Línea que acompaña" not in shown


def test_a_topic_that_there_is_not_yet_is_kept_until_it_is_there(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator, fields = browser("administra"), {"nombre": "Ruido", "palabras": "ruido, música", "abierto": "true"}
    administrator.sends("/temas/nuevo/borrador", **fields)
    assert "Con su borrador" in administrator.opens("/temas")
    assert 'value="Ruido"' in administrator.opens("/temas/nuevo")
    assert administrator.sends("/temas/nuevo", **fields, motivo=REASON, vigente=0) == "/temas/ruido"
    assert list_drafts(office, Subject.TOPIC) == []
    assert 'value="Ruido"' not in administrator.opens("/temas/nuevo")


def test_trying_a_topic_keeps_what_is_tried(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator, fields = browser("administra"), CASES[Subject.TOPIC][3]
    administrator.sends("/temas/agua", 200, **fields, probar="true")
    assert [one.key for one in list_drafts(office, Subject.TOPIC)] == ["agua"]


def test_that_a_line_answers_and_going_back_leave_the_draft(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator, fields = browser("administra"), CASES[Subject.LINE][3]
    administrator.sends("/lineas/life/borrador", **fields, vigente=0)
    administrator.sends("/lineas/life/comprobada", vigente=0)
    administrator.sends("/lineas/life/volver/0", motivo=REASON, vigente=1)
    [still] = list_drafts(office, Subject.LINE)
    assert (still.key, still.is_overtaken) == ("life", True)


def test_there_are_no_drafts_of_what_has_no_page_for_them(browser: Callable[[str], Browser]) -> None:
    browser("administra").sends("/borradores/promise/SOAPA/descartar", 404)
    browser("oficial").sends("/borradores/agency/SOAPA/descartar", 403)
