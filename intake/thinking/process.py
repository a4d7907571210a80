"""Step 3, think: one stored event becomes message, petition, suggestion, dialogue state and queued replies, together.

Called by the worker, which holds the conversation's lease. Parsing and reading happen before the transaction opens;
all that follows commits at once with the event's «processed» mark, so an effect happens exactly once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from bot.dialogue import step
from bot.events import Said
from bot.messages import NOT_SAID, AttachmentKind, Ignored, Inbound, InboundKind
from bot.privacy_talk import came_again
from bot.state import Awaiting, State, state_from_json, state_to_json
from intake.citizens.addresses import recognise
from intake.citizens.links import without_code
from intake.clock import utc_now
from intake.failpoints import pass_point
from intake.office import Office
from intake.outgoing.replies import list_unsaid, queue_replies
from intake.outgoing.window import reopen
from intake.petitions.folio import hide_folios
from intake.petitions.history import gathering
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent, Message
from intake.thinking.basis import pack
from intake.thinking.effects import Moment, carry_out
from intake.thinking.facts import Heard, build_facts
from intake.thinking.flood import take, written_at
from intake.thinking.leases import Lease, give_back, lock_conversation
from intake.thinking.messages import (
    TEXT_MAX,
    find_versions,
    keep_message,
    keep_overtaken,
    list_new_files,
    stop_or_resume,
    written_of,
)
from intake.thinking.quiet import Flooding, keep_quietly
from intake.thinking.timers import remember
from intake.triage.takeovers import end_if_idle
from intake.writing import write_last
from nlp.reading import PlaceReading, Reading

EVENTS = InboundEvent.metadata.tables["inbound_events"]
# Made once. Through the connection: no object of the session is meant.
MARK = (
    update(EVENTS)
    .where(EVENTS.c.id == bindparam("event"), EVENTS.c.state == "pending")
    .values(state=bindparam("then"), processed_at=bindparam("now"), note=bindparam("why"))
)
PLACE_QUESTIONS = (Awaiting.MUNICIPALITY, Awaiting.WHICH_MUNICIPALITY)


@dataclass(frozen=True)
class Thought:
    """An event understood, before anything is written."""

    inbound: Inbound
    reading: Reading
    is_rush: bool


@dataclass(frozen=True)
class Hearing:
    """An event whose turn it is. `versions`: of its message, so far. `is_stranger`: the first one of its citizen."""

    event: InboundEvent
    thought: Thought
    now: datetime
    versions: Sequence[Message]
    is_stranger: bool


def process(office: Office, lease: Lease, event: InboundEvent, *, is_last: bool = False) -> Inbound | None:
    """Carry one event through and commit. Returns what it was, None when nobody is told anything of it.

    `is_last`: the conversation is given back with it. Raises Unreadable for an event that its adapter cannot parse,
    LeaseLost when another worker has taken over.
    """
    parsed = _dated(office.channel(event.channel).parse(event.body), event)
    pass_point("process.parsed")
    thought = parsed if isinstance(parsed, Ignored) else _think(office, parsed)
    heard = None
    # A turn's rows are written when they are whole, not before each further question.
    with office.sessions.begin() as session, session.no_autoflush:
        conversation = lock_conversation(session, lease)
        if _mark(session, event, thought) and isinstance(thought, Thought):
            with gathering(session):
                is_heard = _converse(session, office, conversation, event, thought)
            heard = thought.inbound if is_heard else None
        if is_last:
            give_back(session, conversation, utc_now())
        write_last(session, conversation)
        session.flush()
        pass_point("process.written")
    pass_point("process.committed")
    return heard


def _dated(parsed: Inbound | Ignored, event: InboundEvent) -> Inbound | Ignored:
    is_undated = isinstance(parsed, Inbound) and parsed.sent_at == NOT_SAID
    return replace(parsed, sent_at=event.received_at) if isinstance(parsed, Inbound) and is_undated else parsed


def _think(office: Office, inbound: Inbound) -> Thought:
    """From here on a text has at most TEXT_MAX characters: its length cannot make anything slow."""
    text = hide_folios(without_code(inbound.text), office.jurisdiction.folio_series)
    reading = office.reader.read(text, explains=False)
    is_rush = office.rush.since(utc_now()) is not None
    return Thought(replace(inbound, text=inbound.text[:TEXT_MAX]), reading, is_rush)


def _mark(session: Session, event: InboundEvent, thought: Thought | Ignored) -> bool:
    """Processed, or ignored with its reason; False when it was so already."""
    is_ignored = isinstance(thought, Ignored)
    values = {
        "event": event.id,
        "then": "ignored" if is_ignored else "processed",
        "now": utc_now(),
        "why": thought.reason[:500] if isinstance(thought, Ignored) else event.note,
    }
    return session.connection().execute(MARK, values).rowcount == 1


def _converse(
    session: Session, office: Office, conversation: Conversation, event: InboundEvent, thought: Thought
) -> bool:
    """False when the citizen is told nothing of it."""
    inbound, now = thought.inbound, utc_now()
    if inbound.kind in (InboundKind.STOPPED, InboundKind.RESUMED):
        stop_or_resume(conversation, inbound.kind)
        return False
    who = recognise(session, office.settings, conversation, inbound, now)
    if who.came_before:
        queue_replies(session, office, conversation, [(came_again(office.texts), None)], key=f"event-{event.id}-again")
    conversation.is_stopped = False
    came_at = written_at(inbound.sent_at, event.received_at)
    conversation.last_inbound_at = max(filter(None, (conversation.last_inbound_at, came_at)))
    reopen(session, conversation)
    versions = [] if who.is_stranger else find_versions(session, conversation.id, inbound.external_id)
    if inbound.kind == InboundKind.EDIT and not _is_changed(session, versions, inbound):
        return False
    if inbound.kind == InboundKind.MESSAGE and versions and inbound.sent_at <= versions[-1].sent_at:
        keep_overtaken(session, event, inbound, thought.reading, versions)
        return False
    end_if_idle(session, office, conversation, now)
    is_flood = take(conversation, came_at)
    if is_flood and keep_quietly(Flooding(session, office, conversation, event, inbound, thought.reading)):
        return False
    _take_turn(session, office, conversation, Hearing(event, thought, now, versions, who.is_stranger))
    return True


def _is_changed(session: Session, versions: Sequence[Message], inbound: Inbound) -> bool:
    """Telegram reports edits «that are not actively used» too (CHANNELS A1): the same again says nothing."""
    is_same = bool(versions) and versions[-1].text == written_of(inbound)
    return not is_same or bool(list_new_files(session, versions, inbound))


def _take_turn(session: Session, office: Office, conversation: Conversation, hearing: Hearing) -> None:
    thought, now, is_stranger = hearing.thought, hearing.now, hearing.is_stranger
    inbound = thought.inbound
    state = state_from_json(conversation.state)
    unsaid = list_unsaid(session, conversation) if state.is_waiting else ()
    place = _place(office, state, thought)
    heard = Heard(inbound, thought.reading, place, state.place_ahead(now), unsaid, is_stranger=is_stranger)
    facts = replace(build_facts(session, office, conversation, heard), is_rush=thought.is_rush)
    basis = pack(state, facts, thought.reading)
    message = keep_message(session, hearing.event, inbound, thought.reading, basis=basis, earlier=hearing.versions)
    turn = step(state, said_of(inbound), facts, office.texts)
    waiting = [reply for reply, _ in unsaid]
    source, has_files = f"event-{hearing.event.id}", bool(inbound.attachments)
    moment = Moment(session, office, conversation, now, source, message, waiting, has_files=has_files)
    carry_out(moment, turn.effects)
    remember(moment, state, turn)
    conversation.state = state_to_json(turn.state)
    write_last(session, message)


def _place(office: Office, state: State, thought: Thought) -> PlaceReading | None:
    location = thought.inbound.location
    if location:
        nearest = office.reader.nearest(location.latitude, location.longitude)
        return PlaceReading((nearest.municipality,), nearest.municipality) if nearest else None
    if state.awaiting in PLACE_QUESTIONS and thought.inbound.text:
        return office.reader.read_place(thought.inbound.text, is_answer=True)
    return thought.reading.place


def said_of(inbound: Inbound) -> Said:
    """What the dialogue hears of it."""
    kinds = {attachment.kind for attachment in inbound.attachments}
    return Said(
        text=inbound.text,
        button=inbound.button,
        has_files=bool(kinds - {AttachmentKind.STICKER} or inbound.card),
        has_voice=AttachmentKind.VOICE in kinds,
        has_location=inbound.location is not None,
        is_sticker=kinds == {AttachmentKind.STICKER},
        is_edit=inbound.kind == InboundKind.EDIT,
        unsupported=inbound.unsupported,
        group_id=inbound.group_id,
    )
