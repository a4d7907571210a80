"""What citizens of the demo said of how they were attended: most are content, some do not answer, as everywhere."""

import random
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.office import Office
from intake.petitions.states import ANSWERED, Status
from intake.tables.citizens import Rating
from intake.tables.petitions import Petition

SEED = 105
SILENT = 0.45
WEIGHTS = {"good": 6, "fair": 2, "bad": 1}
ASKED_AFTER = timedelta(days=8)


def rate(office: Office) -> int:
    """How many answered: whose petition is answered and who have said nothing yet. Commits."""
    rng = random.Random(SEED)  # noqa: S311 — invented data, not a secret
    answered = sorted(status.value for status in ANSWERED | {Status.CONCLUIDA})
    wanted = select(Petition).where(Petition.status.in_(answered), Petition.data_right.is_(None))
    with office.sessions.begin() as session:
        return sum(_rate(session, rng, petition) for petition in session.scalars(wanted.order_by(Petition.id)).all())


def _rate(session: Session, rng: random.Random, petition: Petition) -> bool:
    row = session.get(Rating, petition.id) or Rating(
        petition_id=petition.id, asked_at=petition.opened_at + ASKED_AFTER, mark=None, rated_at=None, comment_id=None
    )
    session.add(row)
    if row.mark is not None or rng.random() < SILENT:
        return False
    row.mark, row.rated_at = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0], row.asked_at
    return True
