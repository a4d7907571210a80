"""Folios that no petition has, drawn a handful at a time: one look at the rows for many messages."""

import threading
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake.jurisdiction import Jurisdiction
from intake.petitions.folio import new_folio
from intake.tables.petitions import Petition

AT_ONCE = 32

# Made once: making a statement takes longer than running it.
TAKEN = select(Petition.folio).where(Petition.folio.in_(bindparam("folios", expanding=True)))


class FreeFolios:
    """One instance a process, for all its threads. None is given twice; what is not used is not burned, as folios are
    drawn, not counted. One that another process gave to a petition since (one in millions) is refused by the table,
    and the message is tried again with another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series = ("", 0)
        self._drawn: list[str] = []

    def take(self, session: Session, jurisdiction: Jurisdiction, now: datetime) -> str:
        series = jurisdiction.folio_series, now.astimezone(jurisdiction.zone).year
        with self._lock:
            while not self._drawn or self._series != series:
                self._series, self._drawn = series, _draw(session, *series)
            return self._drawn.pop()


def _draw(session: Session, series: str, year: int) -> list[str]:
    drawn = {new_folio(series, year) for _ in range(AT_ONCE)}
    taken = session.connection().execute(TAKEN, {"folios": sorted(drawn)}).scalars()
    return list(drawn.difference(taken))
