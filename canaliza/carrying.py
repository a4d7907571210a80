"""`canaliza import` and `canaliza export`: an older register comes in, everything goes out; as the pages do it."""

import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from admin.app import staff_texts
from intake.accounts.staff import Member, Role
from intake.audit.trail import Act, note_alone
from intake.carrying.exporting import FolderTarget, export_all
from intake.carrying.imports import SAMPLE, State, begin_import, bring_in, get_import, map_columns, try_again
from intake.carrying.keeping import LOOK_EVERY_S
from intake.carrying.mapping import Reading, guess, load_mapping, load_vocabulary
from intake.carrying.stepping import judge_file, work_once, write_report
from intake.carrying.tabular import read_heading
from intake.errors import FormRefused, NotFound, SettingsError
from intake.office import Office
from intake.tables.accounts import Staff

MACHINE = "machine"


@dataclass(frozen=True)
class Errand:
    """`mapping` None: guessed. `report`: where a line a row is written; None: to the terminal, in a dry run."""

    file: Path
    mapping: Path | None
    is_dry: bool
    report: Path | None
    user: str


def import_file(office: Office, errand: Errand, out: Console) -> None:
    """Commits unless it is dry. Raises SettingsError in words for what cannot be read."""
    try:
        _dry(office, errand, out) if errand.is_dry else _bring(office, errand, out)
    except FormRefused as error:
        raise SettingsError(f"{errand.file}: {staff_texts(office)(f'import.refused_{error.fault}')}") from error


def export_folder(office: Office, folder: Path, out: Console) -> None:
    """Raises SettingsError for a folder with anything in it."""
    try:
        target = FolderTarget(folder)
    except FormRefused as error:
        raise SettingsError(f"{folder} is not empty") from error
    note_alone(office, MACHINE, Act.EXPORT_TAKEN, {"folder": folder.name})
    manifest = export_all(office, target)
    out.print(f"{manifest.rows} rows of {len(manifest.tables)} tables, {manifest.file_count} files, in {folder}")
    if manifest.missing:
        out.print(f"[yellow]{len(manifest.missing)} files are not in the store: manifest.json names them[/]")


def _dry(office: Office, errand: Errand, out: Console) -> None:
    wanted = _reading(office, errand)
    heading, _ = read_heading(lambda: errand.file.open("rb"), rows=SAMPLE)
    if wanted.missing(heading):
        raise FormRefused("missing")
    with ExitStack() as stack:
        report = errand.report
        target = stack.enter_context(report.open("w", newline="", encoding="utf-8")) if report else sys.stdout
        verdicts = judge_file(office, lambda: errand.file.open("rb"), wanted)
        counts, unsure = write_report(office, verdicts, target, staff_texts(office))
    _tell(out, counts, unsure)


def _bring(office: Office, errand: Errand, out: Console) -> None:
    member, texts = _member(office, errand.user), staff_texts(office)
    number = begin_import(office, member, errand.file.name, errand.file)
    if _state(office, number) in (State.MAPPING, State.TRIED):
        map_columns(office, member, number, _reading(office, errand))
        _until(office, number, State.TRIED)
        bring_in(office, member, number)
    elif _state(office, number) == State.FAILED:
        try_again(office, member, number)
    _until(office, number, State.DONE, State.UNDONE, State.FAILED)
    with office.sessions() as session:
        view = get_import(session, number)
    out.print(f"Import {number}: {view.name}")
    _tell(out, view.counts, view.unsure)
    if view.failed_step:
        raise SettingsError(texts(f"import.failed_{view.failed_step}", count=view.at_row))


def _until(office: Office, number: int, *states: State) -> None:
    """Beside a server, which may be the one that carries it."""
    texts = staff_texts(office)
    while _state(office, number) not in states:
        if not work_once(office, texts):
            time.sleep(LOOK_EVERY_S)
        with office.sessions() as session:
            if fault := get_import(session, number).fault:
                raise FormRefused(fault)


def _state(office: Office, number: int) -> State:
    with office.sessions() as session:
        return get_import(session, number).state


def _reading(office: Office, errand: Errand) -> Reading:
    if errand.mapping:
        return load_mapping(errand.mapping)
    heading, rows = read_heading(lambda: errand.file.open("rb"), rows=SAMPLE)
    jurisdiction = office.jurisdiction
    return guess(heading, rows, load_vocabulary(jurisdiction.folder), jurisdiction.zone)


def _member(office: Office, username: str) -> Member:
    """The administrator of that name; the first one when none is said. Raises NotFound."""
    wanted = select(Staff).where(Staff.role == Role.ADMINISTRATOR.value, Staff.is_active).order_by(Staff.id)
    with office.sessions() as session:
        row = session.scalars(wanted.where(Staff.username == username) if username else wanted).first()
    if row is None:
        raise NotFound(f"no administrator {username}: canaliza user add NAME --role administrator")
    return Member(row.id, row.username, row.name, Role.ADMINISTRATOR, None, "")


def _tell(out: Console, counts: Mapping[str, int], unsure: Mapping[str, Mapping[str, int]]) -> None:
    table = Table("what", "rows")
    for name, count in counts.items():
        table.add_row(name, str(count))
    for kind, words in unsure.items():
        for word, count in Counter(words).most_common(10):
            table.add_row(f"{kind}: {word}", str(count))
    out.print(table)
