"""Migrations: the same on both databases, equal to the tables, and back again."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from intake.database import open_engine
from intake.schema import downgrade, is_current, upgrade
from intake.tables import Table


def test_migrations_make_what_the_tables_say(database_url: str) -> None:
    engine = open_engine(database_url)
    assert is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_back_to_nothing_and_up_again(database_url: str) -> None:
    engine = open_engine(database_url)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    upgrade(engine)
    assert is_current(engine)
    engine.dispose()


def test_a_new_database_is_not_current(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")
    assert not is_current(engine)
    engine.dispose()
