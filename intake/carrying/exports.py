"""Exports that the administrator asks for: prepared beside the servers, handed out for a week, then gone."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zipfile import ZipFile

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.audit.trail import Act, note_act, note_alone, staff_of
from intake.carrying.exporting import Manifest, ZipTarget, export_all
from intake.carrying.imports import require_administrator
from intake.carrying.leases import TRIES_MAX, Errand, claim, hold_export, kept, let_go, let_rest
from intake.carrying.tabular import sha256_of
from intake.clock import utc_now
from intake.database import is_any
from intake.errors import LeaseLost, NotFound, Stale
from intake.failpoints import pass_point
from intake.office import Office
from intake.tables.carrying import Export

KEPT_FOR = timedelta(days=7)
SHOWN_AT_MOST = 20
PREFIX, LOCK = "canaliza-export-", "at-work"
log = structlog.get_logger()


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"


AT_WORK = (ExportState.WAITING.value, ExportState.RUNNING.value)


def ask_export(office: Office, member: Member) -> int:
    """Its number. Commits. Raises Stale while another one is being prepared, NotAllowed."""
    require_administrator(member)
    with office.sessions.begin() as session:
        at_work = select(Export.id).where(Export.state.in_(AT_WORK))
        if session.scalars(at_work.limit(1)).first():
            raise Stale("an export is being prepared")
        row = Export(state=ExportState.WAITING.value, asked_at=utc_now(), asked_by=member.id)
        session.add(row)
        session.flush()
        note_act(session, staff_of(member.id), Act.EXPORT_ASKED, {"export": row.id})
        return row.id


def list_exports(session: Session) -> Sequence[Export]:
    return session.scalars(select(Export).order_by(Export.id.desc()).limit(SHOWN_AT_MOST)).all()


def take_export(office: Office, member: Member, number: int) -> Export:
    """One that is ready, noted as taken. Commits. Raises NotFound, NotAllowed."""
    require_administrator(member)
    with office.sessions() as session:
        row = session.get(Export, number)
    if row is None or row.state != ExportState.DONE.value:
        raise NotFound(f"no export {number}")
    note_alone(office, staff_of(member.id), Act.EXPORT_TAKEN, {"export": number})
    return row


def prepare_once(office: Office) -> bool:
    """The one that waits, or that a process which is gone had begun, whole; False when there is none. What is old goes.
    Commits."""
    now = utc_now()
    _forget_old(office, now)
    errand = claim(office, Export, Export.state.in_(AT_WORK), now)
    if errand is None:
        return False
    _sweep()
    try:
        with kept(office, errand):
            _begin(office, errand, now)
            if errand.tries <= TRIES_MAX:
                _prepare(office, errand)
    except LeaseLost:
        log.warning("exports.lease-lost", number=errand.id)
    except Exception as error:
        log.error("exports.failed", number=errand.id, tries=errand.tries, error=type(error).__name__)
        _rest(office, errand)
    return True


def _begin(office: Office, errand: Errand, now: datetime) -> None:
    """What an earlier try put into the store goes first, never what a later one did; once too often is given up. Raises
    LeaseLost."""
    with office.sessions() as session:
        left = hold_export(session, errand).storage_key
    office.files.remove(left or "")
    with office.sessions.begin() as session:
        row = hold_export(session, errand)
        row.storage_key = None
        if errand.tries > TRIES_MAX:  # each of its processes was gone before it could say why
            _give_up(row)
        else:
            row.state, row.begun_at = ExportState.RUNNING.value, now


def _prepare(office: Office, errand: Errand) -> None:
    """The key is noted before the archive is put there: it holds everybody's data, and none is left behind unknown."""
    with _workshop() as folder:
        path = folder / "export.zip"
        with ZipFile(path, "w", allowZip64=True) as archive:
            manifest = export_all(office, ZipTarget(archive))
        pass_point("carrying.packed")
        key = f"exports/{sha256_of(path)}"  # apart from originals: it goes when it is old
        with office.sessions.begin() as session:
            hold_export(session, errand).storage_key = key
        office.files.put(path, key)
        pass_point("carrying.put")
        try:
            _end(office, errand, path.stat().st_size, manifest)
        except LeaseLost:
            office.files.remove(key)
            raise


def _end(office: Office, errand: Errand, size_bytes: int, manifest: Manifest) -> None:
    with office.sessions.begin() as session:
        row = hold_export(session, errand)
        row.state, row.ended_at = ExportState.DONE.value, utc_now()
        row.size_bytes, row.rows = size_bytes, manifest.rows
        let_go(row, is_done=True)


def _rest(office: Office, errand: Errand) -> None:
    """Another try after a while; none after the last."""
    if errand.tries < TRIES_MAX:
        let_rest(office, errand)
        return
    with suppress(LeaseLost), office.sessions.begin() as session:
        _give_up(hold_export(session, errand))


def _give_up(row: Export) -> None:
    row.state, row.ended_at = ExportState.FAILED.value, utc_now()
    let_go(row, is_done=True)


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder on this host whose lock falls when its process does, however it ends."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name, (Path(name) / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(name)


def _sweep() -> None:
    """What a process that was killed left of an archive on this host: its folder, which nobody locks any more."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}"):
        with suppress(OSError), lock.open("r") as file:  # BlockingIOError: somebody is at work in it
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)


def _forget_old(office: Office, now: datetime) -> None:
    old = Export.state == ExportState.DONE.value, Export.ended_at < now - KEPT_FOR
    if not is_any(office.sessions, select(Export.id).where(*old)):
        return
    with office.sessions.begin() as session:
        for row in session.scalars(select(Export).where(*old)):
            office.files.remove(row.storage_key or "")
            row.state, row.storage_key = ExportState.GONE.value, None
