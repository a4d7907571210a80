"""Everything of the office as JSON Lines and files: a line a row, a file a hash, and a manifest that proves them.

All rows are of one moment: one snapshot of the database, while the office goes on. Rows flow, none are gathered.
What is left out, and why: `leaving_out`. Its shape: docs/export.md. Called by `canaliza export` and by a loop.
"""

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text, union
from sqlalchemy import Table as Relation

from intake.carrying.leaving_out import COLUMNS, TABLES, WITH_FILES
from intake.clock import utc_now
from intake.database import is_sqlite
from intake.erasing.inventory import TABLES as INVENTORY
from intake.errors import FormRefused
from intake.files import CHUNK_BYTES, Files
from intake.office import Office
from intake.tables import Table

FORMAT = 1
AT_ONCE = 1_000  # rows
RELATIONS = Table.metadata.tables


class Target(Protocol):
    """Where an export is written: a folder, or an archive."""

    def begin(self, name: str, *, is_packed: bool) -> Any: ...


class FolderTarget:
    """An empty folder. Raises FormRefused for one with anything in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # one that it makes is its owner's alone
        if any(folder.iterdir()):
            raise FormRefused("folder")
        self._folder = folder

    @contextmanager
    def begin(self, name: str, *, is_packed: bool) -> Iterator[BinaryIO]:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            yield file


class ZipTarget:
    """Of more than four gigabytes too; what is packed already is not packed again."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def begin(self, name: str, *, is_packed: bool) -> Iterator[BinaryIO]:
        info = ZipInfo(name, utc_now().timetuple()[:6])
        info.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
        with self._archive.open(info, "w", force_zip64=True) as file:
            yield file  # type: ignore[misc]  # a zip's member writes bytes, and is no BinaryIO by name


@dataclass(frozen=True)
class Part:
    """A file of the export. `rows`: lines of it; None for what is no table."""

    name: str
    rows: int | None
    bytes: int
    sha256: str


@dataclass
class Manifest:
    """`missing`: files that a row tells of and the store does not hold."""

    made_at: str
    revision: str
    jurisdiction: str
    format: int = FORMAT
    tables: list[Part] = field(default_factory=list)
    files: Part | None = None
    file_count: int = 0
    missing: list[str] = field(default_factory=list)
    left_out_tables: list[str] = field(default_factory=lambda: sorted(TABLES))
    left_out_columns: dict[str, list[str]] = field(default_factory=lambda: {k: sorted(v) for k, v in COLUMNS.items()})

    @property
    def rows(self) -> int:
        return sum(part.rows or 0 for part in self.tables)


class _Hashing:
    """Counts and hashes what passes through."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.size, self._hash = file, 0, hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def part(self, name: str, rows: int | None) -> Part:
        return Part(name, rows, self.size, self._hash.hexdigest())


def export_all(office: Office, target: Target) -> Manifest:
    """Tables first, of one moment; then files, each once; the manifest last, so that without it nothing is whole."""
    with _snapshot(office) as connection:
        manifest = Manifest(utc_now().isoformat(), _revision(connection), office.jurisdiction.folder.name)
        for relation in Table.metadata.sorted_tables:
            if relation.name not in TABLES:
                manifest.tables.append(_write_table(connection, relation, target))
        _write_files(connection, office.files, target, manifest)
    for name, content in (("schema.json", schema()), ("manifest.json", asdict(manifest))):
        with target.begin(name, is_packed=False) as file:
            file.write(json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")
    return manifest


def schema() -> dict[str, Any]:
    """Of each table its columns: type, whether it may be empty, what it refers to, and what it is of a person's."""
    kinds = {name: columns for tables in INVENTORY.values() for name, columns in tables.items()}
    return {
        relation.name: {
            column.name: {
                "type": _type(column.type.python_type),
                "empty": bool(column.nullable),
                "refers_to": [key.target_fullname for key in column.foreign_keys],
                "of_a_person": kinds[relation.name][column.name].value,
            }
            for column in _columns(relation)
        }
        for relation in Table.metadata.sorted_tables
        if relation.name not in TABLES
    }


@contextmanager
def _snapshot(office: Office) -> Iterator[Connection]:
    """SQLite's readers see what was committed when they began; PostgreSQL's, at this level, too."""
    if is_sqlite(office.engine):
        with office.engine.execution_options(reads_only=True).connect() as connection:
            yield connection
        return
    with office.engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(
            text("SET LOCAL idle_in_transaction_session_timeout = 0")
        )  # it waits while files are written
        yield connection


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _write_table(connection: Connection, relation: Relation, target: Target) -> Part:
    columns = _columns(relation)
    names = [column.name for column in columns]
    keys = list(relation.primary_key.columns)
    statement = select(*columns).order_by(*keys)
    name, count = f"tables/{relation.name}.jsonl", 0
    with target.begin(name, is_packed=False) as file:
        out = _Hashing(file)
        options = {"stream_results": True, "yield_per": AT_ONCE}
        for rows in connection.execute(statement, execution_options=options).partitions():
            lines = (ENCODE(dict(zip(names, row, strict=True))) for row in rows)
            out.write("".join(f"{line}\n" for line in lines).encode())
            count += len(rows)
    return out.part(name, count)


def _columns(relation: Relation) -> list[Any]:
    left_out = COLUMNS.get(relation.name, frozenset())
    return [column for column in relation.columns if column.name not in left_out]


def _plain(value: object) -> object:
    """What JSON has no word for; the rest goes as it is."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"no column is a {type(value).__name__}")


ENCODE = json.JSONEncoder(ensure_ascii=False, default=_plain).encode


def _type(python: type) -> str:
    names: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", bytes: "base64"}
    return (names | {datetime: "moment", date: "day"}).get(python, "json")


def _write_files(connection: Connection, files: Files, target: Target, manifest: Manifest) -> None:
    """Each file once, in the order of its key; what is blocked stays apart."""
    blocked = select(RELATIONS["blocked_files"].c.storage_key)
    keys = union(*(select(RELATIONS[name].c.storage_key.label("key")) for name in WITH_FILES)).subquery()
    wanted = select(keys.c.key).where(keys.c.key.is_not(None), keys.c.key != "", keys.c.key.not_in(blocked))
    options = {"stream_results": True, "yield_per": AT_ONCE}
    with tempfile.TemporaryFile(prefix="canaliza-") as aside:  # an archive takes one member at a time
        for key in connection.execute(wanted.order_by(keys.c.key), execution_options=options).scalars():
            part = _write_file(files, key, target)
            if part is None:
                manifest.missing.append(key)
                continue
            manifest.file_count += 1
            line = {"name": part.name, "bytes": part.bytes, "sha256": part.sha256}
            aside.write(json.dumps(line).encode() + b"\n")
        aside.seek(0)
        manifest.files = _write_listing(aside, target, manifest.file_count)


def _write_listing(aside: IO[bytes], target: Target, count: int) -> Part:
    with target.begin("files.jsonl", is_packed=False) as file:
        out = _Hashing(file)
        while chunk := aside.read(CHUNK_BYTES):
            out.write(chunk)
    return out.part("files.jsonl", count)


def _write_file(files: Files, key: str, target: Target) -> Part | None:
    """None: it is not in the store."""
    try:
        chunks = files.chunks(key)
        first = next(chunks, b"")
    except FileNotFoundError:
        return None
    name = f"files/{key}"
    with target.begin(name, is_packed=True) as file:
        out = _Hashing(file)
        out.write(first)
        for chunk in chunks:
            out.write(chunk)
    return out.part(name, None)
