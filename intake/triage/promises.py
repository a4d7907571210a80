"""«Canalizar sola»: where an agency's promise is switched on, and people's decisions have kept it, a sure suggestion is
sent without waiting for a person. Off for every agency until an administrator says so.

Never by itself: emergencies, urgent, reserved or blocked petitions, a child's, who wants a person or an interpreter,
rights over one's data, several matters, an open question, words that are still to come or to be heard, what somebody is
looking at or has decided on, what rules would send elsewhere or with copies, what may be a complaint or else reserved.
What it does counts for no lesson and no curve.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from bot.burst import ACKNOWLEDGEMENT
from bot.messages import AttachmentKind
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.configuration.in_force import Subject, numbers_in_force
from intake.configuration.things import SHARES
from intake.configuration.versions import Change, publish
from intake.database import reading
from intake.errors import FormRefused, IntakeError
from intake.loops import again_and_again
from intake.mind.curves import curves_of, list_cases, threshold_of
from intake.office import Office
from intake.petitions.case import find_place
from intake.petitions.parts import propose_parts
from intake.petitions.states import Status
from intake.tables.accounts import Staff, Takeover
from intake.tables.citizens import Conversation
from intake.tables.configuration import ConfigVersion
from intake.tables.incoming import Attachment, InboundEvent, Message, SetAsideMessage
from intake.tables.mind import Decision, SuggestionRow
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition
from intake.thinking.suggestions import is_reserved
from intake.triage.claiming import list_holders
from intake.triage.proposals import copies_named
from intake.triage.referrals import Choice, decide
from nlp.reading import MessageKind

WAITS = timedelta(minutes=15)  # the person may still be telling more
LOOK_EVERY_S = 60.0
AT_ONCE, SEEN_AT_MOST = 50, 1000
RIVAL = 0.05  # from here on a further agency of the ranking may be the right one
UNSAID = ("queued", "held", "claimed", "sending")  # of an acknowledgement: the person may still be telling more
WHY = "Canalizada por el programa: promesa de precisión de la dependencia."
log = structlog.get_logger()


def set_promise(office: Office, member: Member, agency: str, share: float, reason: str, over: int, *, on: bool) -> int:
    """The version. Commits. Raises NotFound, NotAllowed, FormRefused (faulty, never_kept, no_reason), Stale."""
    office.jurisdiction.get_agency(agency)
    if share not in SHARES:
        raise FormRefused("faulty")
    if on:
        with reading(office.sessions) as session:
            if agency not in _thresholds(session, {agency: share}):
                raise FormRefused("never_kept")
    return publish(office, member, Change(Subject.PROMISE, agency, {"is_on": on, "share": share}), reason, over)


def list_promises(office: Office) -> dict[str, float]:
    """Of the agencies for which it is switched on: the share of right ones that is promised."""
    values = office.in_force.values(Subject.PROMISE)
    return {key: float(value["share"]) for key, value in values.items() if value["is_on"]}


async def keep_promises(office: Office) -> None:
    """For ever."""

    async def look_once() -> None:
        await asyncio.to_thread(look, office)

    await again_and_again(look_once, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="promises.loop")


@dataclass(frozen=True)
class Found:
    """What is to be sent. `rivals`: agencies whose it may be too, by the same suggestion."""

    petition_id: int
    folio: str
    text: str
    choice: Choice
    rivals: tuple[str, ...]


def look(office: Office) -> int:
    """How many it sent. Without a promise it asks nothing of the database. Commits, one petition at a time."""
    promised = {key: share for key, share in list_promises(office).items() if office.jurisdiction.is_open(key)}
    if not promised:
        return 0
    with reading(office.sessions) as session:
        authors = _authors(session)
        found = list(islice(_found(session, _thresholds(session, promised), authors), AT_ONCE))
    return sum(_sends(office, authors[one.choice.agency], one) for one in found)


def _sends(office: Office, author: Member, found: Found) -> bool:
    with reading(office.sessions) as session:
        place = find_place(office, session.get_one(Petition, found.petition_id))
        nobody = Member(0, "", "", Role.ADMINISTRATOR, None, "")
        if list_holders(session, [found.petition_id], nobody, utc_now())[found.petition_id]:
            return False
    if len({part.agency.key for part in propose_parts(office, found.text, place) if part.agency}) > 1:
        return False
    clave = place.clave if place else None
    if any(is_reserved(office, found.text, rival, clave) for rival in found.rivals):
        return False  # a complaint about those to whom it would go, for one
    try:
        decide(office, author, found.folio, found.choice, is_machine=True)
    except IntakeError as error:
        log.info("promises.left", folio_error=type(error).__name__)
        return False
    return True


def _thresholds(session: Session, promised: dict[str, float]) -> dict[str, float]:
    """From which probability upwards each promise was kept; agencies that did not keep it are not among them."""
    curves = {curve.agency: curve for curve in curves_of(list_cases(session))}
    kept = {key: threshold_of(curves[key], share) for key, share in promised.items() if key in curves}
    return {key: point.probability for key, point in kept.items() if point}


def _found(session: Session, thresholds: dict[str, float], authors: dict[str, Member]) -> Iterator[Found]:
    """What may be decided, the oldest first."""
    kept = {key: probability for key, probability in thresholds.items() if key in authors}
    newest = select(func.max(SuggestionRow.id)).where(SuggestionRow.matter_id == Matter.id).correlate(Matter)
    wanted = (
        select(Petition, Matter, SuggestionRow, Conversation.state)
        .select_from(Petition)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(SuggestionRow, SuggestionRow.id == newest.scalar_subquery())
        .join(Conversation, Conversation.id == Petition.conversation_id)
        .where(SuggestionRow.agency.in_(kept), *_is_plain(), *_is_quiet(utc_now()))
        .order_by(Petition.opened_at)
        .limit(SEEN_AT_MOST)
    )
    for petition, matter, row, state in session.execute(wanted):
        best: dict[str, Any] = row.ranking[0] if row.ranking else {"agency": ""}
        is_sure = best["agency"] == row.agency and best["probability"] >= kept[best["agency"]]
        if is_sure and not copies_named(row) and not _is_asked(state, petition.folio):
            choice = Choice(matter.id, best["agency"], petition.version, WHY, row.id)
            rivals = tuple(item["agency"] for item in row.ranking[1:] if item["probability"] >= RIVAL)
            yield Found(petition.id, petition.folio, matter.text, choice, rivals)


def _is_plain() -> list[ColumnElement[bool]]:
    """One matter, of which the machine is sure and nobody has said anything."""
    matters = select(func.count()).where(Matter.petition_id == Petition.id).correlate(Petition).scalar_subquery()
    return [
        Matter.status == Status.RECIBIDA.value,
        Petition.status == Status.RECIBIDA.value,
        Petition.emergency.is_(None),
        ~Petition.is_urgent,
        ~Petition.is_sensitive,
        ~Petition.is_blocked,
        ~Petition.is_minor,
        ~Petition.wants_person,
        ~Petition.needs_interpreter,
        Petition.data_right.is_(None),
        Petition.contingency_id.is_(None),
        SuggestionRow.is_sure.is_(True),
        SuggestionRow.question.is_(None),
        SuggestionRow.kind == MessageKind.PETITION.value,
        Matter.told.is_(None),  # what a citizen answers is believed, but it is no proof
        matters == 1,
        ~exists().where(Decision.matter_id == Matter.id),
    ]


def _is_quiet(now: datetime) -> list[ColumnElement[bool]]:
    """All that was told is read and acknowledged, and no person is in the conversation."""
    own = Petition.conversation_id
    unheard = Attachment.petition_id == Petition.id, Attachment.kind == AttachmentKind.VOICE.value
    aside = select(SetAsideMessage.message_id).join(Message, Message.id == SetAsideMessage.message_id)
    return [
        Petition.opened_at < now - WAITS,
        SuggestionRow.created_at < now - WAITS,
        ~exists().where(InboundEvent.conversation_id == own, InboundEvent.state == "pending"),
        ~exists().where(Reply.petition_id == Petition.id, Reply.purpose == ACKNOWLEDGEMENT, Reply.state.in_(UNSAID)),
        ~exists().where(*unheard, Message.id == Attachment.message_id, Message.transcript.is_(None)),
        ~aside.where(Message.conversation_id == own).exists(),
        ~exists().where(Takeover.conversation_id == own, Takeover.ended_at.is_(None)),
    ]


def _is_asked(state: dict[str, Any], folio: str) -> bool:
    """Something is asked of the person about it, as where it is, or they are not safe."""
    return bool(state.get("is_unsafe") or (state.get("awaiting") and state.get("folio") == folio))


def _authors(session: Session) -> dict[str, Member]:
    """In whose name each is sent: who switched the promise on, while their account is open."""
    wanted = (
        select(ConfigVersion.key, Staff)
        .join(Staff, Staff.id == ConfigVersion.made_by)
        .where(ConfigVersion.number.in_(numbers_in_force()))
        .where(ConfigVersion.subject == Subject.PROMISE.value, Staff.is_active)
    )
    return {
        key: Member(row.id, row.username, row.name, Role(row.role), None, "") for key, row in session.execute(wanted)
    }
