"""What a person without a chat answers to an agency, at the window or by telephone: an officer writes down the words,
and they come back to the agency as if by chat, with who wrote them and how they came."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.effects import AddToPetition, CallPerson, Effect
from bot.messages import ChannelName, DeliveryStatus, Inbound, InboundKind
from intake.accounts.staff import Member
from intake.acting import DECIDERS, actor_of, require
from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.outgoing.replies import IN_PERSON
from intake.petitions.case import note
from intake.petitions.folio import hide_folios
from intake.petitions.inquiries import ASKED, reply_of
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent
from intake.tables.outgoing import Task
from intake.tables.petitions import Inquiry, Matter, Petition, Referral
from intake.thinking.effects import Moment, carry_out
from intake.thinking.messages import keep_message
from intake.triage.capturing import AHEAD
from intake.triage.referrals import acting_on_referral
from intake.triage.tasks import Means, Outcome

TEXT_MIN, TEXT_MAX = 2, 6000  # «sí»; what a form takes


class HeardBy(StrEnum):
    WINDOW = "window"
    PHONE = "phone"
    PAPER = "paper"


MEANS = {HeardBy.WINDOW: Means.VISIT, HeardBy.PHONE: Means.CALL, HeardBy.PAPER: Means.LETTER}


@dataclass(frozen=True)
class Heard:
    """What the form says. `at` None: no such time."""

    way: HeardBy
    at: datetime | None
    text: str


@dataclass(frozen=True)
class OpenQuestion:
    """What an agency waits for, of a person whom only people reach."""

    referral_id: int
    folio: str
    agency: str
    text: str
    asked_at: datetime


def get_question(office: Office, member: Member, referral_id: int) -> OpenQuestion:
    """Raises NotAllowed, and NotFound where nothing is asked that waits, or a chat brings the answer."""
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        inquiry, petition, referral = _find_open(session, referral_id)
        agency = office.jurisdiction.name_agency(referral.agency)
        return OpenQuestion(referral.id, petition.folio, agency, inquiry.text, inquiry.asked_at)


def write_down(office: Office, member: Member, referral_id: int, heard: Heard, key: str) -> str:
    """The folio. `key`: the form's own, so that sending it twice keeps one. Commits.

    Raises NotAllowed, NotFound, Stale (answered or ended meanwhile), FormRefused: text, when, future, before.
    """
    require(member, DECIDERS)
    if (folio := _find_kept(office, key)) is not None:
        return folio
    _check(heard)
    read = office.reader.read(hide_folios(heard.text, office.jurisdiction.folio_series), explains=False)
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, _):
        session = moment.session
        inquiry, _, _ = _find_open(session, referral_id)
        at = heard.at or moment.now
        if at < inquiry.asked_at.replace(second=0, microsecond=0):
            raise FormRefused("before")
        event = _keep(session, moment, member, heard, inquiry, key)
        own = Inbound(
            ChannelName.DESK, InboundKind.MESSAGE, moment.conversation.address, event.provider_id, at, heard.text
        )
        message = keep_message(session, event, own, read)
        _note_told(session, member, inquiry, heard, moment.now)
        source = f"heard-{event.id}"
        effects: list[Effect] = [AddToPetition(petition.folio)]
        if message.emergency:
            effects.append(CallPerson(petition.folio, "emergency"))
        heard_now = Moment(session, office, moment.conversation, moment.now, source, message, inquiry_id=inquiry.id)
        carry_out(heard_now, tuple(effects))
        data = {"inquiry": inquiry.id, "message": message.id, "way": heard.way.value, "at": at.isoformat()}
        note(session, petition, moment.now, actor_of(member), "datum_written", data)
        return petition.folio


def _find_open(session: Session, referral_id: int) -> tuple[Inquiry, Petition, Referral]:
    found = session.execute(
        select(Inquiry, Petition, Referral)
        .join(Referral, Referral.id == Inquiry.referral_id)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .join(Conversation, Conversation.id == Petition.conversation_id)
        .where(
            Referral.id == referral_id,
            Referral.datum == ASKED,
            Referral.state.in_(OPEN_REFERRALS),
            Inquiry.came_at.is_(None),
            Conversation.channel == ChannelName.DESK.value,
        )
        .order_by(Inquiry.id.desc())
    ).first()
    if found is None:
        raise NotFound(f"referral {referral_id} waits for nobody without a chat")
    return found[0], found[1], found[2]


def _find_kept(office: Office, key: str) -> str | None:
    own = InboundEvent.channel == ChannelName.DESK.value, InboundEvent.provider_id == key
    with reading(office.sessions) as session:
        joined = select(Petition.folio).join(InboundEvent, InboundEvent.conversation_id == Petition.conversation_id)
        return session.scalar(joined.where(*own).limit(1))


def _check(heard: Heard) -> None:
    if not TEXT_MIN <= len(heard.text) <= TEXT_MAX:
        raise FormRefused("text")
    if heard.at is None:
        raise FormRefused("when")
    if heard.at > utc_now() + AHEAD:
        raise FormRefused("future")


def _keep(session: Session, moment: Moment, member: Member, heard: Heard, inquiry: Inquiry, key: str) -> InboundEvent:
    """The form as an event, kept as what a provider sends is. Raises Stale when it came a moment ago."""
    told = {"way": heard.way.value, "text": heard.text, "inquiry": inquiry.id, "staff": member.id}
    row = {
        "channel": ChannelName.DESK.value,
        "provider_id": key,
        "kind": "message",
        "conversation_id": moment.conversation.id,
        "provider_order": None,
        "body": json.dumps(told, ensure_ascii=False, sort_keys=True).encode(),
        "query": "",
        "received_at": moment.now,
        "state": "processed",
        "attempts": 0,
        "processed_at": moment.now,
    }
    kept = insert_once(session, InboundEvent, [row], InboundEvent.id)
    if not kept:
        raise Stale("the form was kept a moment ago")
    return session.get_one(InboundEvent, kept[0][0])


def _note_told(session: Session, member: Member, inquiry: Inquiry, heard: Heard, now: datetime) -> None:
    """Who answers a question was told it: nobody has to tell it any more."""
    reply = reply_of(session, inquiry)
    if reply is None:
        return
    if reply.state == IN_PERSON and not reply.delivery:
        reply.delivery = DeliveryStatus.DELIVERED.value
    told = {"outcome": Outcome.TOLD.value, "means": MEANS[heard.way].value, "closed_by": member.id, "closed_at": now}
    session.execute(update(Task).where(Task.reply_id == reply.id, Task.closed_at.is_(None)).values(**told))
    session.flush()
