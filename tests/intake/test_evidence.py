"""An answer's files on WhatsApp: behind the text, held with it, fetched by Twilio at an address that ends."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.errors import SendError
from intake.answers.attaching import Given, attach
from intake.answers.evidence_links import LASTS, find_linked, link_to
from intake.clock import at, utc_now
from intake.incoming.receive import Receiver
from intake.incoming.spool import Spool
from intake.incoming.webhooks import build_app
from intake.office import Office
from intake.outgoing.sending import Claim
from intake.tables.answers import Evidence
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter
from intake.triage.tasks import review
from tests.files import PDF, telephones_photo
from tests.whatsapp_case import ANSWER, DAY, START, WhatsAppCase

FILES = [Given("C:\\fotos\\obra nueva.jpeg", telephones_photo()), Given("minuta ñ.pdf", PDF)]


@pytest.fixture
def case(office: Office) -> WhatsAppCase:
    return WhatsAppCase(office)


def _answered(case: WhatsAppCase, after: timedelta) -> None:
    """With two files, that long after the citizen wrote."""
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    case.drains(START)
    referral = case.refers(START + timedelta(hours=1))
    case.drains(START + timedelta(hours=1))
    attach(case.office, case.officer, referral, FILES)
    case.answers(referral, START + after)


def _rows(case: WhatsAppCase) -> list[Evidence]:
    with case.office.sessions() as session:
        return list(session.scalars(select(Evidence).order_by(Evidence.id)))


def _names(claims: list[Claim]) -> list[str | None]:
    return [claim.message.file.name if claim.message.file else None for claim in claims]


def test_within_the_window_they_leave_behind_the_text_in_order(case: WhatsAppCase) -> None:
    _answered(case, timedelta(hours=2))
    claims = case.drains(START + timedelta(hours=2))
    assert _names(claims) == [None, "obra nueva.jpg", "minuta ñ.pdf", None]
    assert ANSWER in claims[0].message.text
    file = claims[2].message.file
    assert file
    assert file.read() == PDF
    assert file.url.startswith(f"{case.office.settings.public_url}/adjuntos/")
    assert file.url.endswith("/minuta-n.pdf")


def test_when_the_window_is_closed_they_are_held_with_the_text_and_leave_with_it(case: WhatsAppCase) -> None:
    _answered(case, 2 * DAY)
    assert case.drains(START + 2 * DAY) == []
    assert [state for purpose, state in case.states() if purpose == "answer.file"] == ["held", "held"]
    case.writes("hola", START + 2 * DAY + timedelta(hours=1))
    claims = case.drains(START + 2 * DAY + timedelta(hours=1))
    assert _names(claims)[:3] == [None, "obra nueva.jpg", "minuta ñ.pdf"]


def test_a_file_that_fails_costs_neither_the_text_nor_what_follows_and_becomes_a_task(case: WhatsAppCase) -> None:
    _answered(case, timedelta(hours=2))
    when = START + timedelta(hours=2)
    case.drains(when)
    for reply in case.replies("notice.answered"):
        case.reports(reply, "delivered", when)
    for reply in case.replies("answer.file"):
        case.reports(reply, "undelivered", when, code="63005")
    with case.office.sessions() as session:
        assert session.scalars(select(Matter.status)).one() == "NOTIFICADA"
    assert [state for purpose, state in case.states()[-4:]] == ["accepted", "failed", "failed", "accepted"]
    assert review(case.office, when) == 1


def test_when_the_text_failed_too_it_is_one_task(case: WhatsAppCase) -> None:
    _answered(case, timedelta(hours=2))
    when = START + timedelta(hours=2)
    case.drains(when)
    for reply in [*case.replies("notice.answered"), *case.replies("answer.file")]:
        case.reports(reply, "undelivered", when, code="63005")
    assert review(case.office, when) == 1


def test_a_file_that_is_gone_from_the_store_is_refused_and_not_tried_for_ever(case: WhatsAppCase) -> None:
    _answered(case, timedelta(hours=2))
    with case.office.sessions.begin() as session:
        for row in session.scalars(select(Evidence)):
            row.storage_key = "aa/gone"
    file = case.drains(START + timedelta(hours=2))[1].message.file
    assert file
    with pytest.raises(SendError) as refused:
        file.read()
    assert not refused.value.retryable


@pytest.fixture
def web(office: Office, tmp_path: Path) -> TestClient:
    return TestClient(build_app(office, Receiver(office.sessions, office.wake, Spool(tmp_path / "spool"))))


def test_a_link_gives_the_file_to_whoever_has_it_and_nothing_to_who_changes_it(
    case: WhatsAppCase, web: TestClient
) -> None:
    _answered(case, timedelta(hours=2))
    photo, minute = _rows(case)
    path = link_to(case.office, minute).removeprefix(case.office.settings.public_url)
    got = web.get(path)
    assert (got.content, got.headers["content-type"]) == (PDF, "application/pdf")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert web.head(path).status_code == 200
    assert web.get(path.replace("/adjuntos/", "/adjuntos/x")).status_code == 404
    assert web.get(f"/adjuntos/{photo.id}/obra.jpg").status_code == 404


def test_a_link_ends(case: WhatsAppCase) -> None:
    _answered(case, timedelta(hours=2))
    token = link_to(case.office, _rows(case)[0]).split("/")[-2]
    assert find_linked(case.office, token)
    with at(utc_now() + LASTS + timedelta(minutes=1)):
        assert find_linked(case.office, token) is None


def test_every_other_message_carries_no_file(case: WhatsAppCase) -> None:
    _answered(case, timedelta(hours=2))
    with case.office.sessions() as session:
        carrying = session.scalars(select(Reply.purpose).where(Reply.evidence_id.is_not(None))).all()
    assert set(carrying) == {"answer.file"}
