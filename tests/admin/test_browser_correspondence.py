"""A photographed letter from the front desk to the archive, in Debian's Chromium, read by Debian's tesseract."""

from pathlib import Path

from playwright.sync_api import Page

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.correspondence.reading import read_due
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.triage.referrals import Choice, answer, decide
from intake.triage.tasks import review
from tests.admin import test_browser as shared
from tests.admin.test_browser_desk import _looks
from tests.papers import photographed

pytestmark = shared.pytestmark
address, tab = shared.address, shared.tab  # fixtures
width = shared.width


def test_a_photographed_letter_goes_from_the_front_desk_to_the_archive(
    office: Office, members: dict[str, Member], tab: Page, tmp_path: Path
) -> None:
    photo = tmp_path / "oficio.jpg"
    photo.write_bytes(photographed())
    shared._logs_in(tab, "oficial")
    tab.goto("/correspondencia")
    _looks(tab, "correspondence-empty")
    tab.get_by_role("link", name="Registrar documento").click()
    _looks(tab, "piece-new")
    tab.get_by_label("Hojas (fotos JPG o PNG, o PDF)").set_input_files(photo)
    tab.get_by_label("Quién lo envía").fill("Guadalupe Ruiz, Presidenta municipal")
    tab.get_by_label("Tipo de remitente").select_option(label="Autoridad municipal o agraria")
    tab.get_by_label("A quién va dirigido").fill("Jefatura de Gabinete")
    tab.get_by_label("Número de su oficio").fill("PMZ/112/2026")
    tab.get_by_role("button", name="Guardar y seguir").click()
    tab.get_by_text("El programa está leyendo las hojas").wait_for()
    assert read_due(office) == 1
    folio = _opens_the_folio(tab)
    _turns_and_answers(office, members, tab, folio)
    _closes_and_lists(tab, folio)


def _opens_the_folio(tab: Page) -> str:
    tab.get_by_role("button", name="Usar el texto leído").click()
    text = tab.get_by_label("Qué dice")
    assert "drenaje" in text.input_value()
    assert "PMZ/112/2026" in text.input_value()
    _looks(tab, "piece")
    text.fill("Solicitamos la reparación del drenaje de la calle Independencia, el agua sucia entra a las casas.")
    tab.get_by_label("Municipio (si se sabe)").fill("Villa de Zaachila")
    tab.get_by_role("button", name="Abrir folio y hacer acuse").click()
    tab.wait_for_url("**/expedientes/**")
    _looks(tab, "casefile")
    assert _pdf(tab, "Acuse JG/ACUSE/").startswith(b"%PDF")
    return tab.url.rsplit("/", 1)[-1]


def _turns_and_answers(office: Office, members: dict[str, Member], tab: Page, folio: str) -> None:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, "SOAPA", petition.version)
    referral_id = decide(office, members["oficial"], folio, choice)
    tab.reload()
    tab.get_by_label("Con copia para").fill("Archivo\nMinutario")
    tab.get_by_role("button", name="Hacer volante").click()
    tab.get_by_role("link", name="Volante JG/VOL/").wait_for()
    tab.get_by_label("Con copia para").fill("Presidencia municipal de Villa de Zaachila")
    tab.get_by_role("button", name="Hacer oficio de canalización").click()
    for name in ("Volante JG/VOL/", "Oficio de canalización JG/OC/"):
        assert _pdf(tab, name).startswith(b"%PDF")
    answer(office, members["enlace-soapa"], referral_id, "La cuadrilla repara el drenaje el jueves por la mañana.")
    review(office, utc_now())
    tab.goto("/avisos")
    tab.get_by_role("button", name="Ya lo sabe").last.click()
    tab.goto(f"/expedientes/{folio}")


def _closes_and_lists(tab: Page, folio: str) -> None:
    tab.get_by_label("Serie", exact=True).select_option("SERIE-B")
    tab.get_by_label("Dónde está").fill("Archivero 2, carpeta 7")
    tab.get_by_role("button", name="Guardar serie").click()
    tab.get_by_role("button", name="Cerrar expediente").click()
    tab.get_by_text("Expediente cerrado con el número SERIE-B/00001/").wait_for()
    _looks(tab, "casefile-closed")
    assert _pdf(tab, "Carátula e índice (PDF)").startswith(b"%PDF")
    tab.goto("/archivo")
    tab.get_by_label("Serie", exact=True).select_option("SERIE-B")
    tab.get_by_role("button", name="Hacer inventario").click()
    tab.get_by_text("1 expediente").wait_for()
    _looks(tab, "archive")
    assert _pdf(tab, "JG/INV-G/001").startswith(b"%PDF")
    tab.goto("/correspondencia?estado=answered")
    assert folio in tab.locator("tbody").inner_text()
    _looks(tab, "correspondence")


def _pdf(tab: Page, name: str) -> bytes:
    """What the link of that name leads to."""
    href = tab.get_by_role("link", name=name).first.get_attribute("href")
    assert href
    return tab.request.get(href).body()
