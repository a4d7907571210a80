"""What becomes of a flood's messages: a few are heard, the others are kept without a reply or, in the end, counted.

Called by `process` in its transaction, which commits. The sender is told once that all is kept.
"""

from dataclasses import dataclass, replace

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.effects import OpenPetition
from bot.messages import Inbound, InboundKind
from bot.notices import kept_quietly
from bot.state import State, state_from_json, state_to_json
from intake.clock import utc_now
from intake.office import Office
from intake.outgoing.replies import queue_replies
from intake.petitions.case import find_petition, get_petition
from intake.petitions.states import NEEDS_TRIAGE, Status
from intake.tables.citizens import Conversation
from intake.tables.incoming import Flood, InboundEvent, Message
from intake.tables.petitions import Petition
from intake.thinking.effects import Moment, carry_out
from intake.thinking.flood import flood_at_hand
from intake.thinking.messages import attach_to_petition, find_versions, keep_message
from nlp.reading import Reading

HEARD_MAX = 5  # of a flood, for each reason: a kind of danger, a button, no petition yet
KEPT_MAX = 1000  # messages of one flood that are kept with their words and files
BUTTON, NO_PETITION = "button", "no_petition"
UNSEEN = {"synchronize_session": False}  # no object of this session is meant
log = structlog.get_logger()


@dataclass(frozen=True)
class Flooding:
    """A message past what a person writes, and where it is dealt with."""

    session: Session
    office: Office
    conversation: Conversation
    event: InboundEvent
    inbound: Inbound
    reading: Reading


def keep_quietly(one: Flooding) -> bool:
    """True when the message was dealt with; False: it is heard as any other.

    Danger that waits in no petition before the eyes of staff is heard however often it comes.
    """
    flood = flood_at_hand(one.session, one.conversation, utc_now())
    if one.inbound.kind == InboundKind.BUTTON:
        return not _may_be_heard(flood, BUTTON) and _ignore_button(one, flood)
    danger, petition = one.reading.emergency, _find_petition(one)
    if danger and (_may_be_heard(flood, danger.kind.value) or petition is None):
        return False
    if petition is None and _may_be_heard(flood, NO_PETITION):
        return False
    if flood.kept >= KEPT_MAX:
        return _drop(one, flood)
    return _keep(one, flood, petition)


def _may_be_heard(flood: Flood, reason: str) -> bool:
    """The first ones of a reason, counted."""
    count = flood.heard.get(reason, 0)
    if count < HEARD_MAX:
        flood.heard = {**flood.heard, reason: count + 1}
    return bool(count < HEARD_MAX)


def _find_petition(one: Flooding) -> Petition | None:
    """Where the message is kept: danger with the emergency, a correction with what it corrects, else the latest one.

    None when that is not the citizen's own or staff have finished with it or sent it on: nobody would read it there.
    """
    state = _state(one)
    if one.reading.emergency:
        return _if_open(one, _named(one, state.emergency_folio))
    if one.inbound.kind == InboundKind.EDIT and (petition := _if_open(one, _corrected(one))):
        return petition
    return _if_open(one, _named(one, state.latest))


def _named(one: Flooding, folio: str | None) -> Petition | None:
    return find_petition(one.session, folio) if folio else None


def _corrected(one: Flooding) -> Petition | None:
    versions = find_versions(one.session, one.conversation.id, one.inbound.external_id)
    petition_id = versions[-1].petition_id if versions else None
    return one.session.get(Petition, petition_id) if petition_id else None


def _if_open(one: Flooding, petition: Petition | None) -> Petition | None:
    is_own = petition is not None and petition.citizen_id == one.conversation.citizen_id
    return petition if petition and is_own and Status(petition.status) in NEEDS_TRIAGE else None


def _ignore_button(one: Flooding, flood: Flood) -> bool:
    flood.buttons += 1
    _forget(one, "flood: button")
    return True


def _drop(one: Flooding, flood: Flood) -> bool:
    flood.dropped += 1
    _forget(one, "flood")
    return True


def _forget(one: Flooding, note: str) -> None:
    """Only that it came remains."""
    values = {"state": "ignored", "note": note, "body": b""}
    changed = update(InboundEvent).where(InboundEvent.id == one.event.id).values(values)
    one.session.execute(changed, execution_options=UNSEEN)


def _keep(one: Flooding, flood: Flood, petition: Petition | None) -> bool:
    message = keep_message(one.session, one.event, one.inbound, one.reading)
    if petition:
        attach_to_petition(one.session, message, petition.id)
    else:
        petition = _open(one, message)
    flood.kept += 1
    flood.petition_id = petition.id
    if not flood.is_told and not one.reading.emergency and not _state(one).person_folio:
        _tell(one, flood, petition)
    return True


def _open(one: Flooding, message: Message) -> Petition:
    """Nothing that was said so far made a petition: one is opened, so that a person reads what is kept."""
    now = utc_now()
    folio = one.office.folios.take(one.session, one.office.jurisdiction, now)
    moment = Moment(one.session, one.office, one.conversation, now, f"event-{one.event.id}", message)
    carry_out(moment, (OpenPetition(folio),))
    one.conversation.state = state_to_json(replace(_state(one), latest=folio))
    return get_petition(one.session, folio)


def _tell(one: Flooding, flood: Flood, petition: Petition) -> None:
    log.warning("conversation.flood", conversation=one.conversation.id)
    flood.is_told = True
    said = kept_quietly(petition.folio, one.office.texts)
    queue_replies(one.session, one.office, one.conversation, [(said, petition.id)], key=f"event-{one.event.id}")


def _state(one: Flooding) -> State:
    return state_from_json(one.conversation.state)
