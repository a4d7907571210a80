"""«Guardia»: who is on duty, on the pages where it matters, and a week that is copied forward."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, set_active
from intake.clock import at
from intake.database import reading
from intake.errors import FormRefused
from intake.notices.duty import Fallback, find_fallback, on_duty
from intake.notices.duty_roster import NewShift, add_shift, list_week
from intake.office import Office
from intake.tables.audit import AuditWaiting
from tests.admin.conftest import Case, says
from tests.staff import Browser

MONDAY = date(2027, 3, 1)


@pytest.fixture
def noon(office: Office) -> datetime:
    """Of that Monday, by the office's clock."""
    return datetime(2027, 3, 1, 12, tzinfo=office.jurisdiction.zone)


def _names(office: Office, now: datetime) -> list[str]:
    with reading(office.sessions) as session:
        return [one.name for one in on_duty(session, now)]


def _adds(browser: Browser, member: Member, expected: int = 303, **fields: str) -> str:
    return browser.sends("/guardia", expected, persona=member.id, **fields)


def test_who_is_on_duty_is_named_in_the_queue_and_on_the_alarm(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], noon: datetime
) -> None:
    with at(noon):
        officer, keeper = browser("oficial"), browser("administra")
        assert "Nadie está de guardia ahora." in officer.opens("/triage")
        _adds(keeper, members["oficial"], dia="2027-03-01", desde="09:00", hasta="18:00")
        assert "Persona oficial</b> hasta las 18:00" in officer.opens("/triage")
        says(office, "c1", "mi marido me quiere matar")
        assert "De guardia: Persona oficial" in officer.opens("/vencimientos")
    with at(noon + timedelta(hours=7)):
        assert "Nadie está de guardia ahora." in officer.opens("/guardia")


def test_a_night_ends_on_the_next_day(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], noon: datetime
) -> None:
    with at(noon):
        _adds(browser("administra"), members["oficial"], dia="2027-03-01", desde="20:00", hasta="08:00")
    assert _names(office, noon) == []
    assert _names(office, noon + timedelta(hours=19)) == ["Persona oficial"]
    assert _names(office, noon + timedelta(hours=20)) == []


def test_whose_account_is_closed_is_not_on_duty(office: Office, members: dict[str, Member], noon: datetime) -> None:
    with at(noon):
        _stands(office, members, "oficial", 9, 18)
        assert _names(office, noon) == ["Persona oficial"]
        set_active(office, members["administra"], members["oficial"].id, is_active=False)
        assert _names(office, noon) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"dia": "", "desde": "09:00", "hasta": "18:00"}, "Escriba el día y las dos horas"),
        ({"dia": "2027-02-28", "desde": "09:00", "hasta": "18:00"}, "ya terminó"),
        ({"dia": "2037-03-01", "desde": "09:00", "hasta": "18:00"}, "a más de un año"),
        ({"dia": "2027-03-01", "desde": "17:00", "hasta": "19:00"}, "ya está de guardia en parte"),
        ({"dia": "2027-03-01", "desde": "29:00", "hasta": "19:00"}, "Escriba el día y las dos horas"),
    ],
)
def test_what_is_no_shift_is_refused_with_its_reason(
    office: Office,
    members: dict[str, Member],
    browser: Callable[[str], Browser],
    noon: datetime,
    fields: dict[str, str],
    said: str,
) -> None:
    with at(noon):
        _stands(office, members, "oficial", 9, 18)
        assert said in _adds(browser("administra"), members["oficial"], 422, **fields)


def test_a_liaison_cannot_be_put_on_duty(office: Office, members: dict[str, Member], noon: datetime) -> None:
    with at(noon), pytest.raises(FormRefused):
        _stands(office, members, "enlace-soapa", 9, 18)


def test_last_week_is_copied_once_with_one_button(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], noon: datetime
) -> None:
    with at(noon):
        keeper = browser("administra")
        _stands(office, members, "oficial", 9, 18)
        _stands(office, members, "administra", 20, 8)
        onward = keeper.sends("/guardia/copiar", semana="2027-03-10")
        assert "Se copiaron 2 guardias" in keeper.opens(onward)
        keeper.sends("/guardia/copiar", semana="2027-03-08")
        with reading(office.sessions) as session:
            copied = list_week(session, office, MONDAY + timedelta(days=7))
        hours = [(one.name, one.starts_at, one.ends_at) for one in copied]
    week = timedelta(days=7)
    assert hours == [
        ("Persona oficial", noon - timedelta(hours=3) + week, noon + timedelta(hours=6) + week),
        ("Persona administra", noon + timedelta(hours=8) + week, noon + timedelta(hours=20) + week),
    ]


def test_a_shift_is_taken_away_and_the_trail_tells_it(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], noon: datetime
) -> None:
    with at(noon):
        _stands(office, members, "oficial", 9, 18)
        browser("administra").sends("/guardia/1/quitar")
    assert _names(office, noon) == []
    with reading(office.sessions) as session:
        told = session.scalars(select(AuditWaiting.data).where(AuditWaiting.act == "duty_changed")).all()
    assert [next(iter(data)) for data in told] == ["added", "removed"]


def test_whom_to_write_to_when_nobody_is_there_is_the_administrators_word(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    keeper = browser("administra")
    assert "llega a todo el personal de Gabinete" in keeper.opens("/guardia")
    keeper.sends("/guardia/sin-nadie", quien="nobody")
    with reading(office.sessions) as session:
        assert find_fallback(session) == Fallback.NOBODY
    assert "No se envía correo" in browser("audita").opens("/guardia")


def _stands(office: Office, members: dict[str, Member], name: str, begins: int, ends: int) -> None:
    new = NewShift(members[name].id, MONDAY, time(begins), time(ends))
    add_shift(office, members["administra"], new)
