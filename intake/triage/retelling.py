"""«Por qué dijo eso»: a conversation's stored events in order, what was said and what would be said today (`retold`).

Called by the admin. Read only, but for noting sensitive readings.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import OVERSEERS, Member
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import get_petition, list_folios
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.triage.retold import Retold, Sentence, tell_again
from intake.triage.takeovers import authors_of
from intake.triage.talk import note_readings
from intake.triage.veil import Veil, veil_of

EVENTS_A_PAGE = 50
KEY = re.compile(r"event-(\d+)-(\d+):\d+")


@dataclass(frozen=True)
class Notice:
    """What was said without the citizen having written: staff's moves, a person of the office (`author`)."""

    at: datetime
    author: str | None
    said: Sentence


@dataclass(frozen=True)
class Story:
    """`earlier`: the event before which the page before this one ends; None: this is the beginning."""

    folio: str
    items: tuple[Retold | Notice, ...]
    earlier: int | None


def retell(office: Office, member: Member, folio: str, before: int | None = None) -> Story:
    """The petition's conversation, its newest events or those before that one. For the office's own staff.

    Raises NotFound. Commits a note for each sensitive petition of which something is shown, once an hour.
    """
    if member.role not in OVERSEERS:
        raise NotFound(f"no petition {folio}")
    with reading(office.sessions) as session:
        petition = get_petition(session, folio)
        story, shown = _story(session, office, petition, veil_of(session, petition, member), before)
    note_readings(office, member, {folio, *shown})
    return story


def _story(
    session: Session, office: Office, petition: Petition, veil: Veil, before: int | None
) -> tuple[Story, set[str]]:
    """And the folios of which something is shown."""
    events, earlier = _list_events(session, petition.conversation_id, before)
    replies = _list_replies(session, petition.conversation_id, events, before)
    own = select(Message).where(Message.event_id.in_([event.id for event in events]))
    messages = {message.event_id: message for message in session.scalars(own)}
    belonging = {message.petition_id for message in messages.values()} | {reply.petition_id for reply in replies}
    folios = list_folios(session, belonging)
    whole = [*_retold(office, events, messages, replies, folios), *_notices(session, replies)]
    items = [_veiled(item, veil) for item in whole]
    story = Story(petition.folio, tuple(sorted(items, key=lambda item: item.at)), earlier)
    return story, {*folios.values()}


def _veiled(item: Retold | Notice, veil: Veil) -> Retold | Notice:
    def covered(said: Sentence) -> Sentence:
        return replace(said, text=veil.text(said.text))

    if isinstance(item, Notice):
        return replace(item, said=covered(item.said))
    again = None if item.again is None else tuple(map(covered, item.again))
    effects = tuple(replace(done, detail=veil.text(done.detail)) for done in item.effects)
    return replace(item, text=veil.text(item.text), said=tuple(map(covered, item.said)), again=again, effects=effects)


def _retold(
    office: Office,
    events: Sequence[InboundEvent],
    messages: Mapping[int, Message],
    replies: Sequence[Reply],
    folios: Mapping[int, str],
) -> list[Retold | Notice]:
    said, told = _sentences_by_event(replies), list[Retold | Notice]()
    for event in events:
        message = messages.get(event.id)
        folio = folios.get(message.petition_id or 0) if message else None
        told.append(tell_again(office, event, message, said.get(event.id, ()), folio))
    return told


def _list_events(session: Session, conversation_id: int, before: int | None) -> tuple[list[InboundEvent], int | None]:
    wanted = select(InboundEvent).where(InboundEvent.conversation_id == conversation_id, InboundEvent.kind == "message")
    if before is not None:
        wanted = wanted.where(InboundEvent.id < before)
    found = session.scalars(wanted.order_by(InboundEvent.id.desc()).limit(EVENTS_A_PAGE + 1)).all()
    page = list(reversed(found[:EVENTS_A_PAGE]))
    return page, page[0].id if len(found) > EVENTS_A_PAGE else None


def _list_replies(
    session: Session, conversation_id: int, events: Sequence[InboundEvent], before: int | None
) -> Sequence[Reply]:
    """Of the time of those events: up to the one that follows and to their own answers; of the newest, up to now."""
    if not events:
        return []
    wanted = select(Reply).where(Reply.conversation_id == conversation_id, Reply.created_at >= events[0].received_at)
    following = session.get(InboundEvent, before) if before is not None else None
    if following:
        answered_at = events[-1].processed_at or events[-1].received_at
        wanted = wanted.where(Reply.created_at <= max(following.received_at, answered_at))
    return session.scalars(wanted.order_by(Reply.id)).all()


def _sentences_by_event(replies: Sequence[Reply]) -> dict[int, tuple[Sentence, ...]]:
    """A sentence that was too long for one message is one again."""
    parts: dict[int, dict[int, list[Reply]]] = defaultdict(lambda: defaultdict(list))
    for reply in replies:
        if found := KEY.fullmatch(reply.key):
            parts[int(found[1])][int(found[2])].append(reply)
    return {event: tuple(_joined(own[n]) for n in sorted(own)) for event, own in parts.items()}


def _joined(parts: Sequence[Reply]) -> Sentence:
    labels = tuple(str(choice[0]) for reply in parts for choice in reply.choices)
    return Sentence(parts[0].purpose, "\n".join(reply.text for reply in parts), labels)


def _notices(session: Session, replies: Sequence[Reply]) -> list[Notice]:
    unasked = [reply for reply in replies if not KEY.fullmatch(reply.key)]
    authors = authors_of(session, unasked)
    return [Notice(reply.created_at, authors.get(reply.id), _joined([reply])) for reply in unasked]
