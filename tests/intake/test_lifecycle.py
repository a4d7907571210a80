"""The lifecycle's laws, deadlines and the history's chain."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.clock import ExtensionTerms, Terms, due_date, extended_date, is_business_day
from intake.errors import MoveRefused
from intake.jurisdiction import load_jurisdiction
from intake.office import Office
from intake.petitions.history import Entry, append, find_break, list_entries
from intake.petitions.states import MOVES, CitizenWord, Status, check_move, citizen_word, slowest
from intake.tables.petitions import HistoryEntry
from tests.models import JURISDICTION
from tests.talk import Talk

ZONE = ZoneInfo("America/Mexico_City")
TERMS = Terms(10, True, "", False, ExtensionTerms(5, "", False))
NOON = datetime(2026, 11, 24, 18, tzinfo=UTC)


@given(st.sampled_from(Status), st.sampled_from(Status))
def test_only_moves_of_the_table_are_allowed(now: Status, then: Status) -> None:
    if then in MOVES[now]:
        check_move(now, then)
    else:
        with pytest.raises(MoveRefused):
            check_move(now, then)


def test_every_status_has_its_moves_and_one_of_five_words() -> None:
    assert set(MOVES) == set(Status)
    assert {citizen_word(status) for status in Status} == set(CitizenWord)


@given(st.lists(st.sampled_from(Status), min_size=1, max_size=4))
def test_the_petition_is_as_far_as_its_slowest_matter(statuses: list[Status]) -> None:
    order = list(CitizenWord)
    words = [order.index(citizen_word(status)) for status in statuses]
    assert order.index(citizen_word(slowest(statuses))) <= max(1, min(words))


def test_the_term_begins_on_the_next_business_day_and_skips_the_closed_ones() -> None:
    closed = load_jurisdiction(JURISDICTION).closed
    assert due_date(datetime(2026, 3, 2, 16, tzinfo=UTC), TERMS, zone=ZONE, closed=closed) == date(2026, 3, 17)
    saturday_night = datetime(2026, 3, 1, 5, 50, tzinfo=UTC)  # Saturday 23:50 in Oaxaca
    assert due_date(saturday_night, TERMS, zone=ZONE, closed=closed) == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("due_on", "extended"),
    [
        (date(2026, 12, 9), date(2026, 12, 16)),
        (date(2026, 12, 18), date(2027, 1, 13)),  # over the winter's days without office
    ],
)
def test_the_extension_counts_on_from_the_last_day(due_on: date, extended: date) -> None:
    closed = load_jurisdiction(JURISDICTION).closed
    assert extended_date(due_on, TERMS, closed) == extended
    assert extended_date(due_on, Terms(10, True, "", False), closed) is None


@given(st.integers(0, 729 * 24 * 60), st.integers(1, 30))
def test_a_deadline_is_a_business_day_after_reception(minutes: int, days: int) -> None:
    received = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    closed = {date(2026, 11, 2), date(2026, 12, 25)}
    due = due_date(received, Terms(days, True, "", False), zone=ZONE, closed=closed)
    assert due > received.astimezone(ZONE).date()
    assert is_business_day(due, closed)


def test_a_changed_entry_breaks_the_chain(office: Office, talk: Talk) -> None:
    talk.says("el camino a mi pueblo está lleno de hoyos")
    petition = talk.petitions()[0]
    with office.sessions.begin() as session:
        append(session, petition.id, Entry(NOON, "machine", "noted", {"n": 1}))
    with office.sessions.begin() as session:
        entries = list_entries(session, petition.id)
        assert find_break(entries) is None
        session.get_one(HistoryEntry, entries[1].id).actor = "staff:1"
    with office.sessions() as session:
        assert find_break(list_entries(session, petition.id)) == 2


def test_a_removed_entry_breaks_the_chain(office: Office, talk: Talk) -> None:
    talk.says("el camino a mi pueblo está lleno de hoyos")
    petition = talk.petitions()[0]
    with office.sessions.begin() as session:
        session.delete(list_entries(session, petition.id)[0])
    with office.sessions() as session:
        assert find_break(list_entries(session, petition.id)) == 1
