"""Throw-away databases: a SQLite file, or a database of the PostgreSQL server that scripts/with-postgres started.

Migrations run once in a process. A SQLite file is copied; a PostgreSQL database is emptied and used again, because the
making of one takes longer than most tests.
"""

import os
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from intake.database import open_engine
from intake.schema import upgrade

SERVER = "CANALIZA_TEST_POSTGRES"
USES_MAX = 50  # what is deleted stays on its pages
SHAPE = """SELECT (SELECT version_num FROM alembic_version),
    (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc)"""
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
RESTART = """SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL"""
_idle: list[str] = []
_uses: Counter[str] = Counter()


@contextmanager
def fresh_database(kind: str, folder: Path, *, is_migrated: bool = True) -> Iterator[str]:
    """An empty database's URL; it is gone afterwards."""
    if kind == "sqlite":
        path = folder / f"t{uuid.uuid4().hex}.db"
        if is_migrated:
            shutil.copyfile(_sqlite_model(), path)
        yield f"sqlite:///{path}"
        return
    model = _postgresql_model()[0] if is_migrated else "template1"
    name = _idle.pop() if is_migrated and _idle else _make(model)
    try:
        yield _url(name)
    finally:
        _uses[name] += 1
        if is_migrated and _uses[name] < USES_MAX and _empty(name):
            _idle.append(name)
        else:
            with _server() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@cache
def _sqlite_model() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="canaliza-model-"))
    _migrate(f"sqlite:///{folder}/model.db")
    return folder / "model.db"


@cache
def _postgresql_model() -> tuple[str, object]:
    """A migrated database that nobody uses, and its shape."""
    name = _make("template1")
    _migrate(_url(name))
    with psycopg.connect(_address(name)) as connection:
        assert _filled(connection) == []
        return name, connection.execute(SHAPE).fetchone()


def _make(model: str) -> str:
    name = f"t{uuid.uuid4().hex}"
    with _server() as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(model))
        connection.execute(statement)
    return name


def _empty(name: str) -> bool:
    """Whether it is as the model again; one whose shape a test has changed is not."""
    with psycopg.connect(_address(name), autocommit=True) as connection:
        while connection.execute(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}").fetchone() != (0,):
            pass
        if connection.execute(SHAPE).fetchone() != _postgresql_model()[1]:
            return False
        connection.execute("SET session_replication_role = replica")  # neither references nor append-only tables object
        for table in _filled(connection):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute(RESTART)
    return True


def _filled(connection: psycopg.Connection) -> list[str]:
    named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for (name,) in connection.execute(named).fetchall()
    )
    return [name for (name,) in connection.execute(asked).fetchall()]


def _server() -> psycopg.Connection:
    return psycopg.connect(os.environ[SERVER], autocommit=True)


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


def _url(name: str) -> str:
    return make_url(os.environ[SERVER]).set(database=name).render_as_string(hide_password=False)


def _address(name: str) -> str:
    return _url(name).replace("postgresql+psycopg", "postgresql")
