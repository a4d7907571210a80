"""A database that is in use goes to a newer version, and back, with its rows (RELIABILITY 55)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Engine, Float, Integer, LargeBinary, MetaData, select
from sqlalchemy.orm import Session

from intake.database import SEARCH_INDEX, open_engine
from intake.office import Office
from intake.petitions.history import find_break, list_entries
from intake.schema import MIGRATIONS, downgrade, is_current, upgrade
from intake.tables.petitions import Petition
from tests.conftest import DATABASES
from tests.databases import fresh_database
from tests.talk import Talk

REVISIONS = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]  # oldest first
ROWS = 3
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind, at no version yet."""
    with fresh_database(request.param, tmp_path, is_migrated=False) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def _fill(engine: Engine, shape: MetaData) -> Rows:
    """Rows in every table that has none, made for its columns as they are at this version; all rows there are."""
    with engine.begin() as connection:
        for table in shape.sorted_tables:
            if not connection.execute(select(table)).first():
                rows = [{column.name: _value(column, n) for column in table.columns} for n in range(1, ROWS + 1)]
                connection.execute(table.insert(), rows)
    return _read(engine, shape)


def _value(column: Column[Any], number: int) -> object:
    """Keys and references are the number itself, so that each row refers to the others' rows of its number."""
    match column.type:
        case Boolean():
            return number % 2 == 0
        case Integer():
            return number
        case Float():
            return number + 0.1
        case DateTime():
            return datetime(2026, 11, number, 23, 59, 59, 123456, UTC)
        case Date():
            return date(2026, 11, number)
        case JSON():
            return {"ñ": [number, None, {"a": "«b»"}]}
        case LargeBinary():
            return bytes([number, 0, 255])
    return f"ñ{number}"


def _read(engine: Engine, shape: MetaData) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in shape.sorted_tables
        }


def _shape(engine: Engine) -> MetaData:
    """What the database itself says: the models know the newest version only."""
    shape = MetaData()
    shape.reflect(engine, only=lambda name, _: not name.startswith(SEARCH_INDEX))  # SQLite's own index of words
    shape.remove(shape.tables["alembic_version"])
    return shape


def _kept(before: Rows, now: Rows) -> Rows:
    """Of what there was, the tables and columns that there are now."""
    return {
        name: [{key: value for key, value in row.items() if key in now[name][0]} for row in rows]
        for name, rows in before.items()
        if name in now
    }


def _told_again(before: Rows, now: Rows) -> Rows:
    """Of what there is now, the columns that there were."""
    return {name: [{key: row[key] for key in before[name][0]} for row in now[name]] for name in before}


def test_rows_of_every_version_reach_the_newest_and_go_back_a_step(engine: Engine) -> None:
    upgrade(engine, REVISIONS[0])
    shape = _shape(engine)
    rows = _fill(engine, shape)
    for before, revision in pairwise(REVISIONS):
        upgrade(engine, revision)
        older, shape = shape, _shape(engine)
        assert _told_again(rows, _read(engine, shape)) == rows, revision
        rows = _fill(engine, shape)
        downgrade(engine, before)
        left = _read(engine, older)
        assert left == _kept(rows, left), revision
        upgrade(engine, revision)
        assert _told_again(left, _read(engine, shape)) == left, revision
        rows = _fill(engine, shape)
    assert is_current(engine)
    # Of the three petitions one says that it needs an interpreter: 0019 makes its record.
    assert [row["petition_id"] for row in rows.pop("interpretations")] == [2]
    assert {len(found) for found in rows.values()} == {ROWS}


@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[-2]])
def test_an_office_goes_on_after_the_way_back_and_up(office: Office, talk: Talk, revision: str) -> None:
    talk.says("no hay agua en mi colonia desde el lunes, nadie nos dice nada")
    downgrade(office.engine, revision)
    upgrade(office.engine)
    assert "Santa Cruz Xoxocotlán" in talk.says("xoxocotlan")[0]
    talk.says("también se fue la luz en toda la calle")
    petitions = talk.petitions()
    assert petitions[0].municipality == "20385"
    with office.sessions() as session:
        assert all(_is_whole(session, petition) for petition in petitions)


def _is_whole(session: Session, petition: Petition) -> bool:
    entries = list_entries(session, petition.id)
    return bool(entries) and find_break(entries) is None
