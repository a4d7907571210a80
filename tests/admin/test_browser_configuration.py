"""The configuration in Debian's Chromium: a topic is tried, added and retired; a line's number waits for a second
person, who sees both sides of the change, and is gone back from; a term and a series are tried and gone back from."""

from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from intake.accounts.staff import Member
from intake.configuration.drafts import list_drafts
from intake.configuration.in_force import Subject
from intake.office import Office
from tests.admin import test_browser as shared

pytestmark = pytest.mark.browser
address, width, tab = shared.address, shared.width, shared.tab  # fixtures
REASON = "Acuerdo de la reunión de coordinación"


def test_a_topic_is_tried_added_and_retired(office: Office, members: dict[str, Member], tab: Page) -> None:
    folio = shared._says(office, "c1", shared.WATER).folio
    shared._logs_in(tab, "administra")
    tab.goto("/temas")
    tab.get_by_role("link", name="Tema nuevo").click()
    tab.get_by_label("Nombre").fill("Fugas de la red")
    tab.get_by_role("button", name="Probar").click()
    assert "Escriba al menos una palabra" in tab.locator("div.fault").inner_text()
    assert shared._findings(tab, "a topic with a fault") == []
    tab.get_by_label("Palabras y frases").fill("agua, no hay agua, sin agua, colonia")
    with office.sessions.begin() as session:
        shared.get_petition(session, folio).municipality = "20385"
    tab.get_by_role("button", name="Probar").click()
    assert "1 de los últimos 1 asuntos tomaría otro tema." in tab.locator(".hint[role=status]").inner_text()
    assert tab.get_by_role("link", name=folio).is_visible()
    assert shared._findings(tab, "a topic that is tried") == []
    tab.get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("button", name="Publicar").click()
    tab.wait_for_url("**/temas/fugas_de_la_red")
    tab.get_by_label("En uso").uncheck()
    tab.get_by_label("Motivo del cambio").first.fill(REASON)
    tab.get_by_role("button", name="Publicar").click()
    expect(tab.locator("h1 .flag-off")).to_have_text("Retirado")
    tab.locator("summary", has_text="Volver a esta versión").click()
    assert shared._findings(tab, "a topic's versions") == []
    tab.get_by_role("group").get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("button", name="Volver", exact=False).last.click()
    expect(tab.locator("h1 .flag-off")).to_have_count(0)
    topic = office.jurisdiction.topics.find("fugas_de_la_red")
    assert topic
    assert topic.is_open


def _opens_a_line(tab: Page) -> Locator:
    """As an administrator, ready to change it."""
    shared._logs_in(tab, "administra")
    tab.goto("/lineas")
    line = tab.locator("#linea-life")
    line.locator("summary", has_text="Cambiar").click()
    return line


def test_what_is_typed_is_kept_by_itself_and_outlives_a_lost_connection(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    line = _opens_a_line(tab)
    line.locator("#nombre-life").fill("Línea que acompaña")
    expect(line.get_by_role("status")).to_contain_text("Guardado a las")
    tab.route("**/borrador", lambda route: route.abort())
    line.get_by_label("La oficina confirmó este número").check()
    expect(line.get_by_role("alert")).to_contain_text("Sin conexión. Su texto sigue en esta página")
    tab.unroute("**/borrador")
    expect(line.get_by_role("alert")).to_be_hidden(timeout=15_000)
    tab.goto("/oficina")
    tab.goto("/lineas")
    expect(line.locator("#nombre-life")).to_have_value("Línea que acompaña")
    expect(line.get_by_label("La oficina confirmó este número")).to_be_checked()
    assert shared._findings(tab, "a line's draft") == []
    line.get_by_role("button", name="Descartar el borrador").click()
    expect(tab.locator(".notice")).to_contain_text("Se descartó el borrador")
    assert [one.key for one in list_drafts(office, Subject.LINE)] == []


def test_a_second_person_sees_both_sides_of_a_lines_change(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    line = _opens_a_line(tab)
    line.get_by_label("Número", exact=True).fill("800 000 0000")
    line.get_by_label("Motivo del cambio").fill(REASON)
    line.get_by_role("button", name="Publicar").click()
    tab.get_by_role("button", name="Salir").click()
    shared._logs_in(tab, "oficial")
    tab.goto("/lineas")
    row = line.get_by_role("row", name="Número")
    assert [cell.strip() for cell in row.get_by_role("cell").all_inner_texts()] == ["800 911 2000", "800 000 0000"]
    assert shared._findings(tab, "a line that waits") == []
    line.get_by_role("button", name="Confirmar el número").click()
    expect(line.locator("b").first).to_have_text("800 000 0000")
    tab.get_by_role("button", name="Salir").click()
    shared._logs_in(tab, "administra")
    tab.goto("/lineas")
    line.locator("summary", has_text="Versiones").click()
    line.locator("summary", has_text="Volver a esta versión").click()
    assert shared._findings(tab, "a line's versions") == []
    line.locator("details details").get_by_label("Motivo del cambio").fill(REASON)
    line.locator("details details").get_by_role("button").click()
    expect(line.get_by_text("Espera a una segunda persona el número 800 911 2000")).to_be_visible()
    assert office.jurisdiction.lines["life"].number == "800 000 0000"


def test_a_term_is_tried_published_and_gone_back_from(office: Office, members: dict[str, Member], tab: Page) -> None:
    folio = shared._says(office, "c1", shared.WATER).folio
    was = _due_on(office, folio)
    shared._logs_in(tab, "administra")
    tab.goto("/plazos")
    tab.get_by_role("link", name="Abrir: Plazo con la ciudadanía").click()
    tab.get_by_label("Días para responder").fill("14")
    tab.get_by_label("Fundamento", exact=True).fill("Ley de Procedimiento, artículo 12")
    tab.get_by_role("button", name="Probar").click()
    status = tab.get_by_role("status").last
    expect(status).to_contain_text("1 de 1 peticiones abiertas tendrían otra fecha límite")
    assert status.get_by_role("link", name=folio).first.is_visible()
    assert shared._findings(tab, "a term that is tried") == []
    assert _due_on(office, folio) == was
    tab.get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("button", name="Publicar").click()
    expect(tab.get_by_text("Cambió la fecha de 1 petición abierta.")).to_be_visible()
    assert _due_on(office, folio) > was
    tab.locator("summary", has_text="Volver a esta versión").last.click()
    assert shared._findings(tab, "a term's versions") == []
    tab.get_by_role("group").last.get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("group").last.get_by_role("button").click()
    expect(tab.get_by_text("Cambió la fecha de 1 petición abierta.")).to_be_visible()
    assert _due_on(office, folio) == was
    tab.goto(f"/peticiones/{folio}")
    expect(tab.get_by_text("cambió la fecha límite por el calendario o el plazo").first).to_be_attached()


def test_a_series_says_what_it_lacks_and_is_gone_back_from(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    shared._logs_in(tab, "administra")
    tab.goto("/conservacion/SERIE-A")
    tab.get_by_label("Confirmada por el archivo").check()
    tab.get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("button", name="Publicar").click()
    assert "quién la confirmó" in tab.locator(".fault").inner_text()
    assert shared._findings(tab, "a series with a fault") == []
    tab.get_by_label("Destino final").select_option("baja")
    tab.get_by_label("Quién la confirmó").fill("Titular del archivo")
    tab.get_by_role("button", name="Publicar").click()
    expect(tab.locator("h1 .flag-unconfirmed")).to_have_count(0)
    assert office.jurisdiction.records.series["SERIE-A"].is_confirmed
    tab.locator("summary", has_text="Volver a esta versión").last.click()
    tab.get_by_role("group").last.get_by_label("Motivo del cambio").fill(REASON)
    tab.get_by_role("group").last.get_by_role("button").click()
    expect(tab.locator("h1 .flag-unconfirmed")).to_have_count(1)


def _due_on(office: Office, folio: str) -> date:
    with office.sessions() as session:
        return shared.get_petition(session, folio).due_on
