"""«Pedir más plazo»: once for a petition, with a reason, before its term ends; the citizen is told the new date."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.events import Extended
from intake.accounts.staff import Member
from intake.acting import actor_of, tell
from intake.clock import extended_date, utc_now
from intake.errors import MoveRefused
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.petitions import Extension, Petition, Referral
from intake.triage.joining import tell_followers
from intake.triage.referrals import acting_on_referral


@dataclass(frozen=True)
class ExtensionView:
    """`agency`: the name of the one that asked for it."""

    at: datetime
    agency: str
    reason: str
    was_due_on: date


def extend(office: Office, member: Member, referral_id: int, reason: str) -> date:
    """Returns the new last day to answer. Commits. Raises NotFound, Stale, MoveRefused when it is too late or was
    extended before."""
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        due_on = find_extended_date(moment.session, office, petition)
        if due_on is None:
            raise MoveRefused(f"the term of {petition.folio} cannot be extended")
        row = Extension(
            petition_id=petition.id,
            referral_id=referral.id,
            staff_id=member.id,
            reason=reason,
            given_at=moment.now,
            was_due_on=petition.due_on,
        )
        moment.session.add(row)
        days = {"was_due_on": petition.due_on.isoformat(), "due_on": due_on.isoformat()}
        petition.due_on = due_on
        note(moment.session, petition, moment.now, actor_of(member), "extended", {"agency": referral.agency, **days})
        name = office.jurisdiction.get_agency(referral.agency).name
        told = Extended(petition.folio, name, reason, due_on, petition.is_sensitive)
        tell(moment, told, key := f"petition-{petition.id}-extended")
        tell_followers(moment, petition, told, key)
        return due_on


def find_extended_date(session: Session, office: Office, petition: Petition) -> date | None:
    """Until when the petition's term can be extended today; None when it cannot any more."""
    jurisdiction = office.jurisdiction
    today = utc_now().astimezone(jurisdiction.zone).date()
    if today > petition.due_on or petition.paused_left is not None or session.get(Extension, petition.id) is not None:
        return None
    return extended_date(petition.due_on, jurisdiction.terms, office.calendar.of(petition.municipality))


def find_extension(session: Session, office: Office, petition: Petition) -> ExtensionView | None:
    row = session.get(Extension, petition.id)
    if row is None:
        return None
    agency = office.jurisdiction.name_agency(session.get_one(Referral, row.referral_id).agency)
    return ExtensionView(row.given_at, agency, row.reason, row.was_due_on)
