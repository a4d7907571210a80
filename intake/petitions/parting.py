"""Parts a petition's matter into several, each suggested anew: as an officer decides (`matters`), or its citizen."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from intake.office import Office
from intake.petitions.case import find_place, list_matters, note
from intake.petitions.parts import propose_parts
from intake.petitions.states import NEEDS_TRIAGE, Status
from intake.tables.petitions import Matter, Petition
from intake.thinking.suggestions import suggest_matter

MATTERS_AT_MOST = 9
KEPT_WHOLE = "kept_whole"  # what history says when the citizen calls it one matter


def part_as_proposed(session: Session, office: Office, petition: Petition, now: datetime) -> None:
    """The citizen says that it is several matters. Nothing where it was parted or sent on already. Does not commit."""
    first, *further = list_matters(petition)
    if further or Status(first.status) not in NEEDS_TRIAGE:
        return
    texts = [proposed.text for proposed in propose_parts(office, first.text, find_place(office, petition))]
    if 1 < len(texts) <= MATTERS_AT_MOST:
        part(session, office, petition, first, texts, now, "citizen")


def part(
    session: Session,
    office: Office,
    petition: Petition,
    matter: Matter,
    texts: Sequence[str],
    now: datetime,
    actor: str,
) -> None:
    """The matter keeps the first of the texts, each of the others is a matter of its own. Does not commit."""
    matter.text, matter.told, matter.told_words = texts[0], None, None
    further = [Matter(text=text, status=matter.status) for text in texts[1:]]
    petition.matters.extend(further)
    session.flush()
    for one in (matter, *further):
        suggest_matter(session, office, petition, one, now)
    note(session, petition, now, actor, "parted", {"matters": [m.id for m in further]})
