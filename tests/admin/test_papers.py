"""An answer as a document: for its citizen by a link that ends, for staff to print, for anybody to check."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from rich.console import Console
from sqlalchemy import select

from canaliza.papers import verify
from intake.accounts.staff import Member
from intake.answers.paper_links import LASTS
from intake.clock import at, utc_now
from intake.incoming.receive import Receiver
from intake.incoming.spool import Spool
from intake.incoming.webhooks import build_app
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.answers import Answer, Paper
from intake.tables.citizens import Citizen
from intake.triage.referrals import answer
from tests.admin.conftest import refers, says
from tests.staff import Browser
from tests.talk import Talk

ASKED = "soy Juana Pérez, mi teléfono es 951 123 4567, no hay agua en la colonia Reforma desde hace ocho días"
TEXT = "La cuadrilla cambió la válvula el jueves 3 de diciembre; el agua volvió ese día. #let x = 1"


@pytest.fixture
def office(office: Office) -> Office:
    """One that citizens reach at a public address."""
    settings = office.settings.model_copy(update={"public_url": "http://peticiones.example"})
    return replace(office, settings=settings)


@pytest.fixture
def web(office: Office, tmp_path: Path) -> TestClient:
    return TestClient(build_app(office, Receiver(office.sessions, office.wake, Spool(tmp_path / "spool"))))


@pytest.fixture
def answered(office: Office, members: dict[str, Member]) -> int:
    """The referral; «c1» asked."""
    referral = refers(office, members["oficial"], says(office, "c1", ASKED), "SOAPA")
    answer(office, members["enlace-soapa"], referral, TEXT)
    return referral


def _link(office: Office, address: str = "c1") -> str:
    told = [text for text in Talk(office, address).replies() if "en un documento con sello digital" in text]
    assert len(told) == 1
    return re.findall(r"http://peticiones\.example(/respuesta/\S+)", told[0])[0]


def _papers(office: Office) -> list[Paper]:
    with office.sessions() as session:
        return list(session.scalars(select(Paper)))


def test_a_link_follows_the_answer_and_shows_nothing_before_a_button_is_pressed(
    office: Office, web: TestClient, answered: int
) -> None:
    said = Talk(office, "c1").replies()
    assert [TEXT in said[-3], "sello digital" in said[-2], "resuelve su petición" in said[-1]] == [True] * 3
    front = web.get(_link(office))
    assert (front.status_code, "válvula" in front.text, "SOAPA" in front.text) == (200, False, False)
    assert _papers(office) == []
    assert front.headers["referrer-policy"] == "no-referrer"


def test_it_is_made_once_and_is_the_same_file_for_everybody(
    office: Office, web: TestClient, browser: Callable[[str], Browser], answered: int
) -> None:
    first, again = (web.post(_link(office)) for _ in range(2))
    assert (first.headers["content-type"], first.content[:5]) == ("application/pdf", b"%PDF-")
    assert first.content == again.content
    (paper,) = _papers(office)
    printed = browser("enlace-soapa").client.get(f"/turnos/{answered}/respuestas/{paper.answer_id}/documento")
    assert printed.content == first.content
    browser("enlace-cabien").opens(f"/turnos/{answered}/respuestas/{paper.answer_id}/documento", 404)
    assert "Documento con sello (PDF)" in browser("oficial").opens(f"/turnos/{answered}")


def test_nothing_on_it_tells_who_asked(office: Office, web: TestClient, answered: int) -> None:
    web.post(_link(office))
    content = _papers(office)[0].content
    assert "no hay agua en la colonia Reforma" in content["summary"]
    assert not re.search(r"Juana|Pérez|951", str(content))
    assert content["answer"] == TEXT
    assert re.fullmatch(r"[a-záé]+ \d+ de [a-z]+ de \d{4}", content["answered_on"])


def test_what_the_fonts_cannot_show_keeps_nobody_from_the_paper(
    office: Office, web: TestClient, members: dict[str, Member]
) -> None:
    """Neither a citizen's «😊» nor a liaison's, nor what no font has."""
    referral = refers(office, members["oficial"], says(office, "c1", f"{ASKED} 😊"), "SOAPA")
    answer(office, members["enlace-soapa"], referral, f"{TEXT} 👍 日本 \x07")
    got = web.post(_link(office))
    assert (got.status_code, got.content[:5]) == (200, b"%PDF-")
    assert got.content == web.post(_link(office)).content
    assert "👍 日本" in _papers(office)[0].content["answer"]


def test_the_channels_name_is_not_on_it_in_whatever_way_it_was_written(
    office: Office, web: TestClient, members: dict[str, Member]
) -> None:
    case = says(office, "c1", "no hay agua en la colonia Reforma desde hace ocho días, yatzil xhuncu, gracias")
    with office.sessions.begin() as session:
        citizen = session.get_one(Citizen, get_petition(session, case.folio).citizen_id)
        citizen.name = "Yatzil Xhuncu"
    answer(office, members["enlace-soapa"], refers(office, members["oficial"], case, "SOAPA"), TEXT)
    web.post(_link(office))
    summary = _papers(office)[0].content["summary"]
    assert "colonia Reforma" in summary
    assert not re.search(r"yatzil|xhuncu", summary, re.IGNORECASE)


def test_a_link_ends_and_a_changed_one_is_none(office: Office, web: TestClient, answered: int) -> None:
    link = _link(office)
    assert "ya no sirve" in web.get(f"{link}x").text
    with at(utc_now() + LASTS + timedelta(hours=1)):
        assert web.get(link).status_code == 404
        assert web.post(link).status_code == 404


def test_who_holds_the_paper_finds_it_by_its_code(office: Office, web: TestClient, answered: int) -> None:
    web.post(_link(office))
    paper = _papers(office)[0]
    code = f"{paper.answer_id:x}-{paper.seal[:20]}"
    page = web.get(f"/verificar/{code}")
    assert (page.status_code, "Este documento es auténtico" in page.text) == (200, True)
    assert paper.content["folio"] in page.text
    assert "válvula" not in page.text
    for wrong in (f"{paper.answer_id:x}-{'0' * 20}", f"9{code}", "x", f"{code}0"):
        assert web.get(f"/verificar/{wrong}").status_code == 404


def test_the_office_tells_its_own_file_from_a_changed_one(
    office: Office, web: TestClient, answered: int, tmp_path: Path
) -> None:
    shown, screen = tmp_path / "shown.pdf", Console(quiet=True)
    shown.write_bytes(web.post(_link(office)).content)
    assert verify(office, str(shown), screen)
    shown.write_bytes(shown.read_bytes() + b" ")
    assert not verify(office, str(shown), screen)


def test_a_record_that_was_changed_does_not_bear_the_seal(
    office: Office, web: TestClient, answered: int, tmp_path: Path
) -> None:
    shown = tmp_path / "shown.pdf"
    shown.write_bytes(web.post(_link(office)).content)
    with office.sessions.begin() as session:
        paper = session.scalars(select(Paper)).one()
        paper.content = paper.content | {"answer": "No procede."}
    assert not verify(office, str(shown), Console(quiet=True))
    paper = _papers(office)[0]
    assert web.get(f"/verificar/{paper.answer_id:x}-{paper.seal[:20]}").status_code == 404


def test_a_reserved_answer_is_not_linked_to(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    talk, case = Talk(office, "c2"), says(office, "c2", "mi marido me pega y me quiere matar")
    talk.says(button=f"safe:{case.folio}:yes")
    referral = refers(office, members["oficial"], case, "CABIEN")
    answer(office, members["oficial"], referral, TEXT)
    talk.works()
    talk.says(button=f"read:{case.folio}:yes")
    assert not any("sello digital" in text for text in talk.replies())
    with office.sessions() as session:
        answer_id = session.scalars(select(Answer.id)).one()
    browser("oficial").opens(f"/turnos/{referral}/respuestas/{answer_id}/documento")
    assert _papers(office)[0].content["summary"] == ""


def test_without_a_public_address_no_link_is_sent(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    here = replace(office, settings=office.settings.model_copy(update={"public_url": "http://127.0.0.1:8080"}))
    referral = refers(here, members["oficial"], says(here, "c3", "no hay agua en la colonia Reforma"), "SOAPA")
    answer(here, members["enlace-soapa"], referral, TEXT)
    assert not any("sello digital" in text for text in Talk(here, "c3").replies())
