"""The laws of counting business days, and terms that stand still."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import (
    Recount,
    at,
    business_day_after,
    business_days,
    is_business_day,
    recounted,
    shifted,
    utc_now,
)
from intake.office import Office
from intake.petitions.case import list_matters
from intake.petitions.history import find_break, list_entries
from intake.tables.calendar import CalendarChange, Pause
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.terms.catching_up import catch_up, count_anew
from intake.terms.closed_days import Change, Kind, days_at
from intake.terms.timing import ALWAYS, Held, Timing
from intake.triage.asking import ask
from intake.triage.concluding import conclude_silent
from intake.triage.extending import find_extended_date
from intake.triage.referrals import Choice, answer, decide
from tests.talk import Talk

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))
CLOSED = st.frozensets(DAYS, max_size=40)
COUNTS = st.integers(0, 40)


@given(DAYS, COUNTS, CLOSED)
def test_a_term_ends_on_a_day_with_office_and_has_its_days(start: date, count: int, closed: frozenset[date]) -> None:
    due_on = business_day_after(start, count, closed)
    assert is_business_day(due_on, closed)
    assert business_days(start, due_on, closed) == max(count, due_on != start)


@given(DAYS, DAYS, COUNTS, COUNTS, CLOSED)
def test_who_begins_later_or_has_longer_ends_no_earlier(
    start: date, other: date, count: int, more: int, closed: frozenset[date]
) -> None:
    early, late = sorted((start, other))
    assert business_day_after(early, count, closed) <= business_day_after(late, count + more, closed)


@given(DAYS, COUNTS, CLOSED, CLOSED)
def test_a_further_closed_day_ends_nothing_earlier(
    start: date, count: int, closed: frozenset[date], more: frozenset[date]
) -> None:
    assert business_day_after(start, count, closed) <= business_day_after(start, count, closed | more)


@given(DAYS, st.integers(1, 40), CLOSED, CLOSED, DAYS)
def test_counting_anew_twice_is_counting_anew_once(
    start: date, count: int, before: frozenset[date], after: frozenset[date], today: date
) -> None:
    due_on = business_day_after(start, count, before)
    assert recounted(Recount(start, due_on, before), before, today=start) == due_on
    once = recounted(Recount(start, due_on, before), after, today=today)
    assert is_business_day(once, after)
    assert recounted(Recount(start, once, after), after, today=today) == once


@given(DAYS, st.integers(1, 40), CLOSED, CLOSED, DAYS)
def test_no_running_term_ends_in_the_past_by_a_change(
    start: date, count: int, before: frozenset[date], after: frozenset[date], today: date
) -> None:
    due_on = business_day_after(start, count, before)
    found = recounted(Recount(start, due_on, before), after, today=today)
    assert due_on < today or found >= today


@given(DAYS, st.integers(1, 40), st.integers(1, 40), st.integers(0, 20), CLOSED)
def test_another_term_moves_the_date_by_its_days_and_back(
    start: date, old: int, new: int, extension: int, closed: frozenset[date]
) -> None:
    was, becomes = (business_day_after(start, count, closed) for count in (old, new))
    assert shifted(was, was, becomes, closed, today=start) == becomes
    extended = business_day_after(was, extension, closed)
    moved = shifted(extended, was, becomes, closed, today=start)
    assert moved == business_day_after(becomes, extension, closed)
    assert shifted(moved, becomes, was, closed, today=start) == extended
    assert shifted(extended, was, becomes, closed, today=extended) >= extended


@given(DAYS, st.integers(1, 40), st.integers(0, 60), st.integers(0, 60), CLOSED)
def test_a_term_goes_on_with_the_days_that_were_left(
    start: date, count: int, until_pause: int, pause: int, closed: frozenset[date]
) -> None:
    due_on = business_day_after(start, count, closed)
    paused_on = min(start + timedelta(days=until_pause), due_on)
    left = business_days(paused_on, due_on, closed)
    resumed_on = paused_on + timedelta(days=pause)
    later = business_day_after(resumed_on, left, closed)
    assert later >= due_on
    assert business_days(resumed_on, later, closed) == max(left, later != resumed_on)
    if not pause:
        assert later == due_on


@given(st.lists(st.tuples(st.sampled_from([Kind.CLOSED, Kind.WORKING, Kind.SUSPENDED]), DAYS), max_size=8), st.data())
def test_a_calendar_of_before_can_always_be_had_again(rows: list[tuple[Kind, date]], data: st.DataObject) -> None:
    changes = [Change(n, kind, None, day, day, None) for n, (kind, day) in enumerate(rows, start=1)]
    number = data.draw(st.integers(0, len(changes)))
    withdrawals = [Change(len(changes) + n, Kind.WITHDRAWN, n, FIRST, FIRST, None) for n in range(1, len(changes) + 1)]
    assert days_at(changes + withdrawals, number, None, ()) == days_at(changes[:number], number, None, ())
    nothing_stands = days_at(changes + withdrawals, 2 * len(changes), None, ())
    assert not nothing_stands.closed | nothing_stands.working | nothing_stands.suspended


def test_of_two_changes_of_one_day_the_later_one_holds() -> None:
    closed, working = (Change(n, kind, None, FIRST, FIRST, None) for n, kind in ((1, Kind.CLOSED), (2, Kind.WORKING)))
    assert FIRST in days_at([closed], 1, None, ())
    assert FIRST not in days_at([closed, working], 2, None, {FIRST})


@pytest.fixture
def desk(office: Office) -> tuple[Office, Member]:
    """An office whose terms stand still, and somebody in it."""
    table = {**office.jurisdiction.timing.table, "pause": (Held(ALWAYS, {"days": 10}, True, "", False),)}
    pausing = replace(office, jurisdiction=replace(office.jurisdiction, timing=Timing(table)))
    with office.sessions.begin() as session:
        account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga")
        row = add_account(session, office.jurisdiction, account)
    return pausing, Member(row.id, row.username, row.name, Role.OFFICER, None, "")


def _petition(office: Office) -> Petition:
    with office.sessions() as session:
        return session.scalars(select(Petition).options(selectinload(Petition.matters))).one()


def _refers(office: Office, member: Member) -> int:
    petition = _petition(office)
    matter = list_matters(petition)[0]
    return decide(office, member, petition.folio, Choice(matter.id, "SOAPA", petition.version))


def test_a_term_stands_still_from_the_question_to_the_datum(desk: tuple[Office, Member]) -> None:
    office, member = desk
    talk = Talk(office, "c1")
    talk.says("no hay agua en la colonia Reforma, en Oaxaca de Juárez, desde hace ocho días")
    talk.works()
    referral, was_due_on, asked_at = _refers(office, member), _petition(office).due_on, utc_now()
    ask(office, member, referral, "¿En qué calle y número es?")
    talk.works()
    left = _petition(office).paused_left
    days = office.calendar.of(None)
    assert left == business_days(asked_at.astimezone(office.jurisdiction.zone).date(), was_due_on, days)
    with office.sessions() as session:
        assert find_extended_date(session, office, _petition(office)) is None
    with at(asked_at + timedelta(days=5)):
        talk.says("es en la calle Pinos número 8")
    paused = _petition(office)
    came_on = (asked_at + timedelta(days=5)).astimezone(office.jurisdiction.zone).date()
    assert paused.paused_left is None
    assert paused.due_on == business_day_after(came_on, left, days)
    with office.sessions() as session:
        names = [entry.name for entry in list_entries(session, paused.id)]
        assert find_break(list_entries(session, paused.id)) is None
    assert names.count("term_paused") == names.count("term_resumed") == 1


def test_a_pause_ends_by_itself_and_there_is_no_second_one(desk: tuple[Office, Member]) -> None:
    office, member = desk
    Talk(office, "c1").says("no hay agua en la colonia Reforma, en Oaxaca de Juárez, desde hace ocho días")
    referral = _refers(office, member)
    ask(office, member, referral, "¿En qué calle y número es?")
    with office.sessions() as session:
        ends_on = session.query(Pause).one().ends_on
    zone = office.jurisdiction.zone
    later = utc_now() + (ends_on - utc_now().astimezone(zone).date())
    assert catch_up(office, later - timedelta(days=1)) == 0
    with at(later):
        assert catch_up(office, later) == 1
    assert _petition(office).paused_left is None
    assert catch_up(office, later) == 0


def test_no_clock_stops_where_the_jurisdiction_does_not_say_so(office: Office, desk: tuple[Office, Member]) -> None:
    Talk(office, "c1").says("no hay agua en la colonia Reforma, en Oaxaca de Juárez, desde hace ocho días")
    ask(office, desk[1], _refers(office, desk[1]), "¿En qué calle y número es?")
    assert _petition(office).paused_left is None


def test_a_petition_opened_by_who_did_not_know_the_change_is_found(desk: tuple[Office, Member]) -> None:
    office, member = desk
    Talk(office, "c1").says("no hay agua en la colonia Reforma, en Oaxaca de Juárez, desde hace ocho días")
    petition = _petition(office)
    with office.sessions.begin() as session:
        session.add(
            CalendarChange(
                number=1,
                kind="closed",
                first_on=petition.due_on,
                last_on=petition.due_on,
                reason="Duelo",
                source="Acuerdo de prueba",
                made_at=utc_now(),
                made_by=member.id,
            )
        )
    office.calendar.forget()
    assert count_anew(office, utc_now()) == 1
    assert _petition(office).due_on == business_day_after(petition.due_on, 1, office.calendar.of(None))
    assert count_anew(office, utc_now()) == 0
    with office.sessions() as session:
        told = session.scalars(select(Reply).where(Reply.purpose == "notice.recounted")).one()
    assert petition.folio in told.text
    assert f" {_petition(office).due_on.day} de " in told.text


def test_an_answered_petition_of_who_stopped_the_chat_ends_in_time(desk: tuple[Office, Member]) -> None:
    office, member = desk
    talk = Talk(office, "c1")
    talk.says("no hay agua en la colonia Reforma, en Oaxaca de Juárez, desde hace ocho días")
    referral = _refers(office, member)
    answer(office, member, referral, "Una cuadrilla reparó la fuga.")
    talk.works()
    with office.sessions.begin() as session:
        session.scalars(select(Conversation)).one().is_stopped = True
    assert conclude_silent(office, utc_now() + timedelta(days=29)) == 0
    assert conclude_silent(office, utc_now() + timedelta(days=31)) == 1
    assert _petition(office).status == "CONCLUIDA"
    assert _petition(office).closing_reason == "sin respuesta de la persona"
    assert conclude_silent(office, utc_now() + timedelta(days=31)) == 0


def test_the_acknowledgement_names_the_day_that_holds_where_it_is(desk: tuple[Office, Member]) -> None:
    office, member = desk
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    with office.sessions.begin() as session:
        session.add(
            CalendarChange(
                number=1,
                kind="suspended",
                first_on=today,
                last_on=today + timedelta(days=20),
                municipalities=["20067"],
                reason="Sismo",
                source="Acuerdo de prueba",
                made_at=utc_now(),
                made_by=member.id,
            )
        )
    office.calendar.forget()
    said = " ".join(
        Talk(office, "c1").says("no hay agua en la colonia Reforma, Oaxaca de Juárez, desde hace ocho días")
    )
    due_on = _petition(office).due_on
    assert due_on > today + timedelta(days=20)
    assert f" {due_on.day} de " in said
