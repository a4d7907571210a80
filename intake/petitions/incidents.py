"""Incidents («focos»): petitions that an officer has found to tell of one event. The machine only proposes.

Each petition keeps its folio, its referral and its answer; being in an incident changes nothing for the citizen.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.errors import MoveRefused, NotFound
from intake.office import Office
from intake.petitions.case import get_petition, list_matters, note
from intake.petitions.likeness import DIFFERENT, PROPOSED, SAME
from intake.petitions.states import CLOSED, Status
from intake.tables.mind import Incident, IncidentMember, Likeness
from intake.tables.petitions import Petition
from intake.thinking.effects import Moment
from intake.thinking.facts import place_name, shorten
from nlp.masks import mask

WORDS_MAX = 200
LISTED_AT_MOST, LOOKED_AT = 50, 500  # incidents on the page; petitions whose incidents they are


@dataclass(frozen=True)
class AlikeView:
    """Another petition beside the one on the page. `probability` None: it is in the incident already."""

    folio: str
    status: Status
    opened_at: datetime
    place: str | None
    words: str
    probability: float | None
    is_same_citizen: bool


@dataclass(frozen=True)
class IncidentView:
    """An incident in the list: how many petitions, and the one that told of it last."""

    id: int
    petitions: int
    open: int
    newest: AlikeView


def list_members(session: Session, office: Office, petition: Petition) -> tuple[AlikeView, ...]:
    """The other petitions of its incident, newest first."""
    incident = _find_incident(session, petition.id)
    if incident is None:
        return ()
    rows = select(Petition).join(IncidentMember, IncidentMember.petition_id == Petition.id)
    rows = rows.where(IncidentMember.incident_id == incident, Petition.id != petition.id).order_by(Petition.id.desc())
    return tuple(view_of(session, office, other, petition) for other in session.scalars(rows.limit(LISTED_AT_MOST)))


def list_proposals(session: Session, office: Office, petition: Petition) -> tuple[AlikeView, ...]:
    """Petitions that may tell of the same event and that nobody has decided on, likest first."""
    if petition.is_sensitive:
        return ()
    links = select(Likeness).where(
        Likeness.state == PROPOSED, or_(Likeness.petition_id == petition.id, Likeness.other_id == petition.id)
    )
    found = []
    for link in session.scalars(links.order_by(Likeness.probability.desc())):
        other = session.get_one(Petition, link.other_id if link.petition_id == petition.id else link.petition_id)
        if not other.is_sensitive and Status(other.status) != Status.NO_PETICION:
            found.append(view_of(session, office, other, petition, link.probability))
    return tuple(found)


def list_incidents(session: Session, office: Office, *, looked_at: int = LOOKED_AT) -> tuple[IncidentView, ...]:
    """Of the so many newest petitions that are in any, the incident that was told of last first."""
    newest = func.max(IncidentMember.petition_id)
    closed = [status.value for status in CLOSED]
    latest = select(IncidentMember.incident_id).order_by(IncidentMember.petition_id.desc()).limit(looked_at)
    rows = (
        select(IncidentMember.incident_id, func.count(), func.count().filter(Petition.status.not_in(closed)), newest)
        .join(Petition, Petition.id == IncidentMember.petition_id)
        .where(IncidentMember.incident_id.in_(select(latest.subquery().c.incident_id)))
        .group_by(IncidentMember.incident_id)
        .order_by(newest.desc())
        .limit(LISTED_AT_MOST)
    )
    return tuple(
        IncidentView(incident, count, is_open, view_of(session, office, petition, petition))
        for incident, count, is_open, petition_id in session.execute(rows)
        if (petition := session.get_one(Petition, petition_id))
    )


def count_members(session: Session, petition_ids: list[int]) -> dict[int, int]:
    """How many petitions the incidents of those petitions have; petitions without one are left out."""
    own = select(IncidentMember.petition_id, IncidentMember.incident_id).where(
        IncidentMember.petition_id.in_(petition_ids)
    )
    incidents = {row[0]: row[1] for row in session.execute(own)}
    counted = select(IncidentMember.incident_id, func.count()).where(
        IncidentMember.incident_id.in_(set(incidents.values()))
    )
    sizes = {row[0]: row[1] for row in session.execute(counted.group_by(IncidentMember.incident_id))}
    return {petition: sizes[incident] for petition, incident in incidents.items()}


def join(office: Office, member: Member, folio: str, other_folio: str) -> None:
    """Both tell of one event: they come into one incident, with all that either's has. Commits.

    Raises NotAllowed, NotFound, MoveRefused for a sensitive petition or the same one.
    """
    require(member, DECIDERS)
    with acting(office, folio, beside=[other_folio]) as (moment, petition):
        join_incident(moment, member, petition, _other(moment, petition, other_folio))


def join_incident(moment: Moment, member: Member, petition: Petition, other: Petition) -> None:
    """The caller holds both conversations. Does not commit."""
    incidents = {_find_incident(moment.session, one.id) for one in (petition, other)} - {None}
    kept = min((i for i in incidents if i is not None), default=None) or _open(moment, member)
    for row in moment.session.scalars(select(IncidentMember).where(IncidentMember.incident_id.in_(incidents))):
        row.incident_id = kept
    for one in (petition, other):
        if _find_incident(moment.session, one.id) is None:
            moment.session.add(IncidentMember(petition_id=one.id, incident_id=kept, joined_by=member.id))
            note(moment.session, one, moment.now, actor_of(member), "incident_joined", {"incident": kept})
    moment.session.flush()
    _settle(moment, petition, other, SAME)


def tell_apart(office: Office, member: Member, folio: str, other_folio: str) -> None:
    """They tell of different events; the machine does not propose them again. Commits."""
    require(member, DECIDERS)
    with acting(office, folio, beside=[other_folio]) as (moment, petition):
        _settle(moment, petition, _other(moment, petition, other_folio), DIFFERENT)


def leave(office: Office, member: Member, folio: str) -> None:
    """The petition is in no incident any more; one that is left alone is in none either. Commits."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        incident = _find_incident(moment.session, petition.id)
        if incident is None:
            raise NotFound(f"{folio} is in no incident")
        moment.session.delete(moment.session.get_one(IncidentMember, petition.id))
        note(moment.session, petition, moment.now, actor_of(member), "incident_left", {"incident": incident})
        moment.session.flush()
        rest = moment.session.scalars(select(IncidentMember).where(IncidentMember.incident_id == incident)).all()
        if len(rest) == 1:
            moment.session.delete(rest[0])


def _other(moment: Moment, petition: Petition, folio: str) -> Petition:
    other = get_petition(moment.session, folio)
    if other.id == petition.id or petition.is_sensitive or other.is_sensitive:
        raise MoveRefused("a reserved petition stands alone, and none is like itself")
    return other


def _open(moment: Moment, member: Member) -> int:
    incident = Incident(opened_at=moment.now, opened_by=member.id)
    moment.session.add(incident)
    moment.session.flush()
    return incident.id


def _settle(moment: Moment, petition: Petition, other: Petition, state: str) -> None:
    newer, older = max(petition.id, other.id), min(petition.id, other.id)
    wanted = select(Likeness).where(Likeness.petition_id == newer, Likeness.other_id == older)
    row = moment.session.scalars(wanted).first()
    if row is None:
        row = Likeness(petition_id=newer, other_id=older, probability=1.0 if state == SAME else 0.0)
        moment.session.add(row)
    row.state = state


def _find_incident(session: Session, petition_id: int) -> int | None:
    row = session.get(IncidentMember, petition_id)
    return row.incident_id if row else None


def view_of(
    session: Session, office: Office, other: Petition, petition: Petition, share: float | None = None
) -> AlikeView:
    """`other` beside `petition`; words of persons masked, none of a sensitive one."""
    text = " ".join(matter.text for matter in list_matters(other))
    return AlikeView(
        folio=other.folio,
        status=Status(other.status),
        opened_at=other.opened_at,
        place=place_name(office, other),
        words="" if other.is_sensitive else shorten(mask(text), WORDS_MAX),
        probability=share,
        is_same_citizen=other.citizen_id == petition.citizen_id and other.id != petition.id,
    )
