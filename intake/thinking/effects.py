"""Carries out what the dialogue decided, inside the worker's transaction. Never commits, never sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.effects import (
    AddToPetition,
    AskRating,
    CallPerson,
    Comment,
    Conclude,
    Effect,
    HandOver,
    HideIdentity,
    Hush,
    Join,
    JoinChats,
    KeepWhole,
    MarkMinor,
    NeedInterpreter,
    NoteDamage,
    OfferLink,
    OpenPetition,
    OpenRights,
    PartChats,
    PartMatters,
    Rate,
    ReadOut,
    Reopen,
    Repeat,
    Reserve,
    RestrictFiles,
    Say,
    SetAside,
    SetPlace,
    SettleDoubt,
    ShowIdentity,
    SignIn,
    TakeBack,
    Withdraw,
)
from intake.citizens.links import Here, join, offer, part
from intake.citizens.own_data import hand_over
from intake.citizens.rights import file_request
from intake.errors import NotFound
from intake.meetings.attending_by_chat import count_in
from intake.notices.mailing import mail_emergency, mail_reopened
from intake.office import Office
from intake.outgoing.replies import queue_replies, withhold
from intake.outgoing.reserved import keep_reserved, read_out
from intake.petitions.case import get_petition, list_matters, move_if_allowed, note, open_petition
from intake.petitions.inquiries import is_waited_for, take_answer
from intake.petitions.parting import KEPT_WHOLE, part_as_proposed
from intake.petitions.ratings import keep_rating
from intake.petitions.search_texts import keep_words
from intake.petitions.states import NEEDS_TRIAGE, Status
from intake.systems.announcing import announce_reply
from intake.tables.citizens import Conversation
from intake.tables.incoming import Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.terms.pausing import end_pause
from intake.terms.recounting import place
from intake.thinking.messages import attach_to_petition, text_alone
from intake.thinking.needs import note_damage, note_need
from intake.thinking.papers import restrict
from intake.thinking.set_aside import keep_apart, take_up
from intake.thinking.suggestions import suggest
from intake.writing import write_changed

PLACE_WORDS_MAX = 300


@dataclass(frozen=True)
class Moment:
    """Where effects happen. `source` makes their replies' keys; `message` None: staff did.

    `unsaid`: replies that wait. `has_files`: whether the message may have brought some. `inquiry_id`: of
    an agency's question that the message is known to answer.
    """

    session: Session
    office: Office
    conversation: Conversation
    now: datetime
    source: str
    message: Message | None = None
    unsaid: Sequence[Reply] = ()
    has_files: bool = True
    inquiry_id: int | None = None


def carry_out(moment: Moment, effects: tuple[Effect, ...]) -> None:
    """In order; a petition whose text grew while it waits for triage is suggested anew, once, at the end."""
    grown = [(petition, effect) for effect in effects if (petition := _carry_out(moment, effect))]
    has_all = len(grown) == 1 and _is_told_at_once(grown[0][1])
    for petition in {petition.id: petition for petition, _ in grown}.values():
        if Status(petition.status) in NEEDS_TRIAGE:
            suggest(moment.session, moment.office, petition, moment.now, has_all=has_all)
    says = [(effect, _petition_id(moment, effect)) for effect in effects if isinstance(effect, Say)]
    queue_replies(moment.session, moment.office, moment.conversation, says, key=moment.source)


def _is_told_at_once(effect: Effect) -> bool:
    """Opened with the message at hand and no other: the matter has its whole text."""
    return isinstance(effect, OpenPetition) and not effect.is_set_aside and not effect.has_pin


def _carry_out(moment: Moment, effect: Effect) -> Petition | None:
    """The petition when what is known of its matter changed."""
    match effect:
        case OpenPetition():
            return _open(moment, effect)
        case OpenRights():
            return _open_rights(moment, effect)
        case AddToPetition():
            return _add(moment, effect)
        case SetAside() | Join() | Repeat():
            return _set_aside_or_join(moment, effect)
        case SetPlace():
            return _set_place(moment, effect)
        case SettleDoubt():
            return _settle_doubt(moment, effect)
        case PartMatters():
            petition = _own_petition(moment, effect.folio)
            part_as_proposed(moment.session, moment.office, petition, moment.now)
        case KeepWhole():
            _note(moment, _own_petition(moment, effect.folio), KEPT_WHOLE)
        case CallPerson():
            _call_person(moment, effect)
        case NeedInterpreter():
            _need_interpreter(moment, effect)
        case NoteDamage():
            _note_damage(moment, effect)
        case HideIdentity() | ShowIdentity() | MarkMinor() | RestrictFiles():
            _mind_person(moment, effect)
        case Withdraw() | Conclude() | Reopen():
            _end_or_reopen(moment, effect)
        case TakeBack():
            for reply in moment.unsaid:
                moment.session.delete(reply)
        case Hush():
            withhold(moment.session, moment.conversation)
        case HandOver():
            say = hand_over(moment.session, moment.office, moment.conversation, moment.now)
            queue_replies(moment.session, moment.office, moment.conversation, [(say, None)], key=f"{moment.source}-own")
        case AskRating() | Rate() | Comment():
            _rate(moment, effect)
        case OfferLink() | JoinChats() | PartChats():
            _link(moment, effect)
        case SignIn():
            count_in(moment.session, effect.meeting, moment.now)
        case Reserve() | ReadOut():
            _reserve_or_read(moment, effect)
    return None


def _open(moment: Moment, effect: OpenPetition) -> Petition:
    told = text_alone(moment.message) if moment.message and not effect.is_set_aside else ""
    petition = open_petition(
        moment.session,
        moment.office.jurisdiction,
        moment.conversation,
        effect.folio,
        moment.now,
        text=told,
        emergency=effect.emergency,
    )
    if effect.place:
        place(moment.session, moment.office, petition, effect.place, moment.now)
    if effect.has_pin:
        _add_pin(moment, petition)
    return _join(moment, petition) if effect.is_set_aside else _add(moment, AddToPetition(effect.folio))


def _set_aside_or_join(moment: Moment, effect: SetAside | Join | Repeat) -> Petition | None:
    if isinstance(effect, Join):
        return _join(moment, _own_petition(moment, effect.folio))
    if moment.message is None:
        return None
    keep_apart(moment.session, moment.message, is_more=isinstance(effect, SetAside) and effect.is_more)
    if isinstance(effect, Repeat):
        petition = _own_petition(moment, effect.folio)
        attach_to_petition(moment.session, moment.message, petition.id)
        _note(moment, petition, "repeated", message=moment.message.id)
    return None


def _join(moment: Moment, petition: Petition) -> Petition:
    for message in take_up(moment.session, moment.conversation, petition.id):
        _note(moment, petition, "message_added", message=message.id)
        _hear(moment, petition, message, AddToPetition(petition.folio))
    return petition


def _add_pin(moment: Moment, petition: Petition) -> None:
    """The place on the map that was sent ahead."""
    alone = Message.conversation_id == moment.conversation.id, Message.petition_id.is_(None)
    pins = select(Message).where(*alone, Message.latitude.is_not(None)).order_by(Message.id.desc()).limit(1)
    pin = moment.session.scalars(pins).first()
    if pin is not None:
        pin.petition_id = petition.id
        write_changed(moment.session, pin)
        petition.latitude, petition.longitude = pin.latitude, pin.longitude


def _open_rights(moment: Moment, effect: OpenRights) -> Petition:
    petition = _open(moment, OpenPetition(effect.folio))
    file_request(moment.session, moment.office.jurisdiction, moment.conversation, petition, effect.right, moment.now)
    _note(moment, petition, "rights_asked", right=effect.right, due_on=petition.due_on.isoformat())
    return petition


def _add(moment: Moment, effect: AddToPetition) -> Petition:
    petition = _own_petition(moment, effect.folio)
    message = moment.message
    if message is None:
        return petition
    message.is_place = effect.is_place
    if message.petition_id != petition.id:
        attach_to_petition(moment.session, message, petition.id, has_files=moment.has_files)
        _note(moment, petition, "message_added", message=message.id)
    else:
        write_changed(moment.session, message)
    _hear(moment, petition, message, effect)
    return petition


def _hear(moment: Moment, petition: Petition, message: Message, effect: AddToPetition) -> None:
    """Where it is, when the message says so; and that there is news for the agency that has it."""
    if message.latitude is not None and petition.latitude is None:
        petition.latitude, petition.longitude = message.latitude, message.longitude
    if any(matter.status not in NEEDS_TRIAGE for matter in list_matters(petition)):
        is_awaited = not effect.is_question and take_answer(
            moment.session, petition, message, moment.now, inquiry_id=moment.inquiry_id, goes_on=effect.goes_on
        )
        if is_awaited and not is_waited_for(moment.session, petition):
            end_pause(moment.session, moment.office, petition, moment.now)
        _note(moment, petition, "datum_came" if is_awaited else "news_for_agency", message=message.id)
        announce_reply(moment.session, petition, message.id, moment.now)


def _set_place(moment: Moment, effect: SetPlace) -> Petition:
    petition = _own_petition(moment, effect.folio)
    if effect.clave:
        place(moment.session, moment.office, petition, effect.clave, moment.now)
    else:
        petition.place_text = (effect.words or "")[:PLACE_WORDS_MAX]
    if moment.message and moment.message.latitude is not None:
        petition.latitude, petition.longitude = moment.message.latitude, moment.message.longitude
    if Status(petition.status) not in NEEDS_TRIAGE:  # else it is suggested anew, and its words are kept with that
        keep_words(moment.session, petition)
    _note(moment, petition, "place_set", clave=effect.clave)
    return petition


def _settle_doubt(moment: Moment, effect: SettleDoubt) -> Petition:
    petition = _own_petition(moment, effect.folio)
    matter = list_matters(petition)[0]
    if moment.office.jurisdiction.find_agency(effect.agency):
        matter.told, matter.told_words = effect.agency, effect.words
    _note(moment, petition, "doubt_settled", agency=effect.agency)
    return petition


def _call_person(moment: Moment, effect: CallPerson) -> None:
    petition = _own_petition(moment, effect.folio)
    petition.wants_person = True
    if effect.reason == "emergency":
        petition.is_urgent = True
        petition.emergency = petition.emergency or (moment.message.emergency if moment.message else None)
        mail_emergency(moment.session, moment.office, petition, moment.now)
    note(moment.session, petition, moment.now, "machine", "person_called", {"reason": effect.reason})


def _need_interpreter(moment: Moment, effect: NeedInterpreter) -> None:
    petition = _own_petition(moment, effect.folio)
    if note_need(moment.session, petition, effect.language, effect.town, moment.now):
        _note(moment, petition, "interpreter_needed")
    else:
        _note(moment, petition, "interpreter_language")


def _note_damage(moment: Moment, effect: NoteDamage) -> None:
    petition = _own_petition(moment, effect.folio)
    told = note_damage(petition, effect)
    _note(moment, petition, "damage_told" if told else "contingency", told=sorted(told))


def _mind_person(moment: Moment, effect: HideIdentity | ShowIdentity | MarkMinor | RestrictFiles) -> None:
    """Who told it, and what they showed of themselves."""
    if isinstance(effect, RestrictFiles):
        message = moment.message
        for file in restrict(moment.session, moment.conversation, message, moment.now) if message else ():
            if petition := moment.session.get(Petition, file.petition_id or 0):
                _note(moment, petition, "file_restricted", file=file.id)
        return
    petition = _own_petition(moment, effect.folio)
    match effect:
        case HideIdentity() if not petition.is_anonymous:
            petition.is_anonymous = True
            _note(moment, petition, "identity_hidden")
        case ShowIdentity() if petition.is_anonymous:
            petition.is_anonymous = False
            _note(moment, petition, "identity_shown")
        case MarkMinor() if not petition.is_minor:
            petition.is_minor = True
            _note(moment, petition, "minor_told")


def _link(moment: Moment, effect: OfferLink | JoinChats | PartChats) -> None:
    here = Here(moment.session, moment.office, moment.conversation, moment.now)
    match effect:
        case OfferLink():
            say = offer(here, effect.channel)
        case JoinChats():
            say = join(here, effect.code)
        case PartChats():
            say = part(here)
    queue_replies(moment.session, moment.office, moment.conversation, [(say, None)], key=f"{moment.source}-link")


def _end_or_reopen(moment: Moment, effect: Withdraw | Conclude | Reopen) -> None:
    petition = _own_petition(moment, effect.folio)
    match effect:
        case Withdraw():
            moved = [Status.DESISTIDA, Status.CONCLUIDA]
            petition.closing_reason = "desistida"
        case Conclude():
            moved = [Status.CONCLUIDA]
            petition.closing_reason, petition.is_solved = "atendida", True
        case Reopen():
            moved = [Status.REABIERTA]
            petition.closing_reason, petition.is_solved = None, False
    if not move_if_allowed(moment.session, petition, moved, moment.now, "citizen"):
        _note(moment, petition, "move_not_possible", wanted=moved[0].value)
    elif isinstance(effect, Reopen):
        mail_reopened(moment.session, moment.office, petition, moment.now, moment.source)


def _rate(moment: Moment, effect: AskRating | Rate | Comment) -> None:
    petition = _own_petition(moment, effect.folio)
    is_kept = keep_rating(moment.session, petition, effect, moment.message, moment.now)
    if is_kept and not isinstance(effect, AskRating):
        _note(moment, petition, "rated" if isinstance(effect, Rate) else "commented")


def _reserve_or_read(moment: Moment, effect: Reserve | ReadOut) -> None:
    petition = _own_petition(moment, (effect.say if isinstance(effect, Reserve) else effect).folio or "")
    if isinstance(effect, Reserve):
        keep_reserved(moment.session, petition, effect.say, moment.now, key=moment.source)
        return
    says = read_out(moment.session, petition, moment.now)
    for key, say in says:
        source = f"{key}-{moment.source}"
        queue_replies(moment.session, moment.office, moment.conversation, [(say, petition.id)], key=source)
    _note(moment, petition, "reserved_read", count=len(says))


def _petition_id(moment: Moment, say: Say) -> int | None:
    return _own_petition(moment, say.folio).id if say.folio else None


def _own_petition(moment: Moment, folio: str) -> Petition:
    """Effects reach only the conversation's own citizen: a forged button cannot touch another person's petition."""
    petition = get_petition(moment.session, folio)
    if petition.citizen_id != moment.conversation.citizen_id:
        raise NotFound(f"no petition {folio} of this citizen")
    return petition


def _note(moment: Moment, petition: Petition, name: str, **data: object) -> None:
    actor = "citizen" if moment.message else "machine"
    note(moment.session, petition, moment.now, actor, name, data)
