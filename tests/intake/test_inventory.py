"""What every column is of a person's: nothing of the metadata is left out, and the page says what the program does."""

from pathlib import Path

from intake.erasing.inventory import CITIZENS, TABLES, TAKEN, as_markdown
from intake.erasing.rows import APART, DROPPED, ONWARD, RELATIONS, check_complete
from tests.intake.test_scale import WAYS

PAGE = Path("docs/privacy.md")


def test_every_column_of_every_table_has_its_word() -> None:
    named = {name: set(columns) for tables in TABLES.values() for name, columns in tables.items()}
    assert named == {name: set(relation.columns.keys()) for name, relation in RELATIONS.items()}
    assert sum(len(tables) for tables in TABLES.values()) == len(RELATIONS)


def test_every_table_of_a_person_is_reached() -> None:
    assert check_complete() == set()
    steps = {name: way[0] for name, way in WAYS.items() if way and name not in APART}
    assert steps == {name: onward for name, onward in ONWARD.items() if name != "conversations"}


def test_a_key_is_never_emptied() -> None:
    for name, columns in CITIZENS.items():
        keys = {column.name for column in RELATIONS[name].primary_key.columns}
        references = {column.name for column in RELATIONS[name].columns if column.foreign_keys}
        emptied = {column for column, kind in columns.items() if kind in TAKEN}
        assert not (keys | references) & emptied, name
    assert set(DROPPED) <= set(CITIZENS)


def test_the_page_holds_the_inventory() -> None:
    assert as_markdown() in PAGE.read_text("utf-8"), "write it anew: canaliza privacy inventory"
