"""What happened to a petition: entries are only appended, and each one's hash covers the one before it.

What staff did or read is noted in the office's one trail too (`trail`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake.audit.trail import STAFF, digest_of, note_act
from intake.database import insert_all
from intake.tables.petitions import HistoryEntry

FIRST = "0" * 64

# Made once: making a statement takes longer than running it.
END = (
    select(HistoryEntry.number, HistoryEntry.hash)
    .where(HistoryEntry.petition_id == bindparam("petition"))
    .order_by(HistoryEntry.number.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Entry:
    """One thing to note. `actor`: citizen, machine, staff:<id>. `data` holds ids and words, never a citizen's text."""

    happened_at: datetime
    actor: str
    name: str
    data: dict[str, Any]


def append(session: Session, petition_id: int, entry: Entry) -> None:
    """Add an entry to the petition's chain. The caller holds its conversation's lock, so that within its transaction
    the chain has no other end than the one that is remembered here."""
    ends: dict[int, tuple[int, str]] = session.info.setdefault("history.ends", {})
    last, previous = ends.get(petition_id) or _find_end(session, petition_id)
    number = last + 1
    own = entry_hash(petition_id, number, entry, previous)
    values = {**vars(entry), "petition_id": petition_id, "number": number, "previous_hash": previous, "hash": own}
    gathered: list[dict[str, Any]] | None = session.info.get("history.gathered")
    if gathered is None:
        insert_all(session, HistoryEntry, [values])
    else:
        gathered.append(values)
    if entry.actor.startswith(STAFF):
        data = {**entry.data, "history": own}
        note_act(session, entry.actor, entry.name, data, at=entry.happened_at, petition_id=petition_id)
    ends[petition_id] = number, own


@contextmanager
def gathering(session: Session) -> Iterator[None]:
    """What is noted meanwhile is written together at the end: several things happen to a petition in one turn."""
    gathered: list[dict[str, Any]] = []
    session.info["history.gathered"] = gathered
    try:
        yield
    finally:
        del session.info["history.gathered"]
    insert_all(session, HistoryEntry, gathered)


def begin(session: Session, petition_id: int) -> None:
    """Of a petition that was opened in this session: it has no entries that one would have to look for."""
    session.info.setdefault("history.ends", {})[petition_id] = 0, FIRST


def list_entries(session: Session, petition_id: int) -> Sequence[HistoryEntry]:
    return session.scalars(_chain(petition_id).order_by(HistoryEntry.number)).all()


def find_break(entries: Sequence[HistoryEntry]) -> int | None:
    """Number of the first entry that was changed, removed or put in; None when the chain holds."""
    previous = FIRST
    for number, row in enumerate(entries, start=1):
        entry = Entry(row.happened_at, row.actor, row.name, row.data)
        if (
            row.number != number
            or row.previous_hash != previous
            or row.hash != entry_hash(row.petition_id, number, entry, previous)
        ):
            return number
        previous = row.hash
    return None


def entry_hash(petition_id: int, number: int, entry: Entry, previous: str) -> str:
    """SHA-256 over a canonical JSON of the entry and its predecessor's hash."""
    content = [
        petition_id,
        number,
        entry.happened_at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.name,
        entry.data,
        previous,
    ]
    return digest_of(content)


def _find_end(session: Session, petition_id: int) -> tuple[int, str]:
    """Number and hash of the newest entry."""
    last = session.connection().execute(END, {"petition": petition_id}).first()
    return (last.number, last.hash) if last else (0, FIRST)


def _chain(petition_id: int) -> Any:
    return select(HistoryEntry).where(HistoryEntry.petition_id == petition_id)
