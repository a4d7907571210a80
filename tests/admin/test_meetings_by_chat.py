"""Signing in at a meeting by the chat: the code on the meeting's page, and what staff see of who used it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.state import GUESSES_MAX, GUESSING
from intake.accounts.staff import Member
from intake.clock import at
from intake.meetings import attending_by_chat
from intake.meetings.attending_by_chat import chat_code
from intake.meetings.kinds import Kind
from intake.meetings.planning import Plan, cancel_meeting, plan_meeting
from intake.office import Office
from intake.tables.meetings import Attendee
from intake.tables.petitions import Petition
from tests.staff import Browser
from tests.talk import Talk


@pytest.fixture
def noon(office: Office) -> datetime:
    return datetime(2027, 3, 1, 12, tzinfo=office.jurisdiction.zone)


def test_who_writes_the_code_on_the_page_is_counted_without_a_name(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser], noon: datetime
) -> None:
    officer = browser("oficial")
    number = _plan(office, members, noon)
    code = chat_code(office, number)
    assert f"asistencia {code}" in officer.opens(f"/reuniones/{number}")
    with at(noon):
        for chat in ("c-1", "c-2", "c-1"):
            Talk(office, chat).says(f"asistencia {code}")
    page = officer.opens(f"/reuniones/{number}")
    assert page.count('<span class="quiet">por chat</span>') == 2
    assert page.count("<td>Sin nombre</td>") == 2
    with office.sessions() as session:
        came = session.scalars(select(Attendee)).all()
        assert session.scalar(select(func.count()).select_from(Petition)) == 0
    assert {(one.name, one.represents, one.consents, one.way) for one in came} == {("", "", False, "chat")}


def test_a_code_is_good_while_its_meeting_takes_guests_and_its_list_has_room(
    office: Office, members: dict[str, Member], noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _plan(office, members, noon)
    said = f"asistencia {chat_code(office, number)}"
    for hours, words in ((-3, "Todavía no"), (13, "ya no está abierto"), (24 * 40, "No encontramos")):
        with at(noon + timedelta(hours=hours)):
            assert words in Talk(office, f"c{hours}").says(said)[-1]
    with monkeypatch.context() as patched, at(noon):
        patched.setattr(attending_by_chat, "ATTENDEES_MAX", 0)  # not two thousand guests for one test
        assert "está llena" in Talk(office, "c-full").says(said)[-1]
    cancel_meeting(office, members["oficial"], number, "Se pasó a otro día")
    with at(noon):
        assert "ya no está abierto" in Talk(office, "c-late").says(said)[-1]
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Attendee)) == 0


def test_who_tries_many_codes_is_told_of_no_meeting(office: Office, members: dict[str, Member], noon: datetime) -> None:
    code = chat_code(office, _plan(office, members, noon))
    guesser = Talk(office, "c-guesser")
    with at(noon):
        for number in range(GUESSES_MAX + 1):
            wrong = f"{'ABCDEFGHJKMN'[number]}2Z9"
            assert "No encontramos" in guesser.says(f"asistencia {wrong if wrong != code else 'A3Z9'}")[-1]
        assert "No encontramos" in guesser.says(f"asistencia {code}")[-1]
        assert "ya anotamos" in Talk(office, "c-guest").says(f"asistencia {code}")[-1]
    with at(noon + GUESSING):
        assert "ya anotamos" in guesser.says(f"asistencia {code}")[-1]


def test_of_two_meetings_with_one_code_the_open_one_is_meant(
    office: Office, members: dict[str, Member], noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending_by_chat, "chat_code", lambda *_: "K7Q2")  # one in 33,856
    today, tomorrow = _plan(office, members, noon), _plan(office, members, noon + timedelta(days=1))
    with at(noon + timedelta(days=1, hours=-1)):
        Talk(office, "c-1").says("asistencia K7Q2")
    with office.sessions() as session:
        assert session.scalars(select(Attendee.meeting_id)).all() == [tomorrow]
    assert today != tomorrow


def _plan(office: Office, members: dict[str, Member], starts_at: datetime) -> int:
    return plan_meeting(office, members["oficial"], Plan(Kind.TABLE, "Mesa del agua", starts_at, "Casa del pueblo"))
