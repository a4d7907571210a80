"""Reminders: once, by day, only while they are of use, and never a nuisance."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.messages import ChannelName
from intake.clock import at
from intake.office import Office
from intake.tables.outgoing import Timer
from intake.tables.petitions import Petition
from intake.thinking import timers
from intake.thinking.timers import fire_due, term_at, unanswered_at
from tests.talk import Talk
from tests.whatsapp_case import DAY, START, WhatsAppCase

ZONE = ZoneInfo("America/Mexico_City")
PLACELESS = "quiero pedir despensas para los adultos mayores de mi comunidad, somos como veinte"
PLACED = "en Villa de Etla el panteón municipal no tiene agua y nos cobran por llenar las cubetas"
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)


def _says(talk: Talk, text: str, moment: datetime) -> list[str]:
    with at(moment):
        return talk.says(text)


def _fires(office: Office, moment: datetime) -> int:
    with at(moment):
        return fire_due(office, moment)


@pytest.mark.parametrize(
    ("asked", "reminded"),
    [
        ("2026-11-24 10:00", "2026-11-25 09:00"),
        ("2026-11-24 22:30", "2026-11-25 19:30"),
        ("2026-11-24 03:00", "2026-11-24 19:30"),
        ("2026-11-24 09:00", "2026-11-25 08:00"),
        ("2026-11-24 21:00", "2026-11-25 19:30"),
    ],
)
def test_nobody_is_woken(asked: str, reminded: str) -> None:
    moment = datetime.fromisoformat(asked).replace(tzinfo=ZONE)
    assert unanswered_at(moment, ZONE) == datetime.fromisoformat(reminded).replace(tzinfo=ZONE)


def test_a_term_is_reminded_of_on_the_business_day_before() -> None:
    monday, friday = date(2026, 12, 7), date(2026, 12, 4)
    assert term_at(monday, ZONE, closed=()) == datetime(2026, 12, 4, 10, 0, tzinfo=ZONE)
    assert term_at(monday, ZONE, closed={friday}) == datetime(2026, 12, 3, 10, 0, tzinfo=ZONE)


def test_what_was_not_answered_is_asked_for_once_more_and_then_never(talk: Talk) -> None:
    _says(talk, PLACELESS, MORNING)
    assert _fires(talk.office, MORNING + timedelta(hours=22)) == 0
    before = len(talk.replies())
    assert _fires(talk.office, MORNING + timedelta(hours=23)) == 1
    [reminder] = talk.replies()[before:]
    assert reminder.startswith("Su petición JG-2026-")
    assert "municipio" in reminder
    assert _fires(talk.office, MORNING + timedelta(days=5)) == 0
    [noted, *_] = _says(talk, "Villa de Etla", MORNING + timedelta(days=5))
    assert "Villa de Etla" in noted


def test_what_was_answered_is_not_asked_for(talk: Talk) -> None:
    _says(talk, PLACELESS, MORNING)
    _says(talk, "Villa de Etla", MORNING + timedelta(minutes=2))
    before = talk.replies()
    assert _fires(talk.office, MORNING + timedelta(hours=23)) == 1
    assert talk.replies() == before


def test_at_night_what_is_late_waits_for_the_morning(talk: Talk) -> None:
    _says(talk, PLACELESS, MORNING)
    night = datetime(2026, 11, 26, 2, 0, tzinfo=ZONE)
    assert _fires(talk.office, night) == 0
    with talk.office.sessions() as session:
        due = session.scalars(select(Timer.due_at).where(Timer.kind == "datum")).one()
    assert due.astimezone(ZONE) == datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


@pytest.mark.parametrize("words", ["ALTO", "baja"])
def test_who_wants_no_notices_gets_none(talk: Talk, words: str) -> None:
    _says(talk, PLACELESS, MORNING)
    [stopped] = _says(talk, words, MORNING + timedelta(minutes=5))
    assert "AVISOS" in stopped
    before = talk.replies()
    assert _fires(talk.office, MORNING + timedelta(hours=23)) == 1
    assert talk.replies() == before


def test_a_sensitive_matter_is_never_reminded_of(talk: Talk) -> None:
    _says(talk, PLACELESS, MORNING)
    with talk.office.sessions.begin() as session:
        session.execute(update(Petition).values(is_sensitive=True))
    before = talk.replies()
    _fires(talk.office, MORNING + timedelta(days=12))
    assert talk.replies() == before


def test_before_its_term_ends_a_petition_is_told_of(talk: Talk) -> None:
    _says(talk, PLACED, MORNING)
    before = len(talk.replies())
    assert _fires(talk.office, MORNING + timedelta(days=30)) == 1
    [told] = talk.replies()[before:]
    assert "La fecha límite para responderle es el martes 8 de diciembre" in told


def test_a_term_that_was_extended_is_reminded_of_before_its_new_end(talk: Talk) -> None:
    _says(talk, PLACED, MORNING)
    with talk.office.sessions.begin() as session:
        session.execute(update(Petition).values(due_on=date(2026, 12, 22)))
    before = talk.replies()
    assert _fires(talk.office, datetime(2026, 12, 7, 10, 0, tzinfo=ZONE)) == 0
    assert talk.replies() == before
    assert _fires(talk.office, datetime(2026, 12, 21, 10, 0, tzinfo=ZONE)) == 1
    assert "martes 22 de diciembre" in talk.replies()[-1]


def test_out_of_the_window_a_reminder_is_dropped_and_not_held(office: Office) -> None:
    case = WhatsAppCase(office)
    case.writes(PLACED, START)
    case.drains(START)
    with at(START + DAY * 20):
        assert fire_due(case.office, START + DAY * 20) == 1
    assert [purpose for purpose, _ in case.states() if purpose.startswith("reminder")] == []


def test_one_that_cannot_go_off_holds_up_no_other(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Talk(talk.office, "console-2")
    _says(talk, PLACELESS, MORNING)
    _says(other, PLACELESS, MORNING + timedelta(minutes=1))
    real = timers._remind

    def breaks(session: object, office: object, conversation: object, timer: Timer, now: object) -> None:
        if timer.petition_id == 1:
            raise RuntimeError
        real(session, office, conversation, timer, now)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "_remind", breaks)
    before = len(other.replies())
    assert _fires(talk.office, MORNING + timedelta(hours=24)) == 1
    assert len(other.replies()) == before + 1
    monkeypatch.undo()
    assert _fires(talk.office, MORNING + timedelta(hours=25)) == 1


def test_one_of_two_processes_reminds(office: Office) -> None:
    """Both saw it due; the second finds nothing, on PostgreSQL because the row is locked and then gone."""
    talk = Talk(replace(office, channels={**office.channels}), "console-1")
    assert ChannelName.CONSOLE in talk.office.channels
    _says(talk, PLACELESS, MORNING)
    moment = MORNING + timedelta(hours=23)
    with office.sessions() as session:
        timer = session.scalars(select(Timer.id).where(Timer.kind == "datum")).one()
    with at(moment):
        assert [timers._fire(office, timer, moment) for _ in range(2)] == [True, False]
