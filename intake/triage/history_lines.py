"""A petition's history in words that staff read. Read only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.erasing.committed import MARK, read_committed
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
    words = read_committed(session, (e.data.get("reason") for e in entries))
    return [
        HistoryLine(
            e.number,
            e.happened_at,
            names.get(e.actor, e.actor),
            e.name,
            _agency_of(office, e),
            _reason(e, words),
            date.fromisoformat(e.data["was_due_on"]) if e.name == DUE_RECOUNTED else None,
        )
        for e in entries
    ]


def _reason(entry: HistoryEntry, words: Mapping[str, str]) -> str | None:
    """What was written; None where nothing was, or where it is gone."""
    said = entry.data.get("reason") if entry.name in (LOOKED, DUE_RECOUNTED, "data_blocked") else None
    return words.get(said) if said and said.startswith(MARK) else said


def _agency_of(office: Office, entry: HistoryEntry) -> str | None:
    agency = office.jurisdiction.find_agency(entry.data.get("agency"))
    return agency.name if agency else None
