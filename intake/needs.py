"""What a petition needs besides an answer: an interpreter, and what is known of their language. Never commits."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from intake.tables import Interpretation, Petition

LANGUAGE_MAX, TOWN_MAX = 80, 200  # the columns' lengths


class Stage(StrEnum):
    REQUESTED = "requested"
    ASSIGNED = "assigned"
    APPOINTMENT = "appointment"
    DONE = "done"


def note_need(session: Session, petition: Petition, language: str | None, town: str | None, now: datetime) -> bool:
    """The need, or what more is known of it; whether it is new. Does not commit."""
    petition.needs_interpreter = True
    row = session.get(Interpretation, petition.id)
    is_new = row is None
    if row is None:
        row = Interpretation(
            petition_id=petition.id, state=Stage.REQUESTED.value, requested_at=now, moved_at=now, moved_by=None
        )
        session.add(row)
    row.language = language[:LANGUAGE_MAX] if language else row.language
    row.town = town[:TOWN_MAX] if town else row.town
    return is_new
