"""A petition's history in words that staff read. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.petitions import HistoryEntry
from intake.terms.recounting import DUE_RECOUNTED
from intake.triage.veil import LOOKED


@dataclass(frozen=True)
class HistoryLine:
    """`actor`: citizen, machine, or a member's name. `agency`: the entry is about it; `reason`: why they looked."""

    number: int
    at: datetime
    actor: str
    name: str
    agency: str | None
    reason: str | None
    was_due_on: date | None


def view_history(session: Session, office: Office, entries: Sequence[HistoryEntry]) -> Sequence[HistoryLine]:
    ids = {int(e.actor.removeprefix("staff:")) for e in entries if e.actor.startswith("staff:")}
    names = {f"staff:{row.id}": row.name for row in session.scalars(select(Staff).where(Staff.id.in_(ids)))}
    return [
        HistoryLine(
            e.number,
            e.happened_at,
            names.get(e.actor, e.actor),
            e.name,
            _agency_of(office, e),
            e.data.get("reason") if e.name in (LOOKED, DUE_RECOUNTED) else None,
            date.fromisoformat(e.data["was_due_on"]) if e.name == DUE_RECOUNTED else None,
        )
        for e in entries
    ]


def _agency_of(office: Office, entry: HistoryEntry) -> str | None:
    agency = office.jurisdiction.find_agency(entry.data.get("agency"))
    return agency.name if agency else None
