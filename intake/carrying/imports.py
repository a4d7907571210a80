"""An import as the administrator drives it: its file kept, its columns mapped, tried, brought in, taken back.

What takes time is done by `stepping`, which a loop calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.audit.trail import Act, note_act, staff_of
from intake.carrying.mapping import Reading, guess, load_vocabulary, mapping_from
from intake.carrying.tabular import FILE_MAX_BYTES, Row, read_heading, sha256_of
from intake.clock import utc_now
from intake.database import one_at_a_time, reading
from intake.errors import FormRefused, NotAllowed, NotFound, Stale
from intake.files import printable_name
from intake.office import Office
from intake.tables.carrying import Import, Imported
from intake.tables.petitions import HistoryEntry

SAMPLE, NAME_MAX, SHOWN_AT_MOST = 40, 200, 50
LOCK = "carrying"
FILE = "file"  # of `unsure`: why the file could not be tried


class State(StrEnum):
    MAPPING = "mapping"
    TRYING = "trying"
    TRIED = "tried"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"  # given up at a step, after several tries
    DROPPED = "dropped"


AT_WORK = (State.TRYING, State.RUNNING, State.UNDOING)


@dataclass(frozen=True)
class ImportView:
    """`touched`: petitions that somebody has worked with since; while there are any, it is not taken back. `fault`: why
    the trial ended, as FormRefused names it. `failed_step`: where it was given up."""

    id: int
    name: str
    state: State
    at_row: int
    counts: dict[str, int]
    unsure: dict[str, dict[str, int]]
    reading: Reading
    report_key: str | None
    made_at: datetime
    ended_at: datetime | None
    touched: int
    fault: str | None
    failed_step: State | None


def require_administrator(member: Member) -> None:
    if member.role != Role.ADMINISTRATOR:
        raise NotAllowed("imports are the administrator's")


def begin_import(office: Office, member: Member, name: str, source: Path) -> int:
    """Keep the file and guess its mapping; the import's number, that of the same file where it is there already.

    Commits. Raises FormRefused for what is no table, NotAllowed.
    """
    require_administrator(member)
    if source.stat().st_size > FILE_MAX_BYTES:
        raise FormRefused("large")
    heading, rows = read_heading(lambda: source.open("rb"), rows=SAMPLE)
    jurisdiction = office.jurisdiction
    guessed = guess(heading, rows, load_vocabulary(jurisdiction.folder), jurisdiction.zone)
    sha256 = sha256_of(source)
    with office.sessions() as session:
        if known := _find_same(session, sha256):
            return known
    key = f"imports/{sha256}"  # apart from originals: it goes when the import is over
    office.files.put(source, key)
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        if known := _find_same(session, sha256):  # sent twice at once
            return known
        row = Import(
            name=(printable_name(name) or "registro")[:NAME_MAX],
            storage_key=key,
            sha256=sha256,
            mapping=guessed.as_values(),
            state=State.MAPPING.value,
            made_at=utc_now(),
            made_by=member.id,
        )
        session.add(row)
        session.flush()
        _note(session, member, row, "kept")
        return row.id


def map_columns(office: Office, member: Member, number: int, wanted: Reading) -> None:
    """Take that mapping and try it. Commits. Raises FormRefused: something that is needed has no column; Stale."""
    require_administrator(member)
    heading, _ = show_heading(office, number)
    if wanted.missing(heading):
        raise FormRefused("missing")
    read = _checked(office, wanted, heading)
    with office.sessions.begin() as session:
        row = _get(session, number, (State.MAPPING, State.TRIED))
        before = row.report_key
        row.mapping, row.state = read.as_values(), State.TRYING.value
        row.at_row, row.counts, row.unsure, row.report_key = 0, {}, {}, None
        _note(session, member, row, "tried")
    office.files.remove(before or "")


def bring_in(office: Office, member: Member, number: int) -> None:
    """From now on its rows come in. Commits. Raises Stale, NotAllowed."""
    require_administrator(member)
    with office.sessions.begin() as session:
        row = _get(session, number, (State.TRIED,))
        row.state, row.at_row, row.counts = State.RUNNING.value, 0, {}
        _note(session, member, row, "brought")


def undo(office: Office, member: Member, number: int) -> None:
    """Take all of its petitions back. Commits. Raises FormRefused: somebody has worked with one of them; Stale."""
    require_administrator(member)
    with office.sessions.begin() as session:
        row = _get(session, number, (State.DONE, State.RUNNING, State.FAILED))
        if count_touched(session, number):
            raise FormRefused("touched")
        row.state, row.failed_step, row.tries = State.UNDOING.value, None, 0
        _note(session, member, row, "undone")


def try_again(office: Office, member: Member, number: int) -> None:
    """One that was given up goes on where it was. Commits. Raises Stale, NotAllowed."""
    require_administrator(member)
    with office.sessions.begin() as session:
        row = _get(session, number, (State.FAILED,))
        row.state, row.failed_step = row.failed_step or State.RUNNING.value, None
        _note(session, member, row, "tried_again")


def discard(office: Office, member: Member, number: int) -> None:
    """One that has not come in: its file goes. Commits. Raises Stale, NotAllowed."""
    require_administrator(member)
    with office.sessions.begin() as session:
        row = _get(session, number, (State.MAPPING, State.TRIED))
        row.state, row.ended_at = State.DROPPED.value, utc_now()
        _note(session, member, row, "dropped")
        keys = row.storage_key, row.report_key or ""
        row.report_key = None
    for key in keys:
        office.files.remove(key)


def list_imports(session: Session) -> Sequence[ImportView]:
    """Newest first."""
    return [_view(row, 0) for row in session.scalars(select(Import).order_by(Import.id.desc()).limit(SHOWN_AT_MOST))]


def get_import(session: Session, number: int) -> ImportView:
    """Raises NotFound."""
    row = session.get(Import, number)
    if row is None:
        raise NotFound(f"no import {number}")
    is_still = row.state in (State.DONE.value, State.FAILED.value)
    return _view(row, count_touched(session, number) if is_still else 0)


def show_heading(office: Office, number: int) -> tuple[Row, list[Row]]:
    """Its columns, and its first rows. Raises NotFound, FormRefused: its file is not in the store any more."""
    with reading(office.sessions) as session:
        row = session.get(Import, number)
    if row is None:
        raise NotFound(f"no import {number}")
    try:
        return read_heading(lambda: office.files.open(row.storage_key), rows=SAMPLE)
    except FileNotFoundError as error:
        raise FormRefused("gone") from error


def count_touched(session: Session, number: int) -> int:
    """Petitions of the import whose history is longer than when it came."""
    further = exists().where(HistoryEntry.petition_id == Imported.petition_id, HistoryEntry.number > Imported.entries)
    rows = select(func.count()).select_from(Imported).where(Imported.import_id == number, further)
    return session.scalar(rows) or 0


def _find_same(session: Session, sha256: str) -> int | None:
    """An import of the same file that is not over."""
    over = [State.UNDONE.value, State.DROPPED.value]
    return session.scalars(select(Import.id).where(Import.sha256 == sha256, Import.state.not_in(over)).limit(1)).first()


def _checked(office: Office, wanted: Reading, heading: Row) -> Reading:
    """What names no column is left out. Raises FormRefused for a state or an agency that there is not."""
    columns = {one: column for one, column in wanted.columns.items() if column in heading}
    read = mapping_from({**wanted.as_values(), "columns": columns})
    if any(office.jurisdiction.find_agency(key) is None for key in read.agencies.values()):
        raise FormRefused("mapping")
    return read


def _get(session: Session, number: int, states: tuple[State, ...]) -> Import:
    row = session.get(Import, number, with_for_update=True)
    if row is None:
        raise NotFound(f"no import {number}")
    if State(row.state) not in states:
        raise Stale(f"the import is {row.state}")
    return row


def _view(row: Import, touched: int) -> ImportView:
    unsure = dict(row.unsure)
    fault = next(iter(unsure.pop(FILE, {})), None)
    return ImportView(
        row.id,
        row.name,
        State(row.state),
        row.at_row,
        dict(row.counts),
        unsure,
        mapping_from(row.mapping),
        row.report_key,
        row.made_at,
        row.ended_at,
        touched,
        fault,
        State(row.failed_step) if row.failed_step else None,
    )


def _note(session: Session, member: Member, row: Import, step: str) -> None:
    note_act(session, staff_of(member.id), Act.IMPORT_CHANGED, {"import": row.id, "step": step, "sha256": row.sha256})
