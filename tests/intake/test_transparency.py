"""«Transparencia»: what anybody may read, made once a month, handed out of memory."""

import base64
import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at
from intake.incoming.receive import Receiver
from intake.incoming.spool import Spool
from intake.incoming.webhooks import build_app
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.tables.open_data import OpenMonth
from intake.tables.petitions import Referral
from intake.transparency.pages import Door
from intake.transparency.publishing import publish_due
from intake.triage.referrals import Choice, accept, answer, decide
from tests.talk import Talk

WORDS = "no hay agua en la calle Pinos de Santa Cruz Xoxocotlán desde hace ocho días"
ELSEWHERE = "no hay agua en el centro de Salina Cruz desde hace ocho días"


def _on(day: int, month: int = 3) -> datetime:
    return datetime(2027, month, day, 16, tzinfo=UTC)


@pytest.fixture
def web(office: Office, tmp_path: Path) -> TestClient:
    return TestClient(build_app(office, Receiver(office.sessions, office.wake, Spool(tmp_path / "spool"))))


@pytest.fixture
def member(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("oficial", "O", Role.OFFICER, "una frase muy larga"))
    return Member(row.id, row.username, row.name, Role.OFFICER, None, "")


@pytest.fixture
def folios(office: Office, member: Member) -> list[str]:
    """March: six people of one town and two of another write of water; one gets an answer."""
    found: list[str] = []
    for number, words in enumerate([WORDS] * 6 + [ELSEWHERE] * 2):
        talk = Talk(office, f"c-{number}")
        with at(_on(2)):
            talk.says(words)
            found.append(talk.petitions()[-1].folio)
    referrals = [_sends(office, member, folio) for folio in found]
    _answers(office, member, referrals[0], _on(5))
    return found


def _sends(office: Office, member: Member, folio: str) -> int:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        matter = list_matters(petition)[0]
    with at(_on(3)):
        return decide(office, member, folio, Choice(matter.id, "SOAPA", petition.version))


def _answers(office: Office, member: Member, referral: int, moment: datetime) -> None:
    with at(moment):
        accept(office, member, referral)
        answer(office, member, referral, "Una cuadrilla reparó la fuga el viernes por la tarde.")
        Talk(office, "nobody").works()


def _rows(web: TestClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(web.get("/transparencia/datos.csv").text)))


def test_before_a_month_is_over_there_is_a_page_and_no_figure(web: TestClient) -> None:
    assert "Todavía no hay ningún mes publicado" in web.get("/transparencia").text
    assert _rows(web) == []


def test_the_address_alone_leads_there(web: TestClient) -> None:
    answer = web.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/transparencia")


def test_a_month_is_published_when_its_terms_are_over_and_once(
    office: Office, member: Member, folios: list[str], web: TestClient
) -> None:
    assert publish_due(office, _on(20, 4)) == []
    assert publish_due(office, _on(21, 4)) == ["2027-03"]
    assert publish_due(office, _on(22, 4)) == []
    rows = _rows(web)
    assert [(row["lugar"], row["recibidas"], row["respondidas"], row["en_tiempo"]) for row in rows] == [
        ("Otros lugares del estado", "8", "", "")  # two people alone would be told by what is left: all are one group
    ]
    whole = json.loads(web.get("/transparencia/datos.json").text)
    assert whole["por_mes"] == [{"mes": "2027-03", "recibidas": 8, "respondidas": None, "en_tiempo": None}]
    assert whole["licencia"]["nombre"] == "CC BY 4.0"
    with office.sessions() as session:
        before = session.scalars(select(OpenMonth.digest)).all()
        late = session.scalars(select(Referral.id).where(Referral.state == "issued")).all()
    for referral in late:
        _answers(office, member, referral, _on(28, 4))
    publish_due(office, _on(30, 4))
    with office.sessions() as session:
        assert session.scalars(select(OpenMonth.digest)).all() == before


def test_no_folio_no_word_and_no_small_count_is_public(office: Office, folios: list[str], web: TestClient) -> None:
    publish_due(office, _on(21, 4))
    for path in ("/transparencia", "/transparencia/datos.csv", "/transparencia/datos.json"):
        text = web.get(path).text
        assert not any(folio in text for folio in folios)
        assert "Pinos" not in text
        assert "Salina Cruz" not in text
    assert "no se publica" in web.get("/transparencia").text


def test_a_request_counts_nothing_and_who_has_it_already_gets_nothing(
    office: Office, folios: list[str], web: TestClient
) -> None:
    publish_due(office, _on(21, 4))
    first = web.get("/transparencia/datos.csv")
    statements: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    for _ in range(5):
        assert web.get("/transparencia/datos.csv").content == first.content
    again = web.get("/transparencia/datos.csv", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, statements) == (304, b"", [])
    assert "max-age=3600" in first.headers["cache-control"]


def test_a_stranger_who_asks_too_often_is_told_to_wait(web: TestClient) -> None:
    answers = [web.get("/transparencia").status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


def test_each_address_has_its_own_share_and_a_new_one_after_the_window() -> None:
    now = [0.0]
    door = Door(2, clock=lambda: now[0])
    assert [door.lets_in("a"), door.lets_in("a"), door.lets_in("a"), door.lets_in("b")] == [True, True, False, True]
    now[0] = 60.0
    assert door.lets_in("a")


@pytest.mark.usefixtures("folios")
def test_the_page_draws_what_its_tables_say_without_a_script(office: Office, web: TestClient) -> None:
    publish_due(office, _on(25, 4))
    answer_ = web.get("/transparencia")
    page = answer_.text
    assert page.count("<svg") >= 3
    assert "<script" not in page
    assert " style=" not in page
    style = page.split("<style>", 1)[1].split("</style>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer_.headers["content-security-policy"]
    assert "Último mes publicado: marzo de 2027" in page
    assert "Recibidas: 8 · Respondidas: no se publica" in page
    assert page.count('<th scope="row">') == 3  # the month; its agency and its whole
