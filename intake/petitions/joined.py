"""Petitions that are attended together: with which one, which others go with it. Rows only; nothing is changed.

Each keeps its folio and its citizen's chat. The leading one alone is referred and answered.
"""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake.petitions.case import list_matters
from intake.petitions.states import MOVES, NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.petitions import Joining, Petition

LED = NEEDS_TRIAGE | WITH_AGENCY  # what is answered already would never answer a petition that joins it


def find_joining(session: Session, petition: Petition) -> Joining | None:
    """Of a petition that is attended with another one now."""
    if Status(petition.status) != Status.ACUMULADA:
        return None
    newest = select(Joining).where(Joining.petition_id == petition.id).order_by(Joining.id.desc()).limit(1)
    row = session.scalars(newest).first()
    return row if row and row.ended_at is None else None


def find_lead(session: Session, petition: Petition) -> Petition | None:
    """The one that is answered for it in the end: what it joined may have joined another one since."""
    lead, seen = None, {petition.id}
    row = find_joining(session, petition)
    while row and row.lead_id not in seen:
        seen.add(row.lead_id)
        lead = session.get_one(Petition, row.lead_id)
        row = find_joining(session, lead)
    return lead


def list_followers(session: Session, petition_id: int) -> list[Petition]:
    """All that are answered with it, those too that joined one which joined it."""
    found: dict[int, Petition] = {}
    last = [petition_id]
    while last:
        joined = session.scalars(_joined_to(last)).all()
        last = [one.id for one in joined if one.id not in found and one.id != petition_id]
        found |= {one.id: one for one in joined if one.id in last}
    return [found[one] for one in sorted(found)]


def may_join(session: Session, petition: Petition) -> bool:
    """All of it waits for triage, and its citizen was not answered before."""
    return all(Status.ACUMULADA in MOVES[Status(m.status)] for m in list_matters(petition))


def _joined_to(leads: Sequence[int]) -> Select[Petition]:
    rows = select(Petition).join(Joining, Joining.petition_id == Petition.id)
    return rows.where(Joining.lead_id.in_(leads), Joining.ended_at.is_(None), Petition.status == Status.ACUMULADA.value)
