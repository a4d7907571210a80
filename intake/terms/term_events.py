"""The open terms that a member may see, as days of a calendar: of an agency each step and each petition, of the
office each petition. Folio and what is to be done, nothing of a person. Read only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY
from intake.tables.petitions import Matter, Petition, Referral
from intake.terms.expiring import STATES, step_term
from intake.terms.pressing import AGENCYS, WHOLE
from intake.terms.steps import Step
from intake.triage.marks import today_at

AT_MOST = 500  # things with a term, the soonest first: a calendar with more is no help
LOOKS_BACK = timedelta(days=60)
WORKING = sorted(NEEDS_TRIAGE | WITH_AGENCY)


@dataclass(frozen=True)
class TermEvent:
    """`key`: the same as long as the thing is; `step`: one of `Step`, or WHOLE."""

    key: str
    folio: str
    step: str
    due_on: date
    path: str


def list_events(session: Session, office: Office, member: Member) -> Sequence[TermEvent]:
    """Soonest first. What stands still has no last day."""
    events = _of_agency(session, office, member.agency) if member.agency else _of_office(session, office)
    return sorted(events, key=lambda event: (event.due_on, event.key))


def _of_office(session: Session, office: Office) -> Iterator[TermEvent]:
    recent = Petition.due_on >= today_at(office) - LOOKS_BACK
    runs = Petition.status.in_([status.value for status in WORKING]), Petition.paused_left.is_(None)
    found = session.scalars(select(Petition).where(recent, *runs).order_by(Petition.due_on).limit(AT_MOST))
    for petition in found:
        path = f"/peticiones/{petition.folio}"
        yield TermEvent(f"p{petition.id}-{WHOLE}", petition.folio, WHOLE, petition.due_on, path)


def _of_agency(session: Session, office: Office, agency: str) -> Iterator[TermEvent]:
    rows = (
        select(Petition, Referral)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.agency == agency, Referral.state.in_([STATES[step] for step in AGENCYS]))
        .where(or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now()), Petition.paused_left.is_(None))
        .order_by(Petition.due_on, Referral.id)
        .limit(AT_MOST)
    )
    for petition, referral in session.execute(rows):
        path = f"/turnos/{referral.id}"
        step = next(step for step in AGENCYS if STATES[step] == referral.state)
        since = referral.accepted_at if step == Step.ANSWER else referral.issued_at
        own = step_term(office, petition, step, since or referral.issued_at)
        if own and own.due_on != petition.due_on:
            yield TermEvent(f"t{referral.id}-{step}", petition.folio, step.value, own.due_on, path)
        yield TermEvent(f"t{referral.id}-{WHOLE}", petition.folio, WHOLE, petition.due_on, path)
