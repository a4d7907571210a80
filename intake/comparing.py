"""Compares petitions with earlier ones when nothing else waits: it is for officers, no citizen's reply waits for it.

`suggestions` leaves a row for each petition whose words are new; the worker takes them when it is idle.
"""

from sqlalchemy import select

from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.likeness import find_alike
from intake.office import Office
from intake.petitions import list_matters
from intake.suggestions import find_suggestion
from intake.tables import Comparison, Petition


def compare_next(office: Office) -> bool:
    """Compare the petition that has waited longest; False when there is none, or a rush for which it waits. Commits."""
    waiting = select(Comparison).order_by(Comparison.petition_id).limit(1)
    if not is_any(office.sessions, waiting) or office.rush.since(utc_now()):
        return False
    with office.sessions.begin() as session:
        wanted = session.scalars(claimable(waiting)).first()
        if wanted is None:
            return False
        petition = session.get_one(Petition, wanted.petition_id)
        session.delete(wanted)
        matter = list_matters(session, petition)[0]
        suggestion = find_suggestion(session, matter.id)
        find_alike(session, office, petition, matter.text, suggestion.ranking if suggestion else [])
    return True
