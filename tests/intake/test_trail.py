"""The trail of what staff did and read: one chain on both databases, in which every tampering is found."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console as Terminal
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.channels import Channel
from bot.console import Console
from bot.messages import ChannelName
from canaliza import auditing
from intake.accounts.entering import log_in
from intake.accounts.staff import FAILURES_MAX, Member, NewAccount, Role, add_account, set_active
from intake.audit.checks import Fault, FaultKind, check, find_last_check
from intake.audit.reading import Wish, all_lines, list_lines
from intake.audit.sealing import Sealer
from intake.audit.trail import Act, Head, find_head, note_alone, seal, staff_of
from intake.clock import at
from intake.database import is_sqlite, reading
from intake.errors import SettingsError
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.settings import Settings
from intake.triage.veil import look
from intake.wiring import build_office
from nlp.reader import Reader
from tests.admin.keyword_reader import keyword_reader
from tests.talk import Talk

PASSWORD = "una frase muy larga"
T0 = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return keyword_reader(Settings().jurisdiction_dir / "places")


@pytest.fixture
def office(database_url: str, reader: Reader, jurisdiction: Jurisdiction, tmp_path: Path) -> Iterator[Office]:
    settings = Settings(database_url=database_url, secret_key="k" * 32, files_url=f"file://{tmp_path}/files", quiet_s=0)
    further: dict[ChannelName, Channel] = {ChannelName.CONSOLE: Console()}
    built = build_office(settings, further=further, reader=reader, jurisdiction=jurisdiction)
    yield built
    built.engine.dispose()


def _noted(office: Office, count: int = 5) -> None:
    for number in range(count):
        note_alone(office, staff_of(1), Act.RETRIED, {"event": number})
    seal(office)


def _tampers(office: Office, *statements: str) -> None:
    """As somebody who owns the database can: what refuses is taken away first."""
    lite = ("DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete")
    first = lite if is_sqlite(office.engine) else ("DROP TRIGGER audit_entries_refused ON audit_entries",)
    with office.engine.begin() as connection:
        for statement in (*first, *statements):
            connection.execute(text(statement))


def _officer(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("oficial", "Oficial", Role.OFFICER, PASSWORD))
        return Member(row.id, row.username, row.name, Role.OFFICER, None, "")


def test_an_untouched_trail_holds_and_says_its_head(office: Office) -> None:
    _noted(office)
    verdict = check(office)
    assert verdict.is_whole
    assert verdict.head.number == 5
    with reading(office.sessions) as session:
        assert find_head(session) == verdict.head
        last = find_last_check(session)
    assert last
    assert (last.head, last.fault) == (verdict.head, None)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET actor = 'staff:2' WHERE number = 3", "DELETE FROM audit_entries"]
)
def test_the_database_itself_refuses_to_change_or_remove(office: Office, statement: str) -> None:
    _noted(office)
    with pytest.raises(DBAPIError, match="only added to"), office.engine.begin() as connection:
        connection.execute(text(statement))
    assert check(office).head.number == 5


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE audit_entries SET actor = 'staff:2' WHERE number = 3"], Fault(FaultKind.CHANGED, 3)),
        (["UPDATE audit_entries SET petition_id = 9 WHERE number = 4"], Fault(FaultKind.CHANGED, 4)),
        (["DELETE FROM audit_entries WHERE number = 2"], Fault(FaultKind.MISSING, 2)),
        (["DELETE FROM audit_entries WHERE number = 1"], Fault(FaultKind.MISSING, 1)),
        (
            [
                "UPDATE audit_entries SET number = 99 WHERE number = 2",
                "UPDATE audit_entries SET number = 2 WHERE number = 3",
                "UPDATE audit_entries SET number = 3 WHERE number = 99",
            ],
            Fault(FaultKind.CHANGED, 2),
        ),
        (
            [
                "DELETE FROM audit_entries WHERE number = 2",
                "UPDATE audit_entries SET number = number - 1 WHERE number = 3",
                "UPDATE audit_entries SET number = number - 1 WHERE number = 4",
                "UPDATE audit_entries SET number = number - 1 WHERE number = 5",
            ],
            Fault(FaultKind.CHANGED, 2),
        ),
    ],
    ids=["changed", "moved to another petition", "removed", "the first removed", "put elsewhere", "closed up"],
)
def test_the_first_entry_that_was_tampered_with_is_named(office: Office, statements: list[str], fault: Fault) -> None:
    _noted(office)
    _tampers(office, *statements)
    assert check(office).fault == fault


def test_an_end_that_was_cut_off_is_missed_by_the_check_before(office: Office) -> None:
    _noted(office)
    assert check(office).is_whole
    _tampers(office, "DELETE FROM audit_entries WHERE number > 3")
    assert check(office).fault == Fault(FaultKind.CUT_OFF, 4)


def test_a_chain_made_anew_is_found_by_the_head_that_was_written_down(office: Office) -> None:
    _noted(office)
    written = check(office).head
    _tampers(office, "DELETE FROM audit_entries", "DELETE FROM audit_checks")
    _noted(office)
    assert check(office).is_whole
    assert check(office, [written]).fault == Fault(FaultKind.OTHER_HEAD, 5)
    assert check(office, [Head(9, "f" * 64)]).fault == Fault(FaultKind.CUT_OFF, 6)


def test_many_who_note_and_seal_at_once_make_one_chain(office: Office) -> None:
    def work(number: int) -> None:
        note_alone(office, staff_of(number), Act.RETRIED, {"event": number})
        seal(office)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    verdict = check(office)
    assert (verdict.head.number, verdict.fault) == (40, None)
    with reading(office.sessions) as session:
        lines = all_lines(session, office.jurisdiction.zone, Wish())
        assert sorted(line.data["event"] for line in lines) == list(range(40))


def test_what_staff_do_is_in_it_and_what_citizens_write_is_not(office: Office) -> None:
    officer = _officer(office)
    token = log_in(office, "oficial", "otra cosa")
    assert token is None
    assert log_in(office, "oficial", PASSWORD)
    talk = Talk(office, "c1")
    talk.says("no hay agua en la colonia Reforma")
    folio = talk.petitions()[-1].folio
    look(office, officer, folio, "lo pide la Unidad de Transparencia")
    seal(office)
    with reading(office.sessions) as session:
        lines = list(all_lines(session, office.jurisdiction.zone, Wish()))
        found = list_lines(session, office.jurisdiction.zone, Wish(officer.id, "identity_opened", folio))[0]
        none = list_lines(session, office.jurisdiction.zone, Wish(officer.id, "", "JG-2026-AAAAAA-A"))[0]
    acts = [line.act for line in lines]
    assert acts == [Act.ACCOUNT_ADDED, Act.LOG_IN_REFUSED, Act.LOGGED_IN, "identity_opened"]
    assert [(line.folio, line.username, line.data["reason"]) for line in found] == [
        (folio, "oficial", "lo pide la Unidad de Transparencia")
    ]
    assert none == []
    assert "agua" not in json.dumps([line.data for line in lines])


def test_of_wrong_passwords_at_once_every_one_counts(office: Office) -> None:
    """Else whoever tries many at a time has many times as many tries."""
    officer = _officer(office)
    with ThreadPoolExecutor(FAILURES_MAX) as pool:
        steps = list(pool.map(lambda number: log_in(office, officer.username, f"otra {number}"), range(FAILURES_MAX)))
    assert steps == [None] * FAILURES_MAX
    assert log_in(office, officer.username, PASSWORD) is None


def test_who_closes_an_account_is_known(office: Office) -> None:
    officer = _officer(office)
    with office.sessions.begin() as session:
        account = NewAccount("administra", "A", Role.ADMINISTRATOR, PASSWORD)
        row = add_account(session, office.jurisdiction, account)
    administrator = Member(row.id, row.username, row.name, Role.ADMINISTRATOR, None, "")
    set_active(office, administrator, officer.id, is_active=False)
    seal(office)
    with reading(office.sessions) as session:
        last = list(all_lines(session, office.jurisdiction.zone, Wish()))[-1]
    assert (last.actor, last.act, last.data) == (f"staff:{administrator.id}", "account_closed", {"staff": officer.id})


def test_days_are_those_of_the_office(office: Office) -> None:
    """Eleven at night in Oaxaca is the next day in UTC."""
    with at(datetime(2026, 11, 4, 5, 0, tzinfo=UTC)):
        _noted(office, 1)
    day = datetime(2026, 11, 3, tzinfo=UTC).date()
    with reading(office.sessions) as session:
        zone = office.jurisdiction.zone
        assert len(list_lines(session, zone, Wish(since=day, until=day))[0]) == 1
        assert list_lines(session, zone, Wish(since=day + timedelta(days=1)))[0] == []


@pytest.fixture
def sealed(office: Office) -> tuple[Office, str]:
    """A petition whose history is a stretch of the chain."""
    sealer = Sealer(office)
    with at(T0):
        talk = Talk(office, "c1")
        talk.says("no hay agua en la colonia Reforma")
        sealer.look(T0)
    sealer.look(T0 + timedelta(minutes=9))
    with reading(office.sessions) as session:
        assert find_head(session).number == 0
    sealer.look(T0 + timedelta(minutes=10))
    with reading(office.sessions) as session:
        assert find_head(session).number == 1
    return office, talk.petitions()[-1].folio


def test_the_history_of_citizens_is_sealed_too(sealed: tuple[Office, str]) -> None:
    office, _ = sealed
    verdict = check(office)
    assert (verdict.fault, verdict.histories) == (None, 1)


def test_an_entry_that_was_cut_off_a_history_is_found(sealed: tuple[Office, str]) -> None:
    """Its own chain does not tell: it ends one entry earlier."""
    office, _ = sealed
    with office.engine.begin() as connection:
        connection.execute(text("DELETE FROM history WHERE id = (SELECT max(id) FROM history)"))
    assert check(office).fault == Fault(FaultKind.HISTORY_REMOVED, 1)


def test_a_history_that_was_changed_is_found_with_its_folio(sealed: tuple[Office, str]) -> None:
    office, folio = sealed
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE history SET actor = 'staff:1' WHERE number = 1"))
    assert check(office).fault == Fault(FaultKind.HISTORY_CHANGED, 1, folio)


def test_the_command_says_the_head_or_the_first_broken_entry(office: Office) -> None:
    _noted(office)
    out = StringIO()
    assert auditing.verify(office, [], Terminal(file=out, width=200))
    head = out.getvalue().rsplit(" ", 1)[-1].strip()
    assert auditing.verify(office, [head], Terminal(file=StringIO()))
    _tampers(office, "UPDATE audit_entries SET act = 'read' WHERE number = 4")
    assert not auditing.verify(office, [], Terminal(file=out, width=200))
    assert "entry 4 was changed" in out.getvalue()
    with pytest.raises(SettingsError):
        auditing.verify(office, ["4"], Terminal(file=out))


def test_the_export_can_be_proved_elsewhere(office: Office) -> None:
    """With nothing but a SHA-256 and what docs/deploy.md says."""
    import hashlib

    _noted(office)
    file = StringIO()
    auditing.export(office, file)
    previous = "0" * 64
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    for number, line in enumerate(lines, start=1):
        content = [number, line["at"], line["actor"], line["act"], line["petition_id"], line["data"], previous]
        previous = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        assert line["hash"] == previous
    assert lines[-1]["act"] == "trail_exported"
