"""A consistent copy of the office while it runs, and its way back: database, files, what both must hold.

Files are named by their content's hash, so a later backup into the same folder copies only new ones. Secrets and the
model are not in it: they stand in the environment and in `var/model`. Called by `canaliza backup` and `restore`.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, table

from intake.clock import utc_now
from intake.database import held_alone, is_sqlite, reading
from intake.errors import IntakeError
from intake.files import Files
from intake.office import Office
from intake.tables.answers import Evidence, Paper
from intake.tables.correspondence import OfficePaper, PieceFile
from intake.tables.erasing import BlockedFile
from intake.tables.incoming import Attachment
from intake.tables.meetings import MeetingFile
from intake.tables.petitions import Petition

MANIFEST, FILES = "manifest.json", "files"
DUMPS = {True: "canaliza.db", False: "canaliza.dump"}  # by whether it is SQLite
BLOCK = 1 << 20


class BackupError(IntakeError):
    """Nothing was changed; the text says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup must hold. `rows`: of each table; `files`: keys of the stored files."""

    made_at: str
    is_sqlite: bool
    sha256: str
    rows: dict[str, int]
    files: list[str]


def back_up(office: Office, folder: Path) -> Path:
    """Write a new backup into `folder`, whole or not at all; its own folder. Raises BackupError, OSError."""
    made_at = utc_now()
    target = folder / made_at.strftime("%Y%m%dT%H%M%SZ")
    unfinished = target.with_suffix(".part")
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        rows, dump = _count(office.engine), unfinished / DUMPS[is_sqlite(office.engine)]
        _dump(office.engine, dump)
        keys = _copy_files(office, folder / FILES)
        manifest = Manifest(made_at.isoformat(), is_sqlite(office.engine), _hash(dump), rows, keys)
        (unfinished / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        unfinished.replace(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return target


def restore(office: Office, backup: Path) -> Manifest:
    """Put a backup in the place of an empty database. What providers sent after it comes again: Telegram what was not
    acknowledged, Twilio's list the rest. Raises BackupError, SettingsError while the office runs on SQLite."""
    manifest = read_manifest(backup)
    dump = backup / DUMPS[manifest.is_sqlite]
    if manifest.is_sqlite != is_sqlite(office.engine):
        raise BackupError("the backup is of the other kind of database: set CANALIZA_DATABASE_URL to one of its kind")
    if _hash(dump) != manifest.sha256:
        raise BackupError(f"{dump.name} is not what was written: use another backup")
    _require_empty(office)
    with held_alone(office.engine):
        _load(office.engine, dump)
    for key in manifest.files:
        office.files.put(backup.parent / FILES / key, key)
    _check(office, manifest)
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """Raises BackupError for a folder that is no whole backup."""
    try:
        return Manifest(**json.loads((backup / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{backup} is no backup: it needs a {MANIFEST}") from error


def prune(folder: Path, keep: int) -> list[Path]:
    """Remove whole backups but the newest `keep`, and files that none of those holds; the folders that went.

    Raises BackupError for `keep` below 1, OSError.
    """
    if keep < 1:
        raise BackupError("at least one backup is kept")
    whole = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    kept, old = whole[-keep:], whole[:-keep]
    needed = {key for backup in kept for key in read_manifest(backup).files}
    for backup in old:
        shutil.rmtree(backup)
    if old:
        for path in (folder / FILES).rglob("*"):
            if path.is_file() and path.relative_to(folder / FILES).as_posix() not in needed:
                path.unlink()
    return old


def find_newest(folder: Path) -> datetime | None:
    """When the newest whole backup in `folder` was made."""
    found = sorted(folder.glob(f"*/{MANIFEST}"))
    return datetime.fromisoformat(read_manifest(found[-1].parent).made_at) if found else None


def _dump(engine: Engine, target: Path) -> None:
    if is_sqlite(engine):
        with sqlite3.connect(str(engine.url.database)) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        copy.close()
        return
    _postgres(engine, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _load(engine: Engine, dump: Path) -> None:
    """Over a database that is there and empty of petitions."""
    if is_sqlite(engine):
        engine.dispose()
        path = Path(str(engine.url.database))
        for side in ("-wal", "-shm"):
            Path(f"{path}{side}").unlink(missing_ok=True)
        shutil.copyfile(dump, path.with_suffix(".restoring"))
        path.with_suffix(".restoring").replace(path)
        return
    _postgres(engine, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump))


def _postgres(engine: Engine, program: str, *arguments: str) -> None:
    """The server's own tool. The password goes by the environment: arguments are seen by everybody on the host."""
    url = engine.url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, "PGPASSWORD": engine.url.password or os.environ.get("PGPASSWORD", "")}
    command = [_find_tool(program), *arguments, f"--dbname={url}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-300:]}")


def _find_tool(program: str) -> str:
    """On the path, else the newest of Debian's."""
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if found is None:
        raise BackupError(f"{program} is not installed: apt install postgresql-client")
    return found


def _copy_files(office: Office, folder: Path) -> list[str]:
    keys = list(_stored_keys(office))
    for key in keys:
        target = folder / key
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy_file(office.files, key, target)
    return keys


def _copy_file(files: Files, key: str, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("wb") as file:
        file.writelines(files.chunks(key))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)


def _stored_keys(office: Office) -> Iterator[str]:
    """Citizens' files, what waits at the front desk, agencies' with their answers, meetings', and the papers, which
    bear a seal and a printed code."""
    heard = select(Attachment.storage_key).where(Attachment.state == "stored", Attachment.storage_key.is_not(None))
    others = (Evidence, Paper, BlockedFile, PieceFile, OfficePaper, MeetingFile)
    wanted = heard, *(select(one.storage_key) for one in others)
    with reading(office.sessions) as session:
        yield from sorted({key for one in wanted for key in session.scalars(one) if key})


def _count(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _require_empty(office: Office) -> None:
    if not inspect(office.engine).has_table(Petition.__tablename__):
        return
    with reading(office.sessions) as session:
        if session.scalar(select(Petition.id).limit(1)) is not None:
            raise BackupError("there are petitions in the database: restore into an empty one, then change over")


def _check(office: Office, manifest: Manifest) -> None:
    """Rows were counted before the copy began, and the office went on: there may be more, never fewer."""
    rows = _count(office.engine)
    short = [name for name, count in manifest.rows.items() if rows.get(name, 0) < count]
    if short:
        raise BackupError(f"fewer rows than there were in {', '.join(short)}: use another backup")


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
