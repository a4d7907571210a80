"""What other terms of a series would do to the archive's files, before they count. Reads only; for the admin.

A closed file keeps the terms that it was closed with; nothing is deleted by a term, whatever it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.correspondence.inventories import Counts, Kind, count_one, first_due
from intake.correspondence.records import read_series
from intake.database import reading
from intake.erasing.listing import list_ready
from intake.office import Office
from intake.tables.archive import ArchiveFile
from intake.triage.marks import today_at

SHOWN = 8
NEW = "nueva"  # the page of one that there is not yet: no series' code


@dataclass(frozen=True)
class Trial:
    """`open_files`: not closed yet, which will be closed with the new terms. `ready`: cancellations that may be
    suppressed. `folios`: the first files that would be due."""

    open_files: int
    before: Counts
    after: Counts
    ready: tuple[int, int]
    folios: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.open_files and self.before == self.after and self.ready[0] == self.ready[1]


def try_series(office: Office, key: str, value: Mapping[str, Any]) -> Trial:
    """Raises ValueError, KeyError, TypeError for a value that cannot stand."""
    records, today = office.jurisdiction.records, today_at(office)
    told = replace(records, series={**records.series, key: read_series(key, value, None)})
    then = replace(office, jurisdiction=replace(office.jurisdiction, records=told))
    with reading(office.sessions) as session:
        before, after = (count_one(session, one, key, today) for one in (office, then))
        kinds = [kind for kind in (Kind.DISPOSAL, Kind.TRANSFER) if _count(after, kind) > _count(before, kind)]
        folios = {folio for kind in kinds for folio in first_due(session, then, kind, key, today, SHOWN)}
        ready = len(list_ready(session, office)), len(list_ready(session, then))
        return Trial(_count_open(session, key), before, after, ready, tuple(sorted(folios)[:SHOWN]))


def _count(counts: Counts, kind: Kind) -> int:
    return (counts.disposal if kind == Kind.DISPOSAL else counts.transfer) or 0


def _count_open(session: Session, code: str) -> int:
    wanted = select(func.count()).select_from(ArchiveFile)
    return session.scalar(wanted.where(ArchiveFile.series == code, ArchiveFile.closed_at.is_(None))) or 0
