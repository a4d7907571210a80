"""Agencies that a rule names beside the one that answers: they read the matter for their information, never who told
it, and do nothing. Nothing of what is reserved is copied; the citizen is told nothing of it.

`triage.referrals` sends copies with the referral; the agencies' pages read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import OF_AGENCIES, Member
from intake.acting import actor_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound
from intake.notices.mailing import mail_copied
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.petitions import Matter, Petition, Referral, ReferralCopy
from intake.thinking.effects import Moment
from intake.thinking.facts import place_name
from intake.thinking.suggestions import find_suggestion
from intake.triage.agencies import list_reached
from intake.triage.lists import has_left
from intake.triage.marks import days_left_of
from intake.triage.proposals import copies_named
from intake.triage.veil import veil_of
from nlp.masks import mask

SHOWN = 50  # the newest on an agency's page; all of them stand with their petitions
READ_WHILE = (*OPEN_REFERRALS, "answered")  # given back or undone: it was the wrong agency, and so was the copy


@dataclass(frozen=True)
class CopyView:
    """As the petition's page shows it. `is_read_by_nobody`: nobody of that agency can log in yet."""

    agency: str
    seen_at: datetime | None
    is_read_by_nobody: bool


@dataclass(frozen=True)
class Informed:
    """What the copied agency sees. `answering`: the agency that has it; `words`: the matter's, masked, None once it was
    answered: nothing is left to be informed of. `is_new`: as `count_new_copies` counts them."""

    id: int
    folio: str
    answering: str
    state: str
    made_at: datetime
    answered_at: datetime | None
    is_new: bool
    due_on: date
    days_left: int
    place: str | None
    words: str | None


def send_copies(moment: Moment, member: Member, petition: Petition, referral: Referral) -> None:
    """With a referral that follows the rule. A matter that an officer sends elsewhere is not what the rule spoke of.
    Does not commit."""
    suggestion = find_suggestion(moment.session, referral.matter_id)
    if petition.is_sensitive or suggestion is None or suggestion.agency != referral.agency:
        return
    for agency in dict.fromkeys(copies_named(suggestion)):
        if agency == referral.agency or not moment.office.jurisdiction.is_open(agency):
            continue
        row = ReferralCopy(referral_id=referral.id, agency=agency, made_at=moment.now)
        moment.session.add(row)
        moment.session.flush()
        note(moment.session, petition, moment.now, actor_of(member), "copied", {"copy": row.id, "agency": agency})
        mail_copied(moment.session, moment.office, petition, referral, row, moment.now)


def view_copies(session: Session, office: Office, referral_id: int) -> Sequence[CopyView]:
    """Of one referral, in the order in which the rule names them."""
    own = select(ReferralCopy).where(ReferralCopy.referral_id == referral_id).order_by(ReferralCopy.id)
    rows = session.scalars(own).all()
    reached = list_reached(session) if rows else frozenset()
    name = office.jurisdiction.name_agency
    return [CopyView(name(row.agency), row.seen_at, row.agency not in reached) for row in rows]


def list_copies(session: Session, office: Office, member: Member) -> Sequence[Informed]:
    """The newest that the member's agency was sent."""
    rows = session.execute(_own(member.agency).order_by(ReferralCopy.id.desc()).limit(SHOWN))
    return [_informed(session, office, member, *row) for row in rows]


def count_new_copies(session: Session, agency: str | None) -> int:
    """Those that nobody of the agency has opened and that say something yet: of what was answered nothing is left to
    read, and nobody opens a dozen of them to be rid of a number."""
    new = _own(agency).where(ReferralCopy.seen_at.is_(None), Referral.state.in_(OPEN_REFERRALS))
    return session.scalar(new.with_only_columns(func.count())) or 0


def open_copy(office: Office, member: Member, copy_id: int) -> Informed:
    """For the copied agency's people; noted when the first of them opens it. Commits. Raises NotFound for all others',
    of what is reserved or blocked, and when the matter is not with that agency any more."""
    if member.role not in OF_AGENCIES:
        raise NotFound(f"no copy {copy_id}")
    with reading(office.sessions) as session:
        found = session.execute(_own(member.agency).where(ReferralCopy.id == copy_id)).first()
        if found is None:
            raise NotFound(f"no copy {copy_id}")
        shown = _informed(session, office, member, *found)
    if found[0].seen_at is None:
        with office.sessions.begin() as session:
            session.get_one(ReferralCopy, copy_id).seen_at = utc_now()
    return shown


def _own(agency: str | None) -> Select[ReferralCopy, Petition, Referral, Matter]:
    mine: list[ColumnElement[bool]] = [ReferralCopy.agency == agency, Referral.state.in_(READ_WHILE), has_left()]
    return (
        select(ReferralCopy, Petition, Referral, Matter)
        .join(Referral, Referral.id == ReferralCopy.referral_id)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(*mine, Petition.is_sensitive.is_(False), Petition.is_blocked.is_(False))
    )


def _informed(
    session: Session,
    office: Office,
    member: Member,
    row: ReferralCopy,
    petition: Petition,
    referral: Referral,
    matter: Matter,
) -> Informed:
    is_open = referral.state in OPEN_REFERRALS
    return Informed(
        id=row.id,
        folio=petition.folio,
        answering=office.jurisdiction.name_agency(referral.agency),
        state=referral.state,
        made_at=row.made_at,
        answered_at=referral.answered_at,
        is_new=is_open and row.seen_at is None,
        due_on=petition.due_on,
        days_left=days_left_of(office, petition),
        place=place_name(office, petition),
        words=mask(veil_of(session, petition, member).text(matter.text)) if is_open else None,
    )
