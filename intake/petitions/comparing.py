"""Compares petitions with earlier ones when nothing else waits: it is for officers, no citizen's reply waits for it.

`suggestions` leaves a row for each petition whose words are new; the worker takes them when it is idle.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.office import Office
from intake.petitions.case import list_matters
from intake.petitions.likeness import find_alike
from intake.tables.mind import Comparison
from intake.tables.petitions import Petition
from intake.thinking.suggestions import find_suggestion

AT_ONCE = 4  # a message that comes meanwhile waits for them: a few hundredths of a second
log = structlog.get_logger()


def compare_next(office: Office) -> bool:
    """Compare the petitions that have waited longest; False when there are none, or in a rush. Commits."""
    waiting = select(Comparison).order_by(Comparison.petition_id).limit(AT_ONCE)
    if not is_any(office.sessions, waiting) or office.rush.since(utc_now()):
        return False
    with office.sessions.begin() as session:
        wanted = session.scalars(claimable(waiting)).all()
        for one in wanted:
            _compare(session, office, session.get_one(Petition, one.petition_id))
            session.delete(one)
    return bool(wanted)


def _compare(session: Session, office: Office, petition: Petition) -> None:
    """One that cannot be compared is passed over: those behind it do not wait for it."""
    matter = list_matters(petition)[0]
    suggestion = find_suggestion(session, matter.id)
    try:
        with session.begin_nested():
            find_alike(session, office, petition, matter.text, suggestion.ranking if suggestion else [])
    except OperationalError:  # the database is away: nothing is wrong with the petition
        raise
    except Exception as error:
        log.error("comparison.failed", petition=petition.id, error=type(error).__name__)
