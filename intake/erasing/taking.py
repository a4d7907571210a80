"""Takes a person's values out of their rows: into the vault while they are blocked, or for good. Never commits."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Table as Relation
from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from intake.erasing.inventory import taken_of
from intake.erasing.placeholders import emptied
from intake.erasing.rows import DROPPED, RELATIONS, Person, key_of, list_taken, of_person

Keep = Callable[[str, str, dict[str, Any]], object]  # table, row, values before


def take_all(session: Session, person: Person, keep: Keep) -> int:
    """Every value that identifies the person or tells what they said; how many rows changed."""
    session.flush()
    changed = sum(_take(session, name, of_person(name, person), keep) for name in list_taken())
    for name in DROPPED:
        session.execute(delete(RELATIONS[name]).where(of_person(name, person)))
    session.expire_all()
    return changed


def take_where(session: Session, name: str, which: Any, keep: Keep) -> int:
    """Of one table, rows that no way of the person's leads to."""
    session.flush()
    return _take(session, name, which, keep)


def _take(session: Session, name: str, which: Any, keep: Keep) -> int:
    relation, columns = RELATIONS[name], taken_of(name)
    changed = 0
    for row in list(_rows(session, relation, which, columns)):
        then = {column: emptied(name, relation.c[column], row) for column in columns}
        if all(row[column] == value for column, value in then.items()):
            continue
        own = {column: row[column] for column in key_of(relation)}
        keep(name, "-".join(str(value) for value in own.values()), {column: row[column] for column in columns})
        at = and_(*(relation.c[column] == value for column, value in own.items()))
        session.execute(update(relation).where(at).values(then))
        changed += 1
    return changed


def _rows(session: Session, relation: Relation, which: Any, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    wanted = select(*(relation.c[name] for name in dict.fromkeys((*key_of(relation), *columns)))).where(which)
    yield from (dict(row) for row in session.execute(wanted).mappings())
