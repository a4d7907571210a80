"""Carries a whole office from SQLite into an empty PostgreSQL database and proves it before anything is committed.

The proof: of each table the number of rows and a hash over all their values, computed by the same lines on both sides.
Rows flow, none are gathered. Files and model stay where they are. Called by `canaliza move`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from alembic.util import CommandError
from psycopg import sql
from sqlalchemy import Connection, Engine, Row, func, inspect, select, text
from sqlalchemy import Table as Relation
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from intake.database import held_alone, is_sqlite, open_engine
from intake.errors import IntakeError
from intake.schema import is_current, upgrade
from intake.tables import Table

RELATIONS: Sequence[Relation] = Table.metadata.sorted_tables  # what a row refers to goes before it
AT_ONCE = 5_000  # rows that are in memory, and told of
MODULUS = 1 << 256
NUL, REPLACEMENT = "\x00", "\ufffd"
Values = tuple[object, ...]
OnRows = Callable[[int], object]


class MoveError(IntakeError):
    """Nothing was moved; the text says what to do."""


@dataclass(frozen=True)
class Tally:
    """`digest`: the sum of the hashes of the rows, so that their order has no say: databases sort texts differently."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Comparison:
    """One table on both sides."""

    name: str
    source: Tally
    target: Tally

    @property
    def is_equal(self) -> bool:
        return self.source == self.target


def move(source: Engine, target: Engine, on_rows: OnRows) -> list[Comparison]:
    """Carry everything over, compare, commit; whole or not at all. `on_rows` hears of each row twice: carried, read
    back. Raises MoveError, SettingsError while the source is served.
    """
    with _both(source, target, _prepare) as (old, new):
        _lock_empty(new)
        carried = [_carry(old, new, relation, on_rows) for relation in RELATIONS]
        for relation in RELATIONS:
            go_on_numbering(new, relation)
        compared = _compare(carried, new, on_rows)
        if wrong := [one.name for one in compared if not one.is_equal]:
            raise MoveError(f"{', '.join(wrong)} did not arrive as they left: report this as a fault of the program")
        new.execute(text("ANALYZE"))  # a fresh copy has no statistics, and the first queries would read all of it
        return compared


def verify(source: Engine, target: Engine, on_rows: OnRows) -> list[Comparison]:
    """Compare the two once more, before the office goes on at the target. Changes nothing. Raises as `move` does."""
    with _both(source, target, _require_current) as (old, new):
        kept = [_tally(_rows(old, relation, on_rows)) for relation in RELATIONS]
        return _compare(kept, new, on_rows)


def open_target(url: str) -> Engine:
    """Raises MoveError for what names no PostgreSQL database. Connects to nothing yet."""
    try:
        backend = make_url(url).get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise MoveError(f"--to must look like postgresql://user@host/database ({error})") from error
    if backend not in ("postgresql", "postgres"):
        raise MoveError(f"--to must look like postgresql://user@host/database, not {backend}://")
    return open_engine(url)


def count_rows(source: Engine) -> int:
    """Of all tables. Raises MoveError for what is no office's SQLite database."""
    _require_source(source)
    with source.execution_options(reads_only=True).connect() as connection:
        counts = (select(func.count()).select_from(relation) for relation in RELATIONS)
        return sum(connection.scalar(count) or 0 for count in counts)


def count_unstorable(source: Engine) -> dict[str, int]:
    """Texts with NUL, which PostgreSQL refuses, by table and column: «�» stands in their place after the move."""
    with source.execution_options(reads_only=True).connect() as connection:
        found = {
            f"{relation.name}.{column.name}": connection.scalar(
                select(func.count()).select_from(relation).where(func.instr(column, func.char(0)) > 0)
            )
            for relation in RELATIONS
            for column in relation.columns
            if column.type.python_type is str
        }
    return {name: count for name, count in found.items() if count}


@contextmanager
def _both(source: Engine, target: Engine, prepare: Callable[[Engine], None]) -> Iterator[tuple[Connection, Connection]]:
    """A connection to each, one transaction on either side; the target's commits when the block ends well."""
    _require_source(source)
    with held_alone(source), _explained():
        prepare(target)
        with source.execution_options(reads_only=True).connect() as old, target.begin() as new:
            _require_whole(old)
            new.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # it waits while the source is read
            yield old, new


@contextmanager
def _explained() -> Iterator[None]:
    """PostgreSQL's own words without the row's values, which may be a citizen's."""
    try:
        yield
    except SQLAlchemyError as error:
        raise MoveError(f"nothing was moved: {_why(getattr(error, 'orig', None) or error)}") from error
    except (psycopg.Error, CommandError) as error:
        raise MoveError(f"nothing was moved: {_why(error)}") from error


def _why(error: BaseException) -> str:
    diagnosis = error.diag if isinstance(error, psycopg.Error) else None
    if not diagnosis or not diagnosis.message_primary:
        return str(error).strip()
    where = (diagnosis.context or "").partition(":")[0]  # COPY messages, line 3, column reply_to
    return f"{diagnosis.message_primary} ({where})" if where else diagnosis.message_primary


def _require_source(source: Engine) -> None:
    path = source.url.database
    if not is_sqlite(source):
        raise MoveError("CANALIZA_DATABASE_URL names no SQLite database: leave it as it is until the move is done")
    if not path or not Path(path).is_file():
        raise MoveError(f"there is no database {path}: set CANALIZA_DATABASE_URL to the one to move")
    if not is_current(source):
        raise MoveError(f"{path} is of another version than this program: run `canaliza db upgrade` first")


def _require_current(target: Engine) -> None:
    if not is_current(target):
        raise MoveError("the target is of another version than this program, or nothing was moved into it yet")


def _prepare(target: Engine) -> None:
    """Bring an empty database to the newest version; one with anything in it is left as it is."""
    with target.connect() as connection:
        names = set(inspect(connection).get_table_names())
        if names and "alembic_version" not in names:
            raise MoveError("the target holds other tables: make a database for the office (createdb), then again")
        _require_empty(connection, [relation for relation in RELATIONS if relation.name in names])
    upgrade(target)


def _require_whole(source: Connection) -> None:
    """PostgreSQL would refuse a row that refers to none, and not say which."""
    if broken := source.exec_driver_sql("PRAGMA foreign_key_check").first():
        table, row_id, parent, _ = broken
        raise MoveError(f"row {row_id} of {table} refers to a row of {parent} that is not there: mend it first")


def _lock_empty(target: Connection) -> None:
    """Until the commit nobody else writes there, so what was empty stays so."""
    quoted = target.dialect.identifier_preparer.quote
    target.execute(text(f"LOCK TABLE {', '.join(quoted(r.name) for r in RELATIONS)} IN EXCLUSIVE MODE"))
    _require_empty(target, RELATIONS)


def _require_empty(target: Connection, relations: Iterable[Relation]) -> None:
    for relation in relations:
        if target.execute(select(text("1")).select_from(relation).limit(1)).first():
            raise MoveError(f"there are {relation.name} in the target already: move into an empty database")


def _carry(source: Connection, target: Connection, relation: Relation, on_rows: OnRows) -> Tally:
    columns = sql.SQL(", ").join(map(sql.Identifier, relation.columns.keys()))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(relation.name), columns)
    with _cursor(target).copy(statement) as copy:
        return _tally(_written(copy, relation, target, _rows(source, relation, on_rows)))


def _written(copy: psycopg.Copy, relation: Relation, target: Connection, rows: Iterable[Values]) -> Iterator[Values]:
    """The rows, each of which is on its way once it is yielded."""
    dialect = target.dialect
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in relation.columns]
    for row in rows:
        copy.write_row([bind(value) if bind else value for bind, value in zip(processors, row, strict=True)])
        yield row


def _cursor(target: Connection) -> psycopg.Cursor[Any]:
    """The driver's own: SQLAlchemy has no COPY. Its work belongs to the connection's transaction."""
    connection: psycopg.Connection[Any] | None = target.connection.driver_connection
    assert connection is not None
    return connection.cursor()


def _rows(connection: Connection, relation: Relation, on_rows: OnRows) -> Iterator[Values]:
    """All rows in any order, as both databases can hold them."""
    streaming = {"stream_results": True, "yield_per": AT_ONCE}
    for part in connection.execute(select(relation), execution_options=streaming).partitions():
        yield from map(_plain_row, part)
        on_rows(len(part))


def _plain_row(row: Row[Any]) -> Values:
    return tuple(_plain(value) for value in row)


def _plain(value: object) -> object:
    """PostgreSQL gives moments in its session's zone and takes no NUL in a text."""
    match value:
        case datetime():
            return value.astimezone(UTC)
        case str():
            return value.replace(NUL, REPLACEMENT)
    return value


def _tally(rows: Iterable[Values]) -> Tally:
    count, total = 0, 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")
    return Tally(count, f"{total % MODULUS:064x}")


def _compare(sources: Sequence[Tally], target: Connection, on_rows: OnRows) -> list[Comparison]:
    pairs = zip(RELATIONS, sources, strict=True)
    return [Comparison(r.name, tally, _tally(_rows(target, r, on_rows))) for r, tally in pairs]


def go_on_numbering(target: Connection, relation: Relation) -> None:
    """The next row's number follows the greatest that came."""
    numbered = relation.autoincrement_column
    if numbered is None:
        return
    sequence = func.pg_get_serial_sequence(relation.name, numbered.name)
    greatest = select(func.max(numbered)).scalar_subquery()
    target.execute(select(func.setval(sequence, func.coalesce(greatest, 1), greatest.is_not(None))))
