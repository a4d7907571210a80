"""The digest of a stretch of all petitions' history: made when it is sealed, made again when it is checked."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.tables.petitions import HistoryEntry


def digest_of(session: Session, after: int, until: int) -> tuple[int, str]:
    """How many entries there are in that stretch of the history, and the digest of their ids and hashes."""
    count, digest = 0, hashlib.sha256()
    own = select(HistoryEntry.id, HistoryEntry.hash).where(HistoryEntry.id > after, HistoryEntry.id <= until)
    for row in session.execute(own.order_by(HistoryEntry.id)):
        digest.update(f"{row.id}:{row.hash}\n".encode())
        count += 1
    return count, digest.hexdigest()
