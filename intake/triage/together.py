"""Petitions that are attended together, as their pages show them. Read only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.office import Office
from intake.petitions.folio import find_folios
from intake.petitions.incidents import AlikeView, list_members, list_proposals, view_of
from intake.petitions.joined import LED, find_joining, find_lead, list_followers, may_join
from intake.petitions.states import Status
from intake.tables.accounts import Staff
from intake.tables.petitions import Petition
from intake.triage.speech import Utterance, list_speech
from intake.triage.veil import veil_of

OWN_AT_MOST = 20


@dataclass(frozen=True)
class LeadView:
    """With which petition it is attended, by whose decision."""

    folio: str
    status: Status
    author: str
    at: datetime


@dataclass(frozen=True)
class FollowerView:
    """A petition that is answered with the one on the page, with its own messages."""

    petition: AlikeView
    flags: tuple[str, ...]
    emergency: str | None
    speech: tuple[Utterance, ...]


@dataclass(frozen=True)
class Together:
    """`lead`: with which petition it is attended; `followers`: those that are attended with it."""

    lead: LeadView | None
    followers: tuple[FollowerView, ...]
    may_join: bool


def open_together(session: Session, office: Office, petition: Petition, member: Member) -> Together:
    """As the member may see them."""
    views = tuple(_view(session, office, petition, one, member) for one in list_followers(session, petition.id))
    return Together(_lead_view(session, petition), views, may_join(session, petition))


def _lead_view(session: Session, petition: Petition) -> LeadView | None:
    row, lead = find_joining(session, petition), find_lead(session, petition)
    if row is None or lead is None:
        return None
    return LeadView(lead.folio, Status(lead.status), session.get_one(Staff, row.staff_id).name, row.joined_at)


def find_candidate(session: Session, office: Office, petition: Petition, words: str) -> AlikeView | None:
    """The petition whose folio stands in those words, as people write one."""
    parts = [mention.part for mention in find_folios(words)]
    found = select(Petition).where(Petition.folio_part.in_(parts), Petition.id != petition.id)
    other = session.scalars(found.order_by(Petition.id.desc()).limit(1)).first()
    return view_of(session, office, other, petition) if other else None


def list_candidates(session: Session, office: Office, petition: Petition) -> tuple[AlikeView, ...]:
    """What it could join: open ones of the same person, newest first, then of the same event, then what is alike."""
    own = select(Petition).where(Petition.citizen_id == petition.citizen_id, Petition.id != petition.id)
    mine = session.scalars(own.order_by(Petition.id.desc()).limit(OWN_AT_MOST))
    views = [view_of(session, office, other, petition) for other in mine]
    views += [*list_members(session, office, petition), *list_proposals(session, office, petition)]
    by_folio = {view.folio: view for view in reversed(views) if view.status in LED}
    return tuple(view for folio in dict.fromkeys(v.folio for v in views) if (view := by_folio.get(folio)))


def _view(session: Session, office: Office, petition: Petition, follower: Petition, member: Member) -> FollowerView:
    flags = {
        "sensitive": follower.is_sensitive,
        "person": follower.wants_person,
        "interpreter": follower.needs_interpreter,
    }
    return FollowerView(
        petition=view_of(session, office, follower, petition),
        flags=tuple(name for name, is_set in flags.items() if is_set),
        emergency=follower.emergency,
        speech=tuple(list_speech(session, follower, veil_of(session, follower, member), with_rest_of_chat=False)),
    )
