"""Whose a returned matter is by the liaison who gave it back; what triage offers first. Read only."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.jurisdiction import Jurisdiction
from intake.petitions.states import Status
from intake.tables.petitions import Matter, Referral
from intake.triage.proposals import Hint


def find_hints(session: Session, jurisdiction: Jurisdiction, matters: Sequence[Matter]) -> dict[int, Hint]:
    """By matter, of its newest return, while nobody has decided since; none where the liaison named nobody."""
    returned = [matter.id for matter in matters if matter.status == Status.DEVUELTA.value]
    if not returned:
        return {}
    rows = select(Referral).where(Referral.matter_id.in_(returned), Referral.state == "returned")
    newest = {row.matter_id: row for row in session.scalars(rows.order_by(Referral.id))}
    hints = {matter_id: _hint(jurisdiction, row) for matter_id, row in newest.items()}
    return {matter_id: hint for matter_id, hint in hints.items() if hint}


def _hint(jurisdiction: Jurisdiction, row: Referral) -> Hint | None:
    agency, by = jurisdiction.find_agency(row.return_agency), jurisdiction.find_agency(row.agency)
    return Hint(agency, by) if agency and by else None
