"""Exports that the administrator asks for: prepared beside the servers, handed out for a week, then gone."""

import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zipfile import ZipFile

import structlog
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.audit.trail import Act, note_act, note_alone, staff_of
from intake.carrying.exporting import Manifest, ZipTarget, export_all
from intake.carrying.imports import require_administrator
from intake.carrying.tabular import sha256_of
from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.errors import NotFound, Stale
from intake.office import Office
from intake.tables.carrying import Export

KEPT_FOR = timedelta(days=7)
LOST_AFTER = timedelta(hours=6)  # what a process that is gone had begun is begun again
SHOWN_AT_MOST = 20
PREFIX = "canaliza-export-"
log = structlog.get_logger()


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"


def ask_export(office: Office, member: Member) -> int:
    """Its number. Commits. Raises Stale while another one is being prepared, NotAllowed."""
    require_administrator(member)
    with office.sessions.begin() as session:
        at_work = select(Export.id).where(Export.state.in_((ExportState.WAITING.value, ExportState.RUNNING.value)))
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
    """The one that waits, whole; False when there is none. What is old goes. Commits."""
    now = utc_now()
    _forget_old(office, now)
    if not is_any(office.sessions, select(Export.id).where(_waits(now))):
        return False
    with office.sessions.begin() as session:
        row = session.scalars(claimable(select(Export).where(_waits(now)).order_by(Export.id).limit(1))).first()
        if row is None:
            return False
        row.state, row.begun_at = ExportState.RUNNING.value, now
        number, left = row.id, row.storage_key
    if left:  # of a process that was gone before it could say that it is ready
        office.files.remove(left)
    try:
        _prepare(office, number, now)
    except Exception as error:
        log.error("exports.failed", number=number, error=type(error).__name__)
        _end(office, number, ExportState.FAILED)
    return True


def _prepare(office: Office, number: int, now: datetime) -> None:
    """The key is noted before the archive is put there: it holds everybody's data, and none is left behind unknown."""
    _sweep(now)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        path = Path(folder) / "export.zip"
        with ZipFile(path, "w", allowZip64=True) as archive:
            manifest = export_all(office, ZipTarget(archive))
        key = f"exports/{sha256_of(path)}"  # apart from originals: it goes when it is old
        with office.sessions.begin() as session:
            session.get_one(Export, number).storage_key = key
        office.files.put(path, key)
        _end(office, number, ExportState.DONE, (key, path.stat().st_size, manifest))


def _sweep(now: datetime) -> None:
    """What a process that was killed left of an archive on this host."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.stat().st_mtime < (now - LOST_AFTER).timestamp():
            shutil.rmtree(folder, ignore_errors=True)


def _end(office: Office, number: int, state: ExportState, made: tuple[str, int, Manifest] | None = None) -> None:
    with office.sessions.begin() as session:
        row = session.get_one(Export, number)
        row.state, row.ended_at = state.value, utc_now()
        if made:
            row.storage_key, row.size_bytes, row.rows = made[0], made[1], made[2].rows


def _waits(now: datetime) -> ColumnElement[bool]:
    is_lost = and_(Export.state == ExportState.RUNNING.value, Export.begun_at < now - LOST_AFTER)
    return or_(Export.state == ExportState.WAITING.value, is_lost)


def _forget_old(office: Office, now: datetime) -> None:
    old = Export.state == ExportState.DONE.value, Export.ended_at < now - KEPT_FOR
    if not is_any(office.sessions, select(Export.id).where(*old)):
        return
    with office.sessions.begin() as session:
        for row in session.scalars(select(Export).where(*old)):
            office.files.remove(row.storage_key or "")
            row.state, row.storage_key = ExportState.GONE.value, None
