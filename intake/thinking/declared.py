"""The contingency that is on, if any: asked for each message and each page."""

from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from intake.tables.petitions import Contingency

# Made once: making a statement takes longer than running it.
CURRENT = select(Contingency).where(
    Contingency.open_mark == 1, or_(Contingency.ends_at.is_(None), Contingency.ends_at > bindparam("now"))
)


def find_current(session: Session, now: datetime) -> Contingency | None:
    return session.scalars(CURRENT, {"now": now}).first()
