"""Rows of a turn written one by one, at once, each by a statement that was made once.

A unit of work finds out what has changed and in which order it can be written. A turn knows both, and is spared five
sixths of the price (`docs/scale.md`). Never commits.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Update, bindparam, inspect
from sqlalchemy import insert as insert_into
from sqlalchemy import update as update_of
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from intake.tables.base import Table


def write_new(session: Session, row: Table) -> None:
    """Write a row whose table numbers its rows. Afterwards it is whole, numbered, and the session's as if it had been
    read: what is changed from now on is written as any change is."""
    table = type(row)
    for name, default in _defaults(table):
        if name not in row.__dict__:
            set_committed_value(row, name, default())
    values = {name: row.__dict__[name] for name in _names(table)}
    key: Any = session.connection().execute(_insert(table), values).inserted_primary_key
    set_committed_value(row, "id", key[0])
    make_transient_to_detached(row)
    session.add(row)


def write_changed(session: Session, row: Table) -> None:
    """Write what was changed of a row of a table without versions, and nothing else that was changed so far."""
    was = inspect(row).committed_state
    changed = {name: row.__dict__[name] for name in was if row.__dict__[name] != was[name]}
    if changed:
        session.connection().execute(_update(type(row), tuple(changed)), {**changed, "this": row.__dict__["id"]})
    for name, value in changed.items():
        set_committed_value(row, name, value)


def write_last(session: Session, row: Table) -> None:
    """The same for a row that the transaction is done with: the session lets go of it."""
    write_changed(session, row)
    session.expunge(row)


@lru_cache
def _names(table: type[Table]) -> tuple[str, ...]:
    """Of all columns but the number."""
    return tuple(attribute.key for attribute in inspect(table).column_attrs if attribute.key != "id")


@lru_cache
def _defaults(table: type[Table]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """What a column is that was not said. A row's first version is 1."""
    mapper = inspect(table)
    defaults = []
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if column is mapper.version_id_col:
            defaults.append((attribute.key, lambda: 1))
        elif attribute.key != "id":
            defaults.append((attribute.key, _default(column)))
    return tuple(defaults)


def _default(column: Any) -> Callable[[], Any]:
    if column.default is None:
        return lambda: None
    value = column.default.arg
    return (lambda: value(None)) if column.default.is_callable else (lambda: value)


@lru_cache
def _insert(table: type[Table]) -> Insert:
    own: Any = table.__table__
    return insert_into(own)


@lru_cache
def _update(table: type[Table], names: tuple[str, ...]) -> Update:
    own: Any = table.__table__
    return update_of(own).where(own.c.id == bindparam("this")).values({name: bindparam(name) for name in names})
