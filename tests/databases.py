"""Throw-away databases: a SQLite file, or a database of the PostgreSQL server that scripts/with-postgres started."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from intake.database import open_engine
from intake.schema import upgrade

SERVER = "CANALIZA_TEST_POSTGRES"


@contextmanager
def fresh_database(kind: str, folder: Path, *, is_migrated: bool = True) -> Iterator[str]:
    """A database's URL; it is gone afterwards."""
    if kind == "sqlite":
        url = f"sqlite:///{folder}/test.db"
        if is_migrated:
            _migrate(url)
        yield url
        return
    server, name = os.environ[SERVER], f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        try:
            if is_migrated:
                _migrate(url)
            yield url
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
