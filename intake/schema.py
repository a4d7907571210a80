"""The database's shape: migrations that run the same on SQLite and PostgreSQL. Called by `canaliza db upgrade`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from intake.database import is_sqlite, reshaping

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x43414E41  # «CANA»: two hosts that start at once upgrade one after the other


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, newest by default. Commits."""
    with reshaping(engine) as connection:
        if not is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with reshaping(engine) as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    with engine.execution_options(reads_only=True).connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(_config(None)).get_heads())


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
