"""What is known of a petition besides its matter: the interpreter it needs, a contingency's damage. Never commits."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.damage_talk import HURT
from bot.effects import NoteDamage
from intake.tables.petitions import Interpretation, Petition

LANGUAGE_MAX, TOWN_MAX = 80, 200  # the columns' lengths
WORDS_MAX = 300


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


def note_damage(petition: Petition, effect: NoteDamage) -> set[str]:
    """Names of what was told. Somebody hurt makes it an emergency."""
    petition.contingency_id = effect.contingency or petition.contingency_id
    told = {
        "what": effect.what,
        "is_hurt": effect.is_hurt,
        "words": _cut(effect.words),
        "where": _cut(effect.where),
    }
    known = {name: value for name, value in told.items() if value is not None}
    petition.damage = {**(petition.damage or {}), **known}
    if effect.is_hurt:
        petition.is_urgent, petition.emergency = True, petition.emergency or HURT
    return set(known)


def _cut(words: str | None) -> str | None:
    return words[:WORDS_MAX] if words else None
