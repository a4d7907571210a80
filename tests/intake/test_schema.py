"""Migrations: the same on both databases, equal to the tables, and back again."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table as Relation
from sqlalchemy import UniqueConstraint, inspect, text

from intake.carrying.undoing import MADE, OWN
from intake.database import SEARCH_INDEX, WORD_INDEX, open_engine
from intake.erasing.rows import BY_CITIZEN, DROPPED, ONWARD
from intake.errors import Busy
from intake.schema import can_serve, downgrade, is_current, upgrade
from intake.tables.base import Table


def _is_of_both(name: str | None, _kind: str, _parents: object) -> bool:
    return name != WORD_INDEX and not (name or "").startswith(SEARCH_INDEX)


def test_migrations_make_what_the_tables_say(database_url: str) -> None:
    """But for the indexes of words, of which each database has its own."""
    engine = open_engine(database_url)
    assert is_current(engine)
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": _is_of_both}
        context = MigrationContext.configure(connection, opts=opts)
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


def test_a_program_serves_on_a_later_database_and_not_on_an_earlier_one(database_url: str) -> None:
    engine = open_engine(database_url)
    assert can_serve(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert can_serve(engine)  # another host was upgraded first
    assert not is_current(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    assert not can_serve(engine)
    engine.dispose()


def test_an_upgrade_that_cannot_have_a_table_gives_up_and_says_so(database_url: str) -> None:
    engine = open_engine(database_url)
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    downgrade(engine, "0007")
    holder = open_engine(database_url)
    with holder.connect() as other:
        other.execute(text("LOCK TABLE replies IN ACCESS SHARE MODE"))
        with pytest.raises(Busy):
            upgrade(engine, pauses_s=())
        other.rollback()
    upgrade(engine)
    assert is_current(engine)
    for one in (engine, holder):
        one.dispose()


def _led_by(relation: Relation) -> set[str]:
    """Columns with which an index begins."""
    orders = [relation.primary_key.columns, *(index.columns for index in relation.indexes)]
    orders += [one.columns for one in relation.constraints if isinstance(one, UniqueConstraint)]
    return {next(iter(order)).name for order in orders if len(order)}


def test_what_refers_to_a_row_that_may_go_is_found_by_an_index() -> None:
    """An import is undone and a person is erased row by row: for each the database looks whether anything refers to
    it, and without an index that is a table read whole for every row."""
    go = OWN | MADE | set(DROPPED) | set(BY_CITIZEN)
    tables = Table.metadata.tables
    ways = {(name, column) for name, column in ONWARD.items() if name != "conversations"}
    references = {
        (name, column.name)
        for name, relation in tables.items()
        for column in relation.columns
        for reference in column.foreign_keys
        if reference.column.table.name in go
    }
    unled = {(name, column) for name, column in references | ways if column not in _led_by(tables[name])}
    assert unled == set()
