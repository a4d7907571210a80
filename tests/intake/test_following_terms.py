"""Open petitions follow the citizen's term, on both databases: each by the entry of its own day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at, due_date, utc_now
from intake.configuration import in_force
from intake.configuration.changing import change_thing, go_back
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change
from intake.correspondence.records import write_series
from intake.correspondence.retention import try_series
from intake.office import Office
from intake.petitions.history import find_break, list_entries
from intake.tables.archive import ArchiveFile
from intake.tables.petitions import Petition
from intake.terms.catching_up import count_anew
from intake.terms.timing import Timing, with_entry, write_entries
from intake.terms.trying import try_term
from tests.talk import Talk

MONDAY = datetime(2026, 8, 3, 18, tzinfo=UTC)
REASON = "Se publicó la reforma"


@pytest.fixture
def member(office: Office, monkeypatch: pytest.MonkeyPatch) -> Member:
    monkeypatch.setattr(in_force, "KEPT_S", -1.0)
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("ada", "Ada", Role.ADMINISTRATOR, "x" * 20))
        return Member(row.id, "ada", "Ada", Role.ADMINISTRATOR, None, "")


def _entries(office: Office, *others: tuple[date, int]) -> dict[str, object]:
    entries = office.jurisdiction.timing.table["answer"]
    for since, days in others:
        entries = with_entry(entries, replace(entries[0], since=since, figures={"days": days}))
    return write_entries(entries)


def _dates(office: Office) -> list[date]:
    with office.sessions() as session:
        return list(session.scalars(select(Petition.due_on).order_by(Petition.id)))


def test_each_petition_follows_the_entry_of_its_own_day(office: Office, member: Member) -> None:
    for number in range(3):
        with at(MONDAY + timedelta(days=number)):
            Talk(office, f"c{number}").says("No hay agua en la colonia desde el lunes, calle Hidalgo 5")
    first, second, third = _dates(office)
    with at(MONDAY + timedelta(days=2)):
        value = _entries(office, (date(2026, 8, 4), 12), (date(2026, 8, 5), 8))
        trial = try_term(office, member, "answer", value)
        assert (trial.petitions.read, trial.petitions.dates, trial.is_whole) == (3, 2, True)
        assert _dates(office) == [first, second, third]
        number = change_thing(office, member, Change(Subject.TERM, "answer", value), REASON, 0)
        assert count_anew(office, utc_now()) == 2
        assert count_anew(office, utc_now()) == 0
        own = [office.jurisdiction.terms_at(MONDAY + timedelta(days=one)).answer_days for one in range(3)]
        assert own == [10, 12, 8]
        zone, days = office.jurisdiction.zone, office.calendar.of(None)
        for one, found in enumerate(_dates(office)):
            received = MONDAY + timedelta(days=one)
            assert found == due_date(received, office.jurisdiction.terms_at(received), zone=zone, closed=days)
        assert _dates(office)[0] == first
        go_back(office, member, Subject.TERM, "answer", 0, REASON, number)
        assert count_anew(office, utc_now()) == 2
    assert _dates(office) == [first, second, third]
    with office.sessions() as session:
        for petition in session.scalars(select(Petition)):
            assert find_break(list_entries(session, petition.id)) is None


def test_the_folders_own_change_is_followed_too(office: Office, talk: Talk) -> None:
    """An upgrade brings another file; petitions know what they were counted with."""
    with at(MONDAY):
        talk.says("No hay agua en la colonia desde el lunes, calle Hidalgo 5")
        (was,) = _dates(office)
        entries = office.jurisdiction.timing.table["answer"]
        table = {**office.jurisdiction.timing.table, "answer": (replace(entries[0], figures={"days": 11}),)}
        later = replace(office, jurisdiction=replace(office.jurisdiction, timing=Timing(table)))
        assert count_anew(later, utc_now()) == 1
        assert _dates(office) == [
            due_date(MONDAY, later.jurisdiction.terms, zone=later.jurisdiction.zone, closed=later.calendar.of(None))
        ]
        assert _dates(office) != [was]


def test_a_series_is_tried_on_files_that_are_due(office: Office, member: Member, talk: Talk) -> None:
    talk.says("No hay agua en la colonia desde el lunes, calle Hidalgo 5")
    with office.sessions.begin() as session:
        petition = session.scalars(select(Petition)).one()
        long_ago = utc_now() - timedelta(days=3 * 366)
        own = {"location": "", "is_held": False, "opened_at": long_ago, "opened_by": member.id}
        closed = {"closed_at": long_ago, "closed_by": member.id, "terms": {}, "contents": []}
        session.add(ArchiveFile(petition_id=petition.id, series="SERIE-A", **own, **closed))
        folio = petition.folio
    own_value = write_series(office.jurisdiction.records.series["SERIE-A"])
    assert try_series(office, "SERIE-A", own_value).is_nothing
    trial = try_series(office, "SERIE-A", {**own_value, "resting_years": 1})
    assert (trial.before.disposal, trial.after.disposal, trial.folios) == (0, 1, (folio,))
    trial = try_series(office, "SERIE-A", {**own_value, "active_years": 4})
    assert (trial.before.transfer, trial.after.transfer, trial.folios) == (1, 0, ())
