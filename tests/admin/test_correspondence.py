"""«Correspondencia» and «Archivo» at the form: what is refused says why, what is exported is what is shown."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from admin.shell import MAX_BODY_BYTES
from intake.accounts.staff import Member
from intake.answers.clean_copies import FILE_MAX_BYTES
from intake.answers.paper_pages import routes
from intake.clock import utc_now
from intake.correspondence.issuing import Kind, code_of_paper
from intake.correspondence.referring import Errand, issue_errand
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.history import find_break, list_entries
from intake.tables.correspondence import OfficePaper, Piece
from intake.tables.petitions import Petition
from tests.admin.conftest import case_of, refers, says
from tests.papers import photographed
from tests.staff import Browser

PHOTO = photographed(("Oficio",), "PNG")
TEXT = "Solicitamos la reparación del drenaje de la calle Independencia."
SLIP = re.compile(r'name="papeleta" value="([0-9a-f]{32})"')


@dataclass
class Desk:
    """An officer at the front desk."""

    office: Office
    officer: Browser

    def fields(self, **changes: str) -> dict[str, str]:
        local = utc_now().astimezone(self.office.jurisdiction.zone).strftime("%Y-%m-%dT%H:%M")
        told = {"via": "counter", "clase": "person", "llego": local, "remitente": "Guadalupe Ruiz"}
        return told | {"destinatario": "Jefatura de Gabinete", "asunto": "=Drenaje"} | changes

    def takes_in(self, expected: int = 303, content: bytes = PHOTO, **changes: str) -> str:
        form = {"csrf": self.officer.token(), "papeleta": secrets.token_hex(16), **self.fields(**changes)}
        files = {"hojas": ("hoja.png", content, "image/png")}
        answer = self.officer.client.post("/correspondencia/recibir", data=form, files=files)
        assert answer.status_code == expected, answer.status_code
        return answer.headers.get("location") or answer.text

    def registers(self, **changes: str) -> str:
        """The new folio."""
        where = self.takes_in()
        to = self.officer.sends(f"{where}/registrar", 303, **self.fields(texto=TEXT, **changes))
        return to.removeprefix("/expedientes/")


@pytest.fixture
def desk(office: Office, browser: Callable[[str], Browser]) -> Desk:
    return Desk(office, browser("oficial"))


def test_a_document_without_its_sender_or_of_another_day_is_refused_with_the_reason(desk: Desk) -> None:
    ahead = (utc_now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    for sentence, changes in {
        "Falta quién lo envía.": {"remitente": ""},
        "Esa fecha todavía no llega.": {"llego": ahead},
        "Falta cuándo llegó.": {"llego": ""},
        "posterior al día en que llegó": {"fecha": "2099-01-01"},
    }.items():
        page = desk.takes_in(422, **changes)
        assert sentence in page, sentence
        assert 'value="Jefatura de Gabinete"' in page
    assert "no es una foto" in desk.takes_in(422, b"GIF89a" + b"0" * 99)
    with desk.office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Piece)) == 0


def test_photos_are_larger_than_other_forms_but_not_without_end(desk: Desk, visitor: TestClient) -> None:
    assert "pesa demasiado" in desk.takes_in(422, PHOTO + b"0" * FILE_MAX_BYTES)
    files = {"hojas": ("hoja.png", PHOTO + b"0" * MAX_BODY_BYTES, "image/png")}
    assert visitor.post("/correspondencia/recibir", data=desk.fields(), files=files).status_code == 413


def test_an_original_is_handed_out_as_it_came_and_belongs_to_the_petition(desk: Desk) -> None:
    where = desk.takes_in()
    page = desk.officer.opens(where)
    href = re.search(rf'href="({where}/archivos/\d+)"', page)
    assert href
    answer = desk.officer.client.get(href[1])
    assert (answer.content, answer.headers["content-type"]) == (PHOTO, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "Falta qué dice" in desk.officer.sends(f"{where}/registrar", 422, **desk.fields(texto="no"))
    folio = desk.officer.sends(f"{where}/registrar", **desk.fields(texto=TEXT)).rsplit("/", 1)[-1]
    assert 'src="/archivos/' in desk.officer.opens(f"/peticiones/{folio}")
    with desk.office.sessions() as session:
        assert find_break(list_entries(session, get_petition(session, folio).id)) is None
    again = desk.officer.sends(f"{where}/registrar", 303, **desk.fields(texto=TEXT))
    assert again.endswith(folio)
    assert "ya tiene folio" in desk.officer.sends(f"{where}/registrar", 422, **desk.fields(texto=TEXT + " Gracias."))


def test_what_is_put_aside_can_be_brought_back(desk: Desk) -> None:
    where = desk.takes_in()
    assert "Falta el motivo." in desk.officer.sends(f"{where}/descartar", 422, motivo="")
    desk.officer.sends(f"{where}/descartar", motivo="Publicidad de una imprenta")
    assert "Publicidad de una imprenta" in desk.officer.opens(where)
    desk.officer.sends(f"{where}/recuperar")
    assert "Abrir folio" in desk.officer.opens(where)


def test_the_register_as_a_workbook_holds_what_the_filters_show(desk: Desk) -> None:
    folio = desk.registers()
    desk.takes_in(remitente="Otra persona")
    answer = desk.officer.client.get("/correspondencia.xlsx?remitente=guadalupe")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[0][0] == "Cuándo llegó"
    assert (rows[1][2], rows[1][6], rows[1][8]) == ("Guadalupe Ruiz", "=Drenaje", folio)
    assert sheet["G2"].data_type == "s"
    assert "No hay" not in desk.officer.opens("/correspondencia?estado=waiting")


def test_days_at_the_end_of_time_and_letters_that_are_none_find_nothing(desk: Desk) -> None:
    for asked in (
        "desde=9999-12-31&hasta=9999-12-31",
        "desde=0001-01-01&remitente=%00x&turnada=%00x&destinatario=%00x",
    ):
        assert "Ningún documento coincide" in desk.officer.opens(f"/correspondencia?{asked}")


def test_a_hidden_sender_is_on_no_page_of_the_register(desk: Desk) -> None:
    folio = desk.registers(reserva="true")
    for path in ("/correspondencia", "/correspondencia/1", f"/expedientes/{folio}"):
        assert "Guadalupe" not in desk.officer.opens(path), path
    assert desk.officer.client.get("/correspondencia/1/archivos/1").status_code == 404


def test_who_audits_reads_and_who_answers_for_an_agency_does_not(desk: Desk, browser: Callable[[str], Browser]) -> None:
    folio = desk.registers()
    auditor, liaison = browser("audita"), browser("enlace-soapa")
    for path in ("/correspondencia", "/correspondencia/1", f"/expedientes/{folio}", "/archivo"):
        assert 'method="post" action="/correspondencia' not in auditor.opens(path)
        liaison.opens(path, 403)
    auditor.sends("/correspondencia/1", 403, **desk.fields())
    auditor.sends(f"/expedientes/{folio}/cerrar", 403)


def test_a_chats_petition_has_a_file_without_an_acknowledgement_of_its_own(
    office: Office, desk: Desk, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    case = says(office, "c1", "no hay agua en la colonia Reforma desde hace ocho días")
    page = desk.officer.opens(f"/expedientes/{case.folio}")
    assert "Se dio en la conversación." in page
    assert "Hacer acuse" not in page
    assert "Todavía falta algo" in desk.officer.sends(f"/expedientes/{case.folio}/cerrar", 422)
    referral = refers(office, members["oficial"], case_of(office, case.folio), "SOAPA")
    first = office.jurisdiction.records.instructions[0]
    desk.officer.sends(f"/expedientes/{case.folio}/oficios", clase="slip", turno=referral, instruccion=first)
    assert "Volante JG/VOL/00001/" in browser("enlace-soapa").opens(f"/turnos/{referral}")
    assert browser("enlace-soapa").client.get("/papeles/1").content.startswith(b"%PDF")
    assert "Volante JG/VOL/00001/" in desk.officer.opens(f"/expedientes/{case.folio}")


def test_a_paper_is_checked_by_its_code_from_outside(office: Office, desk: Desk, members: dict[str, Member]) -> None:
    folio = desk.registers()
    referral = refers(office, members["oficial"], case_of(office, folio), "SOAPA")
    first = office.jurisdiction.records.instructions[0]
    paper_id = issue_errand(office, members["oficial"], folio, Errand(Kind.LETTER, referral, first))
    with office.sessions() as session:
        paper = session.get_one(OfficePaper, paper_id)
        assert session.scalar(select(func.count()).select_from(Petition)) == 1
    page = _outside(office).get(f"/verificar/{code_of_paper(paper)}")
    assert page.status_code == 200
    assert paper.label in page.text
    assert "drenaje" not in page.text
    assert _outside(office).get(f"/verificar/k{paper_id:x}-{'0' * 20}").status_code == 404


def _outside(office: Office) -> TestClient:
    app = FastAPI()
    for method, path, handler in routes(office):
        app.add_api_route(path, handler, methods=[method], response_model=None)
    return TestClient(app)
