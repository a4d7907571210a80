"""Petitions that people have decided on, as labelled messages without persons in them. Read only; for training.

What leaves here is a text without personal data and a number that stands for its citizen, so that no citizen's messages
are both learnt from and tested with. Words that few citizens use may still be names: `nlp.anonymity` takes them out.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from intake.jurisdiction import Jurisdiction
from intake.petitions.states import Status
from intake.tables.mind import Decision
from intake.tables.petitions import Matter, Petition
from nlp.corpus import DECIDED, Example
from nlp.masks import mask
from nlp.reading import MessageKind

VOICE = "ciudadanía"


@dataclass(frozen=True)
class Decided:
    """`example.agencies`: the one that was decided last."""

    example: Example
    decided_at: datetime


def list_decided(session: Session, jurisdiction: Jurisdiction, secret: str) -> list[Decided]:
    """Oldest decision first. Left out: emergencies, dismissed petitions, agencies that are no more, empty texts."""
    rows = session.execute(
        select(Matter.id, Matter.text, Petition.citizen_id, Decision.agency, Decision.decided_at)
        .join(Petition, Petition.id == Matter.petition_id)
        .join(Decision, Decision.matter_id == Matter.id)
        .where(
            Decision.id.in_(newest_decisions()),
            Petition.emergency.is_(None),
            Petition.status != Status.NO_PETICION.value,
        )
        .order_by(Decision.decided_at, Decision.id)
    )
    return [
        Decided(_example(matter_id, text, _author(citizen_id, secret), agency), decided_at)
        for matter_id, text, citizen_id, agency, decided_at in rows
        if text.strip() and jurisdiction.find_agency(agency)
    ]


def newest_decisions() -> Select[int]:
    """Ids: what a person decided last of each matter counts."""
    by_person = Decision.undone_at.is_(None), ~Decision.is_machine
    return select(func.max(Decision.id)).where(*by_person).group_by(Decision.matter_id)


def _example(matter_id: int, text: str, author: str, agency: str) -> Example:
    kind = MessageKind.PETITION  # or a question: nobody said, so it is not learnt
    return Example(f"decided-{matter_id}", mask(text), kind, None, (agency,), VOICE, author, review=DECIDED)


def _author(citizen_id: int, secret: str) -> str:
    keyed = hmac.new(secret.encode(), f"citizen-{citizen_id}".encode(), hashlib.sha256)
    return f"citizen-{keyed.hexdigest()[:12]}"
