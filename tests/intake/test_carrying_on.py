"""Imports and exports whose process is killed, or that fail: gone on from within seconds, given up after three tries,
and in nobody's way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select, update

from intake.accounts.staff import Member
from intake.carrying import exports, stepping, undoing
from intake.carrying.exports import ExportState, ask_export, prepare_once, take_export
from intake.carrying.imports import State, begin_import, bring_in, get_import, map_columns, try_again, undo
from intake.carrying.judging import Verdict
from intake.carrying.leases import LEASE, REST, claim, kept
from intake.carrying.stepping import work_once
from intake.clock import at, utc_now
from intake.database import reading
from intake.errors import LeaseLost, NotFound, Stale
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.carrying import Export, Import, Imported
from intake.tables.petitions import Petition
from tests.carrier import PlainTexts, dies_at
from tests.intake.test_importing import boss, file_of, tried  # noqa: F401 — the fixture

TEXTS = PlainTexts()
MANY = tuple(f"A-{n},05/03/2023,Petición número {n},,,,Recibida,,,," for n in range(1, 601))
FEW = MANY[:7]


def test_what_a_killed_process_brought_in_stays_and_the_rest_comes_seconds_later(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
) -> None:
    number = _waits(office, boss, file_of(tmp_path, MANY))
    dies_at(office, "imports", "carrying.rows-written:2")  # its second transaction is lost with it
    assert (_rows(office), _at_row(office, number)) == (250, 250)
    assert not work_once(office, TEXTS)  # the lease of the dead
    with later(LEASE):
        assert work_once(office, TEXTS)
    assert (_state(office, number), _rows(office)) == (State.DONE, 600)
    undo(office, boss, number)
    dies_at(office, "imports", "carrying.some-undone:2")
    with later(LEASE):
        assert work_once(office, TEXTS)
    assert (_state(office, number), _rows(office)) == (State.UNDONE, 0)


def test_what_fails_again_and_again_is_given_up_at_its_row_and_goes_on_when_asked(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = tried(office, boss, file_of(tmp_path, FEW))
    behind = tried(office, boss, file_of(tmp_path, ("B-1,05/03/2023,Pide agua,,,,Recibida,,,,",), "b.csv"))
    bring_in(office, boss, number)
    bring_in(office, boss, behind)
    with monkeypatch.context() as patched:
        patched.setattr(stepping, "write_past", _breaks_at("Petición número 4"))  # no file makes the program break
        assert work_once(office, TEXTS)
        assert _state(office, number) == State.RUNNING
        assert work_once(office, TEXTS)  # the one that fails rests
        assert (_state(office, behind), _state(office, number)) == (State.DONE, State.RUNNING)
        _until_given_up(office, number)
    assert (_at_row(office, number), _rows(office)) == (3, 4)
    with office.sessions() as session:
        view = get_import(session, number)
    assert (view.failed_step, view.touched) == (State.RUNNING, 0)
    try_again(office, boss, number)
    with pytest.raises(Stale):
        try_again(office, boss, number)
    assert work_once(office, TEXTS)
    assert (_state(office, number), _rows(office)) == (State.DONE, 8)


def test_what_failed_goes_on_by_few_rows_and_then_by_many_again(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
) -> None:
    number = _waits(office, boss, file_of(tmp_path, MANY))
    with office.sessions.begin() as session:
        session.get_one(Import, number).tries = 1
    assert work_once(office, TEXTS)
    assert (_state(office, number), _at_row(office, number)) == (State.RUNNING, stepping.AT_ONCE)
    assert work_once(office, TEXTS)
    assert (_state(office, number), _rows(office)) == (State.DONE, 600)


def test_who_waits_to_write_does_so_between_two_steps(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = _waits(office, boss, file_of(tmp_path, MANY))
    assert work_once(office, TEXTS)
    undo(office, boss, number)
    begun, names = Event(), list[str]()

    def writes() -> None:
        begun.set()
        with office.sessions.begin() as session:
            session.execute(update(Staff).where(Staff.id == boss.id).values(name="Otra"))

    writer = Thread(target=writes)

    def passes(_: str) -> None:
        if not names:
            writer.start()
            begun.wait()
            sleep(0.2)  # it waits by now, and looks less and less often
        with reading(office.sessions) as session:
            names.append(session.get_one(Staff, boss.id).name)

    monkeypatch.setattr(undoing, "pass_point", passes)
    assert work_once(office, TEXTS)
    writer.join()
    assert "Otra" in names[1:]


def test_what_was_given_up_is_taken_back(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = _waits(office, boss, file_of(tmp_path, FEW))
    with monkeypatch.context() as patched:
        patched.setattr(stepping, "write_past", _breaks_at("Petición número 4"))
        _until_given_up(office, number)
    undo(office, boss, number)
    with monkeypatch.context() as patched:
        patched.setattr(stepping, "undo_some", _fails)
        _until_given_up(office, number)
    try_again(office, boss, number)
    assert work_once(office, TEXTS)
    assert (_state(office, number), _rows(office)) == (State.UNDONE, 0)


def test_a_trial_whose_processes_die_goes_back_to_its_columns(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
) -> None:
    number = tried(office, boss, file_of(tmp_path))
    with office.sessions.begin() as session:
        row = session.get_one(Import, number)
        row.state, row.tries = State.TRYING.value, 3  # three processes began it, and none came back
    assert work_once(office, TEXTS)
    with office.sessions() as session:
        view = get_import(session, number)
    assert (view.state, view.fault) == (State.MAPPING, "failed")


@pytest.mark.parametrize("moment", ["judge_file", "write_report", "pass_point"])
def test_a_trial_that_slept_past_its_lease_leaves_no_report(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """Before its report is made, before it is noted, and after it was put into the store."""
    number = begin_import(office, boss, "a.csv", file_of(tmp_path, FEW))
    with office.sessions() as session:
        guessed = get_import(session, number).reading
    map_columns(office, boss, number, guessed)
    whole = getattr(stepping, moment)

    def sleeps(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(stepping, moment, whole)
        with later(LEASE * 2):  # meanwhile somebody else has tried it
            assert work_once(office, TEXTS)
        return whole(*args, **options)

    monkeypatch.setattr(stepping, moment, sleeps)
    assert work_once(office, TEXTS)
    assert _state(office, number) == State.TRIED
    with office.sessions() as session:
        report = get_import(session, number).report_key
    assert _reports(office) == [report]


def test_what_a_killed_trial_put_into_the_store_goes_with_the_next_one(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
) -> None:
    number = begin_import(office, boss, "a.csv", file_of(tmp_path, FEW))
    with office.sessions() as session:
        guessed = get_import(session, number).reading
    map_columns(office, boss, number, guessed)
    dies_at(office, "imports", "carrying.reported")
    (left,) = _reports(office)
    with later(LEASE):
        assert work_once(office, TEXTS)
    with office.sessions() as session:
        report = get_import(session, number).report_key
    assert _reports(office) == [report]
    assert report != left


@pytest.mark.parametrize("point", ["carrying.packed", "carrying.put"])
def test_an_export_whose_process_was_killed_is_prepared_seconds_later_and_leaves_nothing(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    number = ask_export(office, boss)
    dies_at(office, "exports", f"{point}:1")
    left = _export(office, number).storage_key
    assert (left is not None) == (point == "carrying.put")
    assert [path.name for path in tmp_path.glob("canaliza-export-*/*")] != []
    assert not prepare_once(office)
    with later(LEASE):
        assert prepare_once(office)
    row = take_export(office, boss, number)
    assert office.files.holds(row.storage_key or "")
    assert not office.files.holds(left or "exports/none")
    assert list(tmp_path.glob("canaliza-export-*")) == []


def test_an_export_that_fails_is_given_up_after_three_tries_and_another_may_be_asked_for(
    office: Office,
    boss: Member,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = ask_export(office, boss)
    with monkeypatch.context() as patched:
        patched.setattr(exports, "export_all", _fails)
        for passed in range(3):
            assert _export(office, number).state != ExportState.FAILED
            with later(passed * REST):
                assert prepare_once(office)
    assert _export(office, number).state == ExportState.FAILED
    with pytest.raises(NotFound):
        take_export(office, boss, number)
    again = ask_export(office, boss)
    assert prepare_once(office)
    assert _export(office, again).state == ExportState.DONE


def test_whoever_slept_past_its_lease_writes_nothing(
    office: Office,
    boss: Member,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = ask_export(office, boss)
    whole = exports.export_all

    def sleeps(*args: object) -> object:
        monkeypatch.setattr(exports, "export_all", whole)
        with later(LEASE * 2):  # meanwhile somebody else has prepared it
            assert prepare_once(office)
        return whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(exports, "export_all", sleeps)
    assert prepare_once(office)
    row = _export(office, number)
    assert row.state == ExportState.DONE
    folder = Path(office.settings.files_url.removeprefix("file://")) / "exports"
    assert [f"exports/{path.name}" for path in folder.iterdir()] == [row.storage_key]


def test_an_import_whose_lease_was_lost_brings_in_no_further_row(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = _waits(office, boss, file_of(tmp_path, MANY))
    judged = stepping.judge_file

    def sleeps(*args: Any, **options: Any) -> Iterator[Verdict]:
        monkeypatch.setattr(stepping, "judge_file", judged)
        verdicts = list(judged(*args, **options))
        with later(LEASE * 2):  # meanwhile somebody else has brought all of it in
            while work_once(office, TEXTS):
                pass
        yield from verdicts

    monkeypatch.setattr(stepping, "judge_file", sleeps)
    assert work_once(office, TEXTS)
    assert (_state(office, number), _rows(office), _at_row(office, number)) == (State.DONE, 600, 600)
    with office.sessions() as session:
        assert get_import(session, number).counts["known"] == 0


def test_an_export_is_kept_from_whoever_woke_after_it_was_prepared(
    office: Office,
    boss: Member,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = ask_export(office, boss)
    swept = exports._sweep

    def sleeps() -> None:
        monkeypatch.setattr(exports, "_sweep", swept)
        with later(LEASE * 2):
            assert prepare_once(office)

    monkeypatch.setattr(exports, "_sweep", sleeps)
    assert prepare_once(office)
    assert office.files.holds(take_export(office, boss, number).storage_key or "")


def test_the_file_of_an_import_that_is_in_goes_even_if_its_process_could_not_remove_it(
    office: Office,
    boss: Member,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = _waits(office, boss, file_of(tmp_path, FEW))
    with office.sessions() as session:
        key = session.get_one(Import, number).storage_key
    with monkeypatch.context() as patched:
        patched.setattr(office.files, "remove", _fails)
        assert work_once(office, TEXTS)
    assert (_state(office, number), office.files.holds(key)) == (State.DONE, True)
    with later(REST):
        assert work_once(office, TEXTS)
        assert not work_once(office, TEXTS)
    assert (_state(office, number), office.files.holds(key)) == (State.DONE, False)


def test_what_is_carried_is_renewed_and_nobody_elses(
    office: Office,
    boss: Member,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = ask_export(office, boss)
    errand = claim(office, Export, Export.id == number, utc_now())
    assert errand
    monkeypatch.setattr("intake.carrying.leases.RENEW_EVERY_S", 0.01)
    first = _export(office, number).lease_until
    with kept(office, errand):
        while _export(office, number).lease_until == first:
            pass
    with later(LEASE * 2):
        assert claim(office, Export, Export.id == number, utc_now())
    with pytest.raises(LeaseLost), office.sessions.begin() as session:
        stepping.hold(session, errand)


def _waits(office: Office, boss: Member, path: Path) -> int:  # noqa: F811
    number = tried(office, boss, path)
    bring_in(office, boss, number)
    return number


def _reports(office: Office) -> list[str]:
    """In the store, beside the files that were sent."""
    folder = Path(office.settings.files_url.removeprefix("file://")) / "imports"
    return sorted(f"imports/{path.name}" for path in folder.iterdir() if "-" in path.name)


def _until_given_up(office: Office, number: int) -> None:
    """Bounded: a failing step that made no progress counts."""
    for passed in range(1, 12):
        if _state(office, number) == State.FAILED:
            return
        with later(passed * REST):
            work_once(office, TEXTS)
    raise AssertionError("never given up")


@contextmanager
def later(passed: timedelta) -> Iterator[None]:
    with at(utc_now() + passed + timedelta(seconds=1)):
        yield


def _breaks_at(text: str) -> Callable[..., object]:
    written = stepping.write_past

    def write(session: object, office: object, pasts: list[object], staff_id: object) -> object:
        if any(getattr(past, "text", "") == text for past in pasts):
            raise OSError("gone")
        return written(session, office, pasts, staff_id)  # type: ignore[arg-type]

    return write


def _fails(*args: object) -> object:
    raise OSError("gone")


def _state(office: Office, number: int) -> State:
    with office.sessions() as session:
        return State(session.get_one(Import, number).state)


def _at_row(office: Office, number: int) -> int:
    with office.sessions() as session:
        return session.get_one(Import, number).at_row


def _rows(office: Office) -> int:
    with office.sessions() as session:
        count = session.scalar(select(func.count()).select_from(Imported)) or 0
        assert session.scalar(select(func.count()).select_from(Petition)) == count
    return count


def _export(office: Office, number: int) -> Export:
    with office.sessions() as session:
        return session.get_one(Export, number)
