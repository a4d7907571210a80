"""Throw-away databases: a SQLite file, or a database of the PostgreSQL server that scripts/with-postgres started.

Migrations run once in a process; each test gets a copy of what they made.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from intake.database import open_engine
from intake.schema import upgrade

SERVER = "CANALIZA_TEST_POSTGRES"


@contextmanager
def fresh_database(kind: str, folder: Path, *, is_migrated: bool = True) -> Iterator[str]:
    """A database's URL; it is gone afterwards."""
    name = f"t{uuid.uuid4().hex}"
    if kind == "sqlite":
        path = folder / f"{name}.db"
        if is_migrated:
            shutil.copyfile(_sqlite_model(), path)
        yield f"sqlite:///{path}"
        return
    model = _postgresql_model() if is_migrated else "template1"
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')
        try:
            yield _url(name)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _sqlite_model() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="canaliza-model-"))
    _migrate(f"sqlite:///{folder}/model.db")
    return folder / "model.db"


@cache
def _postgresql_model() -> str:
    name = f"m{uuid.uuid4().hex}"
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    _migrate(_url(name))
    return name


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


def _url(name: str) -> str:
    return make_url(os.environ[SERVER]).set(database=name).render_as_string(hide_password=False)
