"""«Mi cuenta»: where one is written to and of what, the calendar's secret address, and letters that did not arrive."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from admin.app import build_app
from admin.entrance.own_notices import PER_MINUTE
from intake.accounts.staff import Member, set_active
from intake.clock import utc_now
from intake.database import reading
from intake.notices.ics import DayEvent, write_calendar
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.accounts import Staff
from intake.tables.notices import CalendarLink, Mail, MailWish
from intake.triage.referrals import accept
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser, logs_in

HERE = "/mi-cuenta"
LINK = re.compile(r"http://127\.0\.0\.1:8081(/calendario/[A-Za-z0-9_-]+\.ics)")


@pytest.fixture
def office(office: Office) -> Office:
    """One that has a mail server, which nobody asks here."""
    mail = {"smtp_host": "127.0.0.1", "mail_from": "avisos@canaliza.test", "smtp_security": "none"}
    return replace(office, settings=office.settings.model_copy(update=mail))


def _unfolded(calendar: str) -> list[str]:
    assert "\n" not in calendar.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    return calendar.replace("\r\n ", "").rstrip("\r\n").split("\r\n")


def _events(calendar: str) -> list[dict[str, str]]:
    """Every VEVENT as its properties, read as RFC 5545 says."""
    lines, found = _unfolded(calendar), []
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    for line in lines:
        name, value = line.split(":", 1)
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found:
            found[-1][name] = re.sub(r"\\([\\,;])", r"\1", value)
    return found


def _link(browser: Browser) -> str:
    found = LINK.search(browser.sends(f"{HERE}/calendario", 200))
    assert found
    return found[1]


def test_an_address_is_confirmed_once_by_the_link_that_was_sent_there(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    liaison = browser("enlace-soapa")
    liaison.sends(f"{HERE}/avisos", correo="enlace@soapa.test", aviso="immediate")
    assert "Falta confirmar enlace@soapa.test" in liaison.opens(HERE)
    refers(office, members["oficial"], case, "SOAPA")
    with reading(office.sessions) as session:
        (letter,) = session.scalars(select(Mail)).all()  # nobody is told of the referral there
    link = letter.data["path"]
    assert "Confirmar" in liaison.opens(link)
    browser("enlace-cabien").sends(link, 404)
    liaison.sends(link[:-2] + "xx", 404)
    liaison.sends(link)
    liaison.sends(link, 404)
    assert "Falta confirmar" not in liaison.opens(HERE)
    refers(office, members["oficial"], says(office, "c7", "no hay agua en la colonia Centro"), "SOAPA")
    with reading(office.sessions) as session:
        assert session.scalars(select(Mail.kind).order_by(Mail.id)).all() == ["greeting", "created"]


def test_a_wish_is_kept_and_a_new_address_is_greeted(office: Office, browser: Callable[[str], Browser]) -> None:
    liaison = browser("enlace-soapa")
    where = liaison.sends(f"{HERE}/avisos", correo="enlace@soapa.test", aviso="immediate")
    assert "Sus avisos quedaron guardados." in liaison.opens(where)
    liaison.sends(f"{HERE}/avisos", correo="enlace@soapa.test", aviso="digest")
    page = liaison.opens(HERE)
    assert 'value="enlace@soapa.test"' in page
    assert 'value="digest" checked' in page
    with reading(office.sessions) as session:
        assert session.scalars(select(Mail.kind)).all() == ["greeting"]
    liaison.sends(f"{HERE}/avisos", correo="", aviso="immediate")
    with reading(office.sessions) as session:
        assert session.scalars(select(MailWish.staff_id)).all() == []


@pytest.mark.parametrize("wrong", ["enlace", "a b@c.mx", "ñ@soapa.test", "a@soapa", "a@b.mx\r\nBcc: c@d.mx", "a" * 260])
def test_what_is_no_address_is_refused_and_stays_in_the_field(
    office: Office, browser: Callable[[str], Browser], wrong: str
) -> None:
    page = browser("enlace-soapa").sends(f"{HERE}/avisos", 422, correo=wrong, aviso="digest")
    assert "Esa dirección de correo no se puede usar." in page
    with reading(office.sessions) as session:
        assert session.scalars(select(MailWish.staff_id)).all() == []


def test_who_reads_only_figures_is_offered_no_letters_and_no_calendar(browser: Callable[[str], Browser]) -> None:
    page = browser("estadistica").opens(HERE)
    assert "/mi-cuenta/avisos" not in page
    assert "/mi-cuenta/calendario" not in page


def test_a_calendar_has_the_own_agencys_open_terms_and_no_word_of_anybody(
    office: Office,
    members: dict[str, Member],
    browser: Callable[[str], Browser],
    visitor: TestClient,
    referral_id: int,
    case: Case,
) -> None:
    other = says(office, "c2", "el camino a mi pueblo está lleno de hoyos")
    link = _link(browser("enlace-soapa"))
    answer = visitor.get(link)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = {event["UID"]: event for event in _events(answer.text)}
    assert events.keys() == {f"t{referral_id}-acceptance@127.0.0.1:8081", f"t{referral_id}-whole@127.0.0.1:8081"}
    with reading(office.sessions) as session:
        due_on = get_petition(session, case.folio).due_on
    whole = events[f"t{referral_id}-whole@127.0.0.1:8081"]
    assert whole["DTSTART;VALUE=DATE"] == f"{due_on:%Y%m%d}"
    assert whole["DTEND;VALUE=DATE"] == f"{due_on + timedelta(days=1):%Y%m%d}"
    assert whole["SUMMARY"] == f"{case.folio}: plazo de toda la petición"
    assert whole["URL"] == f"http://127.0.0.1:8081/turnos/{referral_id}"
    assert "agua" not in answer.text
    assert other.folio not in answer.text
    accept(office, members["enlace-soapa"], referral_id)
    again = {event["UID"] for event in _events(visitor.get(link).text)}
    assert f"t{referral_id}-whole@127.0.0.1:8081" in again
    assert f"t{referral_id}-acceptance@127.0.0.1:8081" not in again


def test_an_officers_calendar_has_each_open_petition(
    office: Office, browser: Callable[[str], Browser], visitor: TestClient, referral_id: int, case: Case
) -> None:
    other = says(office, "c2", "el camino a mi pueblo está lleno de hoyos")
    events = _events(visitor.get(_link(browser("oficial"))).text)
    assert sorted(event["SUMMARY"].split(":")[0] for event in events) == sorted([case.folio, other.folio])


def test_only_the_newest_link_is_good_and_none_for_a_closed_account(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], visitor: TestClient
) -> None:
    liaison = browser("enlace-soapa")
    first, second = _link(liaison), _link(liaison)
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    assert second not in liaison.opens(HERE)
    with reading(office.sessions) as session:
        token = second.removeprefix("/calendario/").removesuffix(".ics")
        assert token not in session.scalars(select(CalendarLink.token_hash)).all()
    set_active(office, members["administra"], members["enlace-soapa"].id, is_active=False)
    assert visitor.get(second).status_code == 404


def test_a_calendar_follows_its_owners_role(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], visitor: TestClient
) -> None:
    link = _link(browser("oficial"))
    with office.sessions.begin() as session:
        session.execute(update(Staff).where(Staff.id == members["oficial"].id).values(role="statistics"))
    assert visitor.get(link).status_code == 404


def test_an_ended_link_is_good_no_more(browser: Callable[[str], Browser], visitor: TestClient) -> None:
    liaison = browser("enlace-soapa")
    link = _link(liaison)
    liaison.sends(f"{HERE}/calendario/quitar")
    assert visitor.get(link).status_code == 404


def test_a_calendar_that_is_asked_for_without_end_is_slowed_down(
    browser: Callable[[str], Browser], office: Office
) -> None:
    link = _link(browser("enlace-soapa"))
    client = TestClient(build_app(office))
    answers = [client.get(link) for _ in range(PER_MINUTE + 1)]
    assert [answer.status_code for answer in answers] == [200] * PER_MINUTE + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_long_and_strange_words_are_folded_and_escaped() -> None:
    event = DayEvent("a@b", date(2027, 3, 1), "ñandú, camión; \\ " * 12, "una\ndos", "https://c.test/x")
    calendar = write_calendar("Plazos; de Oaxaca", [event], utc_now())
    (read,) = _events(calendar)
    assert read["SUMMARY"] == event.summary
    assert read["DESCRIPTION"] == "una\\ndos"
    assert "X-WR-CALNAME:Plazos\\; de Oaxaca" in _unfolded(calendar)


def test_an_administrator_sees_what_did_not_get_through_and_sends_it_again(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    browser("enlace-soapa").sends(f"{HERE}/avisos", correo="enlace@soapa.test", aviso="digest")
    keeper = browser("administra")
    assert "Todavía no se intenta." in keeper.opens("/correos")
    keeper.sends("/correos/1/reenviar", 409)
    with office.sessions.begin() as session:
        session.execute(update(Mail).values(state="dead", attempts=9, outcome="550"))
    page = keeper.opens("/correos")
    assert "No se entregó" in page
    assert "El servidor de correo dijo: 550." in page
    assert "enlace@soapa.test" not in page
    keeper.sends("/correos/1/reenviar")
    with reading(office.sessions) as session:
        assert session.execute(select(Mail.state, Mail.attempts)).one() == ("waiting", 0)


def test_without_a_mail_server_the_pages_say_so(office: Office) -> None:
    bare = replace(office, settings=office.settings.model_copy(update={"smtp_host": ""}))
    client = TestClient(build_app(bare), follow_redirects=False)
    logs_in(client, "administra")
    keeper = Browser(client)
    assert "El correo todavía no está configurado" in keeper.opens(HERE)
    assert "El correo no está configurado" in keeper.opens("/correos")
