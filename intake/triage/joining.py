"""«Juntar»: an officer has a petition attended with another one that tells of the same; it can be parted again.

The citizen is told which folio is followed. What is said to the leading petition's citizen as an answer is said to
those of the petitions that joined it too, each in their own chat (`tell_followers`).
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import Answered, Extended, Guided, Joined, Parted
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require, tell
from intake.database import reading
from intake.errors import IntakeError, MoveRefused, Stale
from intake.office import Office
from intake.outgoing.unsent import take_back_unsent
from intake.petitions.case import get_petition, list_matters, move
from intake.petitions.incidents import join_incident
from intake.petitions.joined import LED, find_joining, find_lead, list_followers, may_join
from intake.petitions.states import Status
from intake.tables.citizens import Conversation
from intake.tables.petitions import Joining, Petition
from intake.thinking.effects import Moment

ENDED = frozenset({Status.DESISTIDA, Status.NO_PETICION})  # a leading petition that will never be answered
log = structlog.get_logger()


def check(session: Session, petition: Petition, lead: Petition) -> None:
    """Raises MoveRefused, naming why (`fault.join_…` in the staff's catalogue)."""
    refusals = {
        "itself": lead.id == petition.id or lead in list_followers(session, petition.id),
        "not_in_triage": not may_join(session, petition),
        "lead_closed": Status(lead.status) not in LED,
        "emergency": petition.emergency is not None and lead.emergency is None,
        "sensitive": lead.citizen_id != petition.citizen_id and (petition.is_sensitive or lead.is_sensitive),
        "reserve": petition.is_sensitive and not lead.is_sensitive,
    }
    for reason, is_so in refusals.items():
        if is_so:
            raise JoinRefused(reason)


class JoinRefused(MoveRefused):
    """These two are not attended together. `reason`: a key's end in the staff's catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def join(
    office: Office, member: Member, folio: str, lead_folio: str, version: int, *, hold: timedelta = timedelta(0)
) -> str:
    """From now on `folio` is attended with `lead_folio`, or with what that one is attended with; the folio of that.

    The earlier of both terms counts. Another person's petition comes into the same incident. Commits.
    Raises NotAllowed, NotFound, Stale, JoinRefused.
    """
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        wanted = get_petition(session, lead_folio)
        lead_folio = (find_lead(session, wanted) or wanted).folio
    with acting(office, folio, version, beside=[lead_folio]) as (moment, petition):
        lead = get_petition(moment.session, lead_folio)
        moment.session.refresh(lead)
        check(moment.session, petition, lead)
        row = Joining(
            petition_id=petition.id,
            lead_id=lead.id,
            staff_id=member.id,
            joined_at=moment.now,
            leaves_at=moment.now + hold if hold else None,
            was_due_on=lead.due_on,
        )
        moment.session.add(row)
        moment.session.flush()
        lead.due_on = min(lead.due_on, petition.due_on)
        is_own = lead.citizen_id == petition.citizen_id
        if not is_own:
            join_incident(moment, member, petition, lead)
        data = {"joining": row.id, "lead": lead.folio}
        move(
            moment.session,
            petition,
            list_matters(petition),
            Status.ACUMULADA,
            moment.now,
            actor_of(member),
            **data,
        )
        told = Joined(folio, lead.folio, is_own, petition.is_sensitive)
        tell(moment, told, _key(row), after=hold)
        return lead.folio


def undo_join(office: Office, member: Member, folio: str) -> None:
    """As if nothing had been done; nobody was told. Commits. Raises Stale once the notice has left."""
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        lead_folio = _lead_folio(session, folio)
    with acting(office, folio, beside=[lead_folio]) as (moment, petition):
        row = _current(moment, petition)
        is_gone = row.leaves_at is None or moment.now >= row.leaves_at
        if row.staff_id != member.id or is_gone or not take_back_unsent(moment.session, _key(row)):
            raise Stale("the notice of it has left")
        _part(moment, petition, row, actor_of(member), is_undone=True)


def part(office: Office, member: Member, folio: str) -> None:
    """It is attended by itself again, and its citizen is told. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, DECIDERS)
    _part_and_tell(office, folio, actor_of(member))


def part_from_ended(office: Office, now: datetime) -> int:
    """What had joined a petition that was withdrawn or was none comes back to triage; how many. Commits."""
    ended = [status.value for status in ENDED]
    waiting = (
        select(Petition.folio)
        .join(Joining, Joining.petition_id == Petition.id)
        .where(Petition.status == Status.ACUMULADA.value, Joining.ended_at.is_(None))
    )
    led = select(Petition.id).where(Petition.id == Joining.lead_id, Petition.status.in_(ended)).correlate(Joining)
    with reading(office.sessions) as session:
        folios = session.scalars(waiting.where(led.exists())).all()
    for folio in folios:
        try:
            _part_and_tell(office, folio, "machine")
        except IntakeError as error:  # somebody else is at it; the next look finds it if not
            log.warning("joining.not-parted", folio=folio, error=type(error).__name__)
    return len(folios)


def beside(session: Session, folio: str) -> list[str]:
    """Folios of the petitions that are told what is told about this one."""
    return [one.folio for one in list_followers(session, get_petition(session, folio).id)]


def tell_followers(moment: Moment, petition: Petition, event: Answered | Extended | Guided, key: str) -> None:
    """Say it in the chats of the petitions that joined this one, each under its own folio; where both are in one chat,
    once is enough. Does not commit."""
    for follower in list_followers(moment.session, petition.id):
        if follower.conversation_id == petition.conversation_id:
            continue
        own = moment.session.get_one(Conversation, follower.conversation_id, with_for_update=True)
        there = Moment(moment.session, moment.office, own, moment.now, source="")
        told = replace(event, folio=follower.folio, is_sensitive=follower.is_sensitive or petition.is_sensitive)
        tell(there, told, f"{key}-for-{follower.id}")


def _part_and_tell(office: Office, folio: str, actor: str) -> None:
    with reading(office.sessions) as session:
        lead_folio = _lead_folio(session, folio)
    with acting(office, folio, beside=[lead_folio]) as (moment, petition):
        row = _current(moment, petition)
        is_unsaid = take_back_unsent(moment.session, _key(row))
        _part(moment, petition, row, actor, is_undone=False)
        if not is_unsaid:
            tell(moment, Parted(folio, petition.is_sensitive), f"{_key(row)}-parted")


def _part(moment: Moment, petition: Petition, row: Joining, actor: str, *, is_undone: bool) -> None:
    """The leading one's term is again what it was, unless it was changed since or another one needs it."""
    row.ended_at = moment.now
    matters = list_matters(petition)
    data = {"joining": row.id, "is_undone": is_undone}
    move(moment.session, petition, matters, Status.CLASIFICADA, moment.now, actor, **data)
    lead = moment.session.get_one(Petition, row.lead_id)
    if lead.due_on == petition.due_on and Status(lead.status) in LED:
        rest = [one.due_on for one in list_followers(moment.session, lead.id)]
        lead.due_on = min([row.was_due_on, *rest])


def _current(moment: Moment, petition: Petition) -> Joining:
    row = find_joining(moment.session, petition)
    if row is None:
        raise Stale(f"{petition.folio} is attended by itself")
    return row


def _lead_folio(session: Session, folio: str) -> str:
    row = find_joining(session, get_petition(session, folio))
    if row is None:
        raise Stale(f"{folio} is attended by itself")
    return session.get_one(Petition, row.lead_id).folio


def _key(row: Joining) -> str:
    """What the keys of the notice begin with."""
    return f"joining-{row.id}"
