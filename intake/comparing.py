"""Compares petitions with earlier ones when nothing else waits: it is for officers, no citizen's reply waits for it.

`suggestions` leaves a row for each petition whose words are new; the worker takes them when it is idle.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from intake.database import claimable, is_any
from intake.likeness import find_alike
from intake.office import Office
from intake.petitions import list_matters
from intake.suggestions import find_suggestion
from intake.tables import Comparison, Petition

log = structlog.get_logger()


def compare_next(office: Office) -> bool:
    """Compare the petition that has waited longest; False when there is none. Commits."""
    waiting = select(Comparison).order_by(Comparison.petition_id).limit(1)
    if not is_any(office.sessions, waiting):
        return False
    with office.sessions.begin() as session:
        wanted = session.scalars(claimable(waiting)).first()
        if wanted is None:
            return False
        _compare(session, office, session.get_one(Petition, wanted.petition_id))
        session.delete(wanted)
    return True


def _compare(session: Session, office: Office, petition: Petition) -> None:
    """One that cannot be compared is passed over: those behind it do not wait for it."""
    matter = list_matters(session, petition)[0]
    suggestion = find_suggestion(session, matter.id)
    try:
        with session.begin_nested():
            find_alike(session, office, petition, matter.text, suggestion.ranking if suggestion else [])
    except OperationalError:  # the database is away: nothing is wrong with the petition
        raise
    except Exception as error:
        log.error("comparison.failed", petition=petition.id, error=type(error).__name__)
