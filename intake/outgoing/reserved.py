"""Words that wait until the citizen says that it is safe to read them. Never commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.effects import Say
from intake.database import insert_once
from intake.tables.outgoing import ReservedWords
from intake.tables.petitions import Petition


def keep_reserved(session: Session, petition: Petition, say: Say, now: datetime, *, key: str) -> None:
    """A file of it has a key of its own."""
    own = f"{key}-file-{say.evidence}" if say.evidence else key
    row = {"petition_id": petition.id, "key": own, "purpose": say.purpose, "text": say.text, "created_at": now}
    insert_once(session, ReservedWords, [row | {"evidence_id": say.evidence}])


def read_out(session: Session, petition: Petition, now: datetime) -> list[tuple[str, Say]]:
    """All that is reserved of the petition with its keys, oldest first, now read; what was read may be read again."""
    wanted = select(ReservedWords).where(ReservedWords.petition_id == petition.id).order_by(ReservedWords.id)
    rows = session.scalars(wanted).all()
    for row in rows:
        row.read_at = row.read_at or now
    return [(row.key, Say(row.purpose, row.text, folio=petition.folio, evidence=row.evidence_id)) for row in rows]


def list_unread(session: Session, petition: Petition) -> Sequence[ReservedWords]:
    unread = ReservedWords.petition_id == petition.id, ReservedWords.read_at.is_(None)
    return session.scalars(select(ReservedWords).where(*unread).order_by(ReservedWords.id)).all()


def find_reserved(session: Session, petition_ids: Sequence[int]) -> frozenset[int]:
    """Those petitions of which something is reserved."""
    wanted = select(ReservedWords.petition_id).where(ReservedWords.petition_id.in_(petition_ids))
    return frozenset(session.scalars(wanted))
