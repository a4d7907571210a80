"""Where SQLite and PostgreSQL differ, and nowhere else: engines, insert-once, claims, wake-ups.

SQLite serves one process (single writer, WAL); PostgreSQL serves many (SKIP LOCKED, LISTEN/NOTIFY).
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVarTuple

import psycopg
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Select,
    String,
    Text,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeDecorator

from intake.errors import SettingsError

SQLITE_BUSY_MS = 15_000
SQLITE_LOOKS_S = 0.1  # at most between two looks of one that waits to write
IDLE_IN_TRANSACTION_MS = 15_000  # no transaction waits for anything but the database
TRUSTED_S = 1.0  # of rest
WAKE_CHANNEL = "canaliza_work"
WORD_INDEX = "ix_matters_words"  # of all pieces of three letters of the matters' texts (migration 0013)
# The index of `search_texts.words`, which are plain words already: neither database is to fold or to stem them again.
# SQLite: FTS5 beside the table, kept by triggers. PostgreSQL: GIN over the words as they are, without its parser,
# and without a list of what is still to be put in, which each search would read.
SEARCH_INDEX = "search_index"
SEARCH_VECTOR = "array_to_tsvector(string_to_array(words, ' '))"
SEARCH_INDEXES = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {SEARCH_INDEX} USING fts5(words, content='search_texts', content_rowid='petition_id',"
        " tokenize='unicode61 remove_diacritics 2', prefix='3 4', detail=none)",
        "CREATE TRIGGER search_texts_new AFTER INSERT ON search_texts BEGIN"  # noqa: S608
        f" INSERT INTO {SEARCH_INDEX}(rowid, words) VALUES (new.petition_id, new.words); END",
        "CREATE TRIGGER search_texts_gone AFTER DELETE ON search_texts BEGIN"  # noqa: S608
        f" INSERT INTO {SEARCH_INDEX}({SEARCH_INDEX}, rowid, words)"
        " VALUES ('delete', old.petition_id, old.words); END",
        "CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts BEGIN"  # noqa: S608
        f" INSERT INTO {SEARCH_INDEX}({SEARCH_INDEX}, rowid, words)"
        " VALUES ('delete', old.petition_id, old.words);"
        f" INSERT INTO {SEARCH_INDEX}(rowid, words) VALUES (new.petition_id, new.words); END",
    ),
    "postgresql": (f"CREATE INDEX {SEARCH_INDEX} ON search_texts USING gin ({SEARCH_VECTOR}) WITH (fastupdate = off)",),
}
Columns = TypeVarTuple("Columns")


def append_only(name: str) -> dict[str, tuple[str, ...]]:
    """Statements, by database, after which it refuses to change or remove a row of that table."""
    refusal = f"{name} is only added to"
    lite = "CREATE TRIGGER {0}_no_{1} BEFORE {1} ON {0} BEGIN SELECT RAISE(ABORT, '{2}'); END"
    grand = (
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    return {
        "sqlite": tuple(lite.format(name, act, refusal) for act in ("update", "delete")),
        "postgresql": (
            grand,
            f"CREATE TRIGGER {name}_refused BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()",
        ),
    }


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on both sides: SQLite stores no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime does not say when it is")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def open_engine(database_url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; makes SQLite's folder. Connects to nothing yet.

    Its errors keep what was being written to themselves: they end in logs, and the values are citizens' (I9).
    """
    url = make_url(database_url.replace("postgres://", "postgresql://", 1))
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(database_url, url.database)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=10,
        pool_use_lifo=True,  # each keeps statements and pages: what rests stays small
        max_overflow=20,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkin", _note_used)
    event.listen(engine, "checkout", _require_alive)
    return engine


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def open_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def insert_once(session: Session, table: Any, rows: Sequence[dict[str, Any]], *returning: Any) -> Sequence[Any]:
    """Insert rows whose unique keys are new; returns the `returning` columns, if any are wanted, of those that were."""
    if not rows:
        return []
    statement = _once(_dialect(session), table, returning, tuple(rows[0]))
    done = session.connection().execute(statement, _as_values(session, rows))
    return done.all() if returning else []


def insert_or_touch(
    session: Session,
    table: Any,
    rows: Sequence[dict[str, Any]],
    *,
    keys: Sequence[str],
    touch: Sequence[str],
    returning: Any,
) -> Sequence[Any]:
    """Insert rows; where `keys` exist, fill `touch` columns that are empty: either way the row is now locked."""
    statement = _or_touch(_dialect(session), table, tuple(keys), tuple(touch), tuple(returning), tuple(rows[0]))
    return session.connection().execute(statement, _as_values(session, rows)).all()


def insert_or_replace(session: Session, table: Any, row: dict[str, Any], *, keys: Sequence[str]) -> None:
    """One row, which takes the place of the one with those keys. No object of the session is told."""
    statement = _or_replace(_dialect(session), table, tuple(keys), tuple(row))
    session.connection().execute(statement, _as_values(session, [row]))


def insert_all(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that nothing refers to: many at once, without an object for each."""
    if rows:
        statement = _insert(_dialect(session), table, tuple(rows[0]))
        session.connection().execute(statement, _as_values(session, rows))


def claimable(statement: Select[*Columns], of: Any = None) -> Select[*Columns]:
    """Rows that no other worker is claiming this moment. SQLite renders no lock: its single writer is the lock."""
    return statement.with_for_update(skip_locked=True, of=of)


def without_index(column: Any) -> ColumnElement[str]:
    """The column's text, along no index of it: where another one leads to fewer rows. SQLite does not know how many
    rows a value has, and takes an index by equality before one that gives the order or the own few."""
    return func.coalesce(column, "")


# Statements are made once and given their rows on execution: making one took longer than running it.
@lru_cache
def _insert(dialect: str, table: Any, names: tuple[str, ...]) -> Any:
    """PostgreSQL is given one array for each column: a short statement, which stays prepared, whatever the number of
    rows; with the rows in the statement a quarter of the time went into reading it."""
    if dialect == "sqlite":
        return sqlite.insert(table.__table__)
    columns = [table.__table__.c[name] for name in names]
    arrays = [bindparam(column.name, type_=postgresql.ARRAY(_item(column), dimensions=1)) for column in columns]
    rows = func.unnest(*arrays).table_valued(*names).render_derived()
    return postgresql.insert(table.__table__).from_select(names, select(*(rows.c[name] for name in names)))


@lru_cache
def _once(dialect: str, table: Any, returning: tuple[Any, ...], names: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table, names).on_conflict_do_nothing()
    return _returning(statement, table, returning) if returning else statement.inline()


@lru_cache
def _or_touch(
    dialect: str,
    table: Any,
    keys: tuple[str, ...],
    touch: tuple[str, ...],
    returning: tuple[Any, ...],
    names: tuple[str, ...],
) -> ReturningInsert[Any]:
    statement = _insert(dialect, table, names)
    changes = {name: func.coalesce(table.__table__.c[name], statement.excluded[name]) for name in touch}
    return _returning(statement.on_conflict_do_update(index_elements=keys, set_=changes), table, returning)


@lru_cache
def _or_replace(dialect: str, table: Any, keys: tuple[str, ...], names: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table, names)
    changes = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def _item(column: Column[Any]) -> Any:
    """A cast to varchar(n)[] would cut what is too long; as text it is refused."""
    return Text() if isinstance(column.type, String) else column.type


def _as_values(session: Session, rows: Sequence[dict[str, Any]]) -> Any:
    """As `_insert` wants them."""
    if _dialect(session) == "sqlite":
        return list(rows)
    return {name: [row[name] for row in rows] for name in rows[0]}


def _returning(statement: Any, table: Any, attributes: Sequence[Any]) -> ReturningInsert[Any]:
    returning: ReturningInsert[Any] = statement.returning(*(table.__table__.c[a.key] for a in attributes))
    return returning


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _open_sqlite(database_url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        database_url,
        connect_args={"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False},
        pool_size=10,
        pool_use_lifo=True,  # each keeps statements and pages: what rests stays small
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_postgresql(connection: Any, _record: ConnectionPoolEntry) -> None:
    """A process that sleeps inside a transaction would keep its locks, and with them every other sender and worker."""
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS}")
    connection.commit()


def _note_used(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _require_alive(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """A connection that rested is tried first, as after a restart of the server; one in use is not asked each time."""
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < TRUSTED_S:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error  # the pool opens another one


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    """WAL with synchronous=FULL: a 2xx must survive a power cut (invariant I1); NORMAL may lose the last commits."""
    connection.isolation_level = None  # sqlite3 must not open transactions of its own beside ours
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """A reader that becomes a writer half way fails with SQLITE_BUSY at once; taking the lock first waits instead.

    Sessions that only read say so (`reading`), and do not queue behind the writer.
    """
    mode = "BEGIN" if connection.get_execution_options().get("reads_only") else "BEGIN IMMEDIATE"
    connection.exec_driver_sql(mode)


@contextmanager
def reshaping(engine: Engine) -> Iterator[Connection]:
    """A transaction that may change tables. SQLite cannot drop a column with an index: Alembic makes the table anew and
    drops the old one, whose rows others refer to. So references are not watched meanwhile, and checked at the end."""
    with engine.connect() as connection:
        _watch_references(connection, is_on=False)
        try:
            with connection.begin():
                yield connection
                if is_sqlite(engine) and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise SettingsError(f"a row of {broken[0]} would refer to none in {broken[2]}: nothing was changed")
        finally:
            _watch_references(connection, is_on=True)


def _watch_references(connection: Connection, *, is_on: bool) -> None:
    """Through the driver: inside a transaction, which SQLAlchemy would begin, SQLite ignores it."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that only reads: on SQLite it does not wait for the writer. On PostgreSQL each question stands alone,
    as READ COMMITTED has it anyway: no BEGIN, and no ROLLBACK, after which psycopg forgets what it had prepared."""
    engine: Engine = sessions.kw["bind"]
    options = {"reads_only": True} if is_sqlite(engine) else {"isolation_level": "AUTOCOMMIT"}
    with sessions(bind=engine.execution_options(**options)) as session:
        yield session


@contextmanager
def overwriting(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A transaction, committed at its end, whose replaced values stay neither in the free parts of SQLite's pages
    nor in its index of words. PostgreSQL keeps old rows until they are vacuumed (`compact`)."""
    with sessions.begin() as session:
        connection = session.connection()
        if connection.dialect.name != "sqlite":
            yield session
            return
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
        yield session
        session.flush()
        connection.exec_driver_sql(f"INSERT INTO {SEARCH_INDEX}({SEARCH_INDEX}) VALUES('optimize')")
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def compact(engine: Engine) -> None:
    """Nothing that was deleted stays in the database's own files: rewritten whole on SQLite, which holds up writers
    meanwhile; old rows are given up on PostgreSQL, whose readers and writers go on."""
    lite = f"INSERT INTO {SEARCH_INDEX}({SEARCH_INDEX}) VALUES('optimize')", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"
    statements = lite if is_sqlite(engine) else ("VACUUM",)
    driver: Any = engine.raw_connection()
    try:
        if not is_sqlite(engine):
            driver.driver_connection.autocommit = True
        for statement in statements:
            driver.cursor().execute(statement)
    finally:
        if not is_sqlite(engine):
            driver.driver_connection.autocommit = False
        driver.close()


def database_time(session: Session) -> datetime:
    """Now, by the clock of the database's host; SQLite has this one's."""
    now = datetime.now(UTC)
    if _dialect(session) == "sqlite":
        return now
    told: datetime = session.scalar(select(func.clock_timestamp())) or now
    return told


def one_at_a_time(session: Session, name: str) -> None:
    """Until the transaction ends, no other one under that name, on any host. SQLite has one writer anyway."""
    if _dialect(session) != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def give_way(sessions: sessionmaker[Session]) -> None:
    """Between many transactions one after the other: whoever waits to write on SQLite, which has no queue, looks again
    meanwhile; else nobody else writes until the last of them."""
    if is_sqlite(sessions.kw["bind"]):
        time.sleep(1.5 * SQLITE_LOOKS_S)


def is_any(sessions: sessionmaker[Session], statement: Select[*tuple[Any, ...]]) -> bool:
    """Whether there is a row: an idle look takes no write lock on SQLite."""
    with reading(sessions) as session:
        return session.execute(statement.limit(1)).first() is not None


def has_word_index(session: Session) -> bool:
    """Only on PostgreSQL, where its extension pg_trgm is to be had."""
    if _dialect(session) == "sqlite":
        return False
    return bool(session.scalar(select(func.to_regclass(WORD_INDEX).is_not(None))))


def found_by_words(session: Session, asked: Sequence[Sequence[tuple[str, bool]]]) -> Select[int]:
    """Ids of petitions, as `petition_id`, each of whose `asked` is answered by any of its units: words as
    `search_words` makes them (letters and digits only), with whether a word's beginning is enough.

    A question to be joined and ordered by that id: on SQLite along the index, no farther than is read. PostgreSQL
    collects the ids from its index first: left to choose, it reads petitions from the newest on, word by word, until
    the page is full, which for a word of few or of none is all of them (0.34 s of 40,000 instead of 5 ms).
    """
    if _dialect(session) == "sqlite":
        index = table(SEARCH_INDEX, column("rowid"), column(SEARCH_INDEX))
        said = " AND ".join(f"({' OR '.join(_fts_unit(*unit) for unit in units)})" for units in asked)
        return select(index.c.rowid.label("petition_id")).where(index.c[SEARCH_INDEX].op("MATCH")(said))
    texts = table("search_texts", column("petition_id"))
    said = " & ".join(f"({' | '.join(_tsquery_unit(*unit) for unit in units)})" for units in asked)
    matches = text(f"{SEARCH_VECTOR} @@ CAST(:said AS tsquery)").bindparams(said=said)
    found = select(texts.c.petition_id).where(matches).cte("found").prefix_with("MATERIALIZED")
    return select(found.c.petition_id)


def _fts_unit(word: str, begins: bool) -> str:
    return f'"{word}"*' if begins else f'"{word}"'


def _tsquery_unit(word: str, begins: bool) -> str:
    return f"'{word}':*" if begins else f"'{word}'"


@contextmanager
def held_alone(engine: Engine) -> Iterator[None]:
    """SQLite serves one process: a lock file beside the database keeps a second one out. Raises SettingsError."""
    path = engine.url.database
    if not is_sqlite(engine) or not path or path == ":memory:":
        yield
        return
    with Path(f"{path}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError(f"{path} is served by another process: stop it, or use PostgreSQL for many") from error
        yield


class Wake:
    """Tells this process's workers, and on PostgreSQL those of other hosts, that rows are waiting.

    Notified after the commit: NOTIFY inside the transaction made enqueueing 1.7 times slower (measured, DESIGN).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._event = threading.Event()
        self._stopped = threading.Event()
        self._senders: list[Callable[[], object]] = []

    def on_replies(self, wake_sender: Callable[[], object]) -> None:
        """`wake_sender` is called, from any thread, whenever replies may be waiting."""
        self._senders.append(wake_sender)

    def replies(self) -> None:
        """Replies were queued by this process, whose own sender takes them."""
        for wake_sender in self._senders:
            wake_sender()

    def now(self) -> None:
        """Never raises: what it tells of is committed, and polling finds it too when the database is away again."""
        self._event.set()
        self.replies()
        if not is_sqlite(self._engine):
            with (
                suppress(SQLAlchemyError),
                self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
            ):
                connection.exec_driver_sql(f"NOTIFY {WAKE_CHANNEL}")

    def wait(self, timeout_s: float) -> None:
        self._event.wait(timeout_s)
        self._event.clear()

    def stop(self) -> None:
        self._stopped.set()
        self._event.set()

    def listen(self) -> None:
        """Runs in a thread of its own until `stop`: passes other hosts' notifications on. Polling covers its gaps."""
        while not self._stopped.is_set() and not is_sqlite(self._engine):
            try:
                self._listen_once()
            except psycopg.Error:
                self._stopped.wait(1.0)

    def _listen_once(self) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {WAKE_CHANNEL}")
            while not self._stopped.is_set():
                for _ in connection.notifies(timeout=1.0, stop_after=1):
                    self._event.set()
                    self.replies()
