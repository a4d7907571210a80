"""The database's shape: migrations that run the same on SQLite and PostgreSQL. Called by `canaliza db upgrade`."""

import time
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from intake import tables_answers  # noqa: F401 — the shape is whole with them
from intake.database import is_sqlite, reshaping
from intake.errors import Busy

MIGRATIONS = Path(__file__).parent / "migrations"
# A migration that waits for a table makes everybody behind it wait: it gives up soon and comes again.
LOCK_TIMEOUT_MS, LOCK_PAUSES_S = 3_000, (1, 2, 5, 10)
UPGRADE_LOCK = 0x43414E41  # «CANA»: two hosts that start at once upgrade one after the other


def upgrade(engine: Engine, revision: str = "head", *, pauses_s: Sequence[float] = LOCK_PAUSES_S) -> None:
    """Bring the database to a revision, newest by default, whole or not at all. Commits.

    Raises Busy after as many pauses as there are: somebody holds a table that has to change.
    """
    for pause_s in (*pauses_s, None):
        try:
            _upgrade(engine, revision)
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            if pause_s is None:
                raise Busy("the tables are in use: run `canaliza db upgrade` again in a quieter minute") from error
            time.sleep(pause_s)


def _upgrade(engine: Engine, revision: str) -> None:
    with reshaping(engine) as connection:
        if not is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with reshaping(engine) as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    return _found(engine) == newest()


def can_serve(engine: Engine) -> bool:
    """The database is of this program's version or of a later one: migrations only add (docs/deploy.md), so that hosts
    are upgraded one after the other while the others serve."""
    found = _found(engine)
    return found is not None and int(found) >= int(newest())


def newest() -> str:
    """The revision that this program was written for."""
    (head,) = ScriptDirectory.from_config(_config(None)).get_heads()
    return head


def _found(engine: Engine) -> str | None:
    with engine.execution_options(reads_only=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
