"""A person of the office enters a conversation, writes in it, leaves; meanwhile the program is quiet (`bot/takeover`).

Called by the admin; by `process` and a loop in `serving` where somebody came and wrote no more.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import PersonCame, PersonLeft, PersonWrote
from bot.messages import ChannelName
from bot.takeover import SAYS
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require, tell
from intake.clock import utc_now
from intake.database import reading
from intake.errors import MoveRefused, Stale
from intake.loops import again_and_again
from intake.office import Office
from intake.petitions.case import note
from intake.tables.accounts import Staff, Takeover
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.effects import Moment

LOOK_EVERY_S = 30.0
KEY = re.compile(r"takeover-(\d+)-said-")
log = structlog.get_logger()


class NotIn(Stale):
    """The member is not in the conversation, or not any more."""


@dataclass(frozen=True)
class PersonIn:
    """Who is in a conversation. `folio`: of the petition from which they came."""

    takeover_id: int
    staff_id: int
    name: str
    folio: str
    since: datetime


def enter(office: Office, member: Member, folio: str, instead_of: int) -> None:
    """Enter the conversation of a petition; of whoever is in it `instead_of` is the takeover, 0: nobody. Commits.

    Twice the same is once. Raises NotAllowed, NotFound, MoveRefused where there is no chat, Stale when meanwhile
    another person came.
    """
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        if moment.conversation.channel == ChannelName.DESK:
            raise MoveRefused(f"{folio} came by no chat")
        there = find_open(moment.session, moment.conversation.id)
        if there and there.staff_id == member.id:
            return
        if (there.id if there else 0) != instead_of:
            raise Stale("somebody else came into the conversation")
        if there:
            _close(moment, there, "replaced", actor_of(member))
        own = _open(moment, petition, member)
        tell(moment, PersonCame(folio, is_another=there is not None), f"takeover-{own.id}-began")


def write(office: Office, member: Member, folio: str, text: str, slip: str) -> None:
    """Queue what the person writes. `slip`: the form's own, so that it leaves once however often it is sent. Commits.

    Raises NotAllowed, NotFound, NotIn.
    """
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        there = _own(moment, member)
        source = f"takeover-{there.id}-said-{slip}"
        if moment.session.scalar(select(Reply.id).where(Reply.key == f"{source}-1:1")) is not None:
            return
        there.active_at = moment.now
        tell(moment, PersonWrote(folio, text), source)
        note(moment.session, petition, moment.now, actor_of(member), "person_wrote", {"reply": source})


def leave(office: Office, member: Member, folio: str) -> None:
    """Give the conversation back to the program. Commits. Raises NotAllowed, NotFound, NotIn."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, _):
        _end(moment, _own(moment, member), "left", actor_of(member))


def end_if_idle(session: Session, office: Office, conversation: Conversation, now: datetime) -> None:
    """The person in the conversation, if one is, wrote nothing for too long: the program answers what comes now.

    The caller holds the conversation's lock and commits.
    """
    if conversation.state.get("person_folio"):
        _end_idle(Moment(session, office, conversation, now, source=""))


async def keep_takeovers(office: Office) -> None:
    """For ever: who came and wrote no more is in no conversation any more, and the citizen is told."""

    async def look() -> None:
        await asyncio.to_thread(review, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="takeovers.loop")


def review(office: Office, now: datetime) -> int:
    """End what is idle; how many were. Commits each."""
    idle = select(Petition.folio).join(Takeover, Takeover.petition_id == Petition.id)
    with reading(office.sessions) as session:
        too_long = Takeover.active_at <= now - _idle(office)
        folios = session.scalars(idle.where(Takeover.ended_at.is_(None), too_long)).all()
    for folio in folios:
        with acting(office, folio) as (moment, _):
            _end_idle(replace(moment, now=now))
    if folios:
        log.info("takeovers.idle", count=len(folios))
    return len(folios)


def find_open(session: Session, conversation_id: int) -> Takeover | None:
    wanted = select(Takeover).where(Takeover.conversation_id == conversation_id, Takeover.ended_at.is_(None))
    return session.scalars(wanted.order_by(Takeover.id.desc()).limit(1)).first()


def find_person(session: Session, conversation_id: int) -> PersonIn | None:
    there = find_open(session, conversation_id)
    if there is None:
        return None
    folio = session.get_one(Petition, there.petition_id).folio
    return PersonIn(there.id, there.staff_id, session.get_one(Staff, there.staff_id).name, folio, there.began_at)


def authors_of(session: Session, replies: Sequence[Reply]) -> dict[int, str]:
    """By reply: the name of the person who wrote it. Its key says in which takeover that was."""
    keys = {reply.id: KEY.match(reply.key) for reply in replies if reply.purpose == SAYS}
    written = {reply_id: int(found[1]) for reply_id, found in keys.items() if found}
    if not written:
        return {}
    wanted = select(Takeover.id, Staff.name).join(Staff, Staff.id == Takeover.staff_id)
    names = {row[0]: row[1] for row in session.execute(wanted.where(Takeover.id.in_({*written.values()})))}
    return {reply_id: names[takeover_id] for reply_id, takeover_id in written.items() if takeover_id in names}


def _open(moment: Moment, petition: Petition, member: Member) -> Takeover:
    row = Takeover(
        conversation_id=moment.conversation.id,
        petition_id=petition.id,
        staff_id=member.id,
        began_at=moment.now,
        active_at=moment.now,
    )
    moment.session.add(row)
    moment.session.flush()
    note(moment.session, petition, moment.now, actor_of(member), "person_came", {"takeover": row.id})
    return row


def _own(moment: Moment, member: Member) -> Takeover:
    there = find_open(moment.session, moment.conversation.id)
    if there is None or there.staff_id != member.id:
        raise NotIn("the member is not in the conversation")
    return there


def _end_idle(moment: Moment) -> None:
    there = find_open(moment.session, moment.conversation.id)
    if there and there.active_at <= moment.now - _idle(moment.office):
        _end(moment, there, "idle", "machine")


def _end(moment: Moment, there: Takeover, ending: str, actor: str) -> None:
    petition = _close(moment, there, ending, actor)
    tell(moment, PersonLeft(petition.folio), f"takeover-{there.id}-ended")


def _close(moment: Moment, there: Takeover, ending: str, actor: str) -> Petition:
    there.ended_at, there.ending = moment.now, ending
    petition = moment.session.get_one(Petition, there.petition_id)
    note(moment.session, petition, moment.now, actor, f"person_{ending}", {"takeover": there.id})
    return petition


def _idle(office: Office) -> timedelta:
    return timedelta(minutes=office.settings.takeover_idle_min)
