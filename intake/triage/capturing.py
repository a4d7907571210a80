"""A petition that no chat brought: an officer writes down what a person said at a window, by telephone, on paper.

It gets a folio of the same series, is read by the same mind, and its term counts from when it reached the office. Its
conversation is of the channel `desk`, one a petition: what would be sent there becomes a task (`tasks`). The person is
nobody's who writes in a chat: a telephone that is told aloud proves nothing.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.effects import AddToPetition, CallPerson, Effect, HideIdentity, MarkMinor, NeedInterpreter
from bot.messages import NOT_SAID, ChannelName, Inbound, InboundKind
from intake.accounts.staff import Member
from intake.acting import DECIDERS, actor_of, require
from intake.carrying.old_folios import find_old_folio
from intake.clock import utc_now
from intake.database import insert_once
from intake.errors import FormRefused, NotAllowed
from intake.office import Office
from intake.petitions.case import list_matters, note, open_petition
from intake.petitions.folio import hide_folios
from intake.tables.accounts import Staff
from intake.tables.citizens import Citizen, Conversation
from intake.tables.incoming import InboundEvent, Message
from intake.tables.petitions import Capture, Petition
from intake.thinking.effects import PLACE_WORDS_MAX, Moment, carry_out
from intake.thinking.messages import TEXT_MAX, keep_message
from intake.triage.alarms import KINDS
from nlp.reading import Municipality, Reading

OLDEST = timedelta(
    days=60
)  # a proposal that the office confirms: older paper is no new petition, it has its own file already
AHEAD = timedelta(minutes=1)  # a form's minute that has just begun
TEXT_MIN = 10  # characters: «no hay luz»
NAME_MAX, TOWN_MAX = 200, 120
PHONE = re.compile(r"(?:\+\d{8,15}|\d{10})")  # ten digits in Mexico since 2019-08-03 (IFT, marcación); abroad E.164


class CameBy(StrEnum):
    WINDOW = "window"
    PHONE = "phone"
    PAPER = "paper"
    TOUR = "tour"
    MAIL = "mail"  # over the front desk's mailbox (`correspondence`)
    SYSTEM = "system"  # a partner's application, over Open311 (`reported`)
    IMPORT = "import"  # of an older register (`carrying`)


class CaptureRefused(FormRefused):
    """`options`: municipalities that the place may be, when it may be several; `folio`: what the form made before."""

    def __init__(self, fault: str, options: tuple[Municipality, ...] = (), folio: str | None = None) -> None:
        super().__init__(fault)
        self.options, self.folio = options, folio


@dataclass(frozen=True)
class Statement:
    """What the form says. `came_at` None: no such time. `town`: as it was said; `clave`: chosen among several.

    `phone` empty: the person comes for the answer, or it goes by post. `language`: of an interpreter. `emergency`: a
    kind that the officer sees; the mind may see one by itself. `spot`: in degrees; `told`: an agency
    that was named, and by what words.
    """

    way: CameBy
    came_at: datetime | None
    text: str
    town: str = ""
    clave: str = ""
    detail: str = ""
    name: str = ""
    phone: str = ""
    language: str = ""
    emergency: str = ""
    is_minor: bool = False
    is_anonymous: bool = False
    spot: tuple[float, float] | None = None
    told: tuple[str, str] | None = None


@dataclass(frozen=True)
class CaptureView:
    way: str
    came_at: datetime
    captured_at: datetime
    author: str
    phone: str | None
    old_folio: str | None = None


def capture(office: Office, member: Member, said: Statement, key: str) -> str:
    """Open the petition and commit; its folio. `key`: the form's own, so that sending it twice makes one petition.

    Raises NotAllowed, CaptureRefused: nothing was kept, or (`sent`) the form made another petition before.
    """
    require(member, DECIDERS)
    if said.way in (CameBy.SYSTEM, CameBy.IMPORT):
        raise NotAllowed("what a system reports is no officer's to write down")
    return keep_statement(office, member, said, key)


def keep_statement(
    office: Office, member: Member, said: Statement, key: str, beside: Callable[[Session, Petition], None] | None = None
) -> str:
    """As `capture`, whoever took it down. `beside`: what else is written in the same transaction."""
    place, phone = _check(office, said), read_phone(said.phone)
    reading = office.reader.read(hide_folios(said.text, office.jurisdiction.folio_series), explains=False)
    with office.sessions.begin() as session:
        event = _keep(session, said, key)
        if event is None:
            return _find_earlier(session, said, key)
        petition = _open(session, office, member, said, event, reading, place)
        now = event.received_at
        session.add(
            Capture(
                petition_id=petition.id,
                staff_id=member.id,
                way=said.way.value,
                phone=phone,
                came_at=petition.opened_at,
                captured_at=now,
            )
        )
        data = {"way": said.way.value, "came_at": petition.opened_at.isoformat()}
        note(session, petition, now, actor_of(member), "captured", data)
        if beside:
            beside(session, petition)
        return petition.folio


def find_capture(session: Session, petition: Petition) -> CaptureView | None:
    """None: it came by a chat."""
    wanted = select(Capture, Staff.name).join(Staff, Staff.id == Capture.staff_id)
    found = session.execute(wanted.where(Capture.petition_id == petition.id)).first()
    if found is None:
        return None
    row, author = found
    old_folio = find_old_folio(session, petition.id) if row.way == CameBy.IMPORT else None
    return CaptureView(row.way, row.came_at, row.captured_at, author, row.phone, old_folio)


def read_phone(written: str) -> str | None:
    """Digits, with + from abroad. None for an empty field. Raises CaptureRefused."""
    digits = re.sub(r"[\s().\-]", "", written)
    if not digits:
        return None
    if not PHONE.fullmatch(digits):
        raise CaptureRefused("phone")
    return digits


def _check(office: Office, said: Statement) -> Municipality | None:
    """Where it is, None when no municipality was said. Raises CaptureRefused."""
    now = utc_now()
    if said.way != CameBy.SYSTEM:  # a system's report comes when it comes
        _check_time(said.came_at, now)
    if not TEXT_MIN <= len(said.text) <= TEXT_MAX:
        raise CaptureRefused("text")
    if said.emergency and said.emergency not in KINDS:
        raise CaptureRefused("emergency")
    if said.language and said.language not in office.jurisdiction.languages.names.values():
        raise CaptureRefused("language")
    return _find_town(office, said)


def _check_time(came_at: datetime | None, now: datetime) -> None:
    if came_at is None:
        raise CaptureRefused("when")
    if came_at > now + AHEAD:
        raise CaptureRefused("future")
    if came_at < now - OLDEST:
        raise CaptureRefused("old")


def _find_town(office: Office, said: Statement) -> Municipality | None:
    """As the chat understands an answer to «¿De qué municipio?»."""
    if said.way == CameBy.SYSTEM:
        return _find_sent_town(office, said)
    if not said.town:
        return None
    read = office.reader.read_place(said.town, is_answer=True)
    options = read.candidates if read else ()
    chosen = next((option for option in options if option.clave == said.clave), read.chosen if read else None)
    if chosen is None:
        raise CaptureRefused("town_several" if options else "town", options)
    return chosen


def _find_sent_town(office: Office, said: Statement) -> Municipality | None:
    """The one that is named by its key, else in the address; else that whose seat is nearest to the spot."""
    if said.clave:
        return office.reader.find_municipality(said.clave)
    read = office.reader.read_place(said.detail) if said.detail else None
    near = office.reader.nearest(*said.spot) if said.spot else None
    return read.chosen if read and read.chosen else near.municipality if near else None


def _keep(session: Session, said: Statement, key: str) -> InboundEvent | None:
    """The form as an event, kept as what a provider sends is; None when it was kept before."""
    now = utc_now()
    row = {
        "channel": ChannelName.DESK.value,
        "provider_id": key,
        "kind": "message",
        "conversation_id": None,
        "provider_order": None,
        "body": _as_body(said),
        "query": "",
        "received_at": now,
        "state": "processed",
        "attempts": 0,
        "processed_at": now,
    }
    kept = insert_once(session, InboundEvent, [row], InboundEvent.id)
    return session.get_one(InboundEvent, kept[0][0]) if kept else None


def _as_body(said: Statement) -> bytes:
    return json.dumps(asdict(said), default=str, ensure_ascii=False, sort_keys=True).encode()


def _find_earlier(session: Session, said: Statement, key: str) -> str:
    """The folio that the form made. Raises CaptureRefused where it says something else by now."""
    own = InboundEvent.channel == ChannelName.DESK.value, InboundEvent.provider_id == key
    wanted = select(Petition.folio, InboundEvent.body).join(Message, Message.petition_id == Petition.id)
    folio, body = session.execute(wanted.join(InboundEvent, InboundEvent.id == Message.event_id).where(*own)).one()
    if body != _as_body(said):
        raise CaptureRefused("sent", folio=folio)
    return str(folio)


def _open(
    session: Session,
    office: Office,
    member: Member,
    said: Statement,
    event: InboundEvent,
    reading: Reading,
    place: Municipality | None,
) -> Petition:
    conversation = _new_conversation(session, said, event)
    came_at = min(said.came_at or NOT_SAID, event.received_at).astimezone(UTC)  # as the history is hashed
    own = Inbound(ChannelName.DESK, InboundKind.MESSAGE, conversation.address, event.provider_id, came_at, said.text)
    message = keep_message(session, event, own, reading)
    folio = office.folios.take(session, office.jurisdiction, came_at)
    petition = open_petition(session, office.jurisdiction, conversation, folio, came_at)
    read = reading.place.chosen if reading.place else None
    petition.municipality = place.clave if place else read.clave if read else None
    petition.place_text = said.detail[:PLACE_WORDS_MAX] or None
    petition.emergency = said.emergency or message.emergency
    petition.latitude, petition.longitude = said.spot or (None, None)
    first = list_matters(petition)[0]
    first.told, first.told_words = said.told or (None, None)
    moment = Moment(session, office, conversation, event.received_at, f"capture-{event.id}", message)
    carry_out(moment, _effects(folio, said, petition.emergency))
    return petition


def _new_conversation(session: Session, said: Statement, event: InboundEvent) -> Conversation:
    """Of a person of its own: who has that telephone, or that name, is not known."""
    citizen = Citizen(name=said.name[:NAME_MAX] or None, created_at=event.received_at)
    session.add(citizen)
    session.flush()
    conversation = Conversation(
        channel=ChannelName.DESK.value,
        address=event.provider_id,
        citizen_id=citizen.id,
        created_at=event.received_at,
        last_inbound_at=event.received_at,
    )
    session.add(conversation)
    session.flush()
    event.conversation_id = conversation.id
    session.flush()
    return conversation


def _effects(folio: str, said: Statement, emergency: str | None) -> tuple[Effect, ...]:
    """What the dialogue decides on when the same is told in a chat."""
    told: list[Effect] = [AddToPetition(folio)]
    if emergency:
        told.append(CallPerson(folio, "emergency"))
    if said.language:
        told.append(NeedInterpreter(folio, said.language))
    if said.is_minor:
        told.append(MarkMinor(folio))
    if said.is_anonymous:
        told.append(HideIdentity(folio))
    return tuple(told)
