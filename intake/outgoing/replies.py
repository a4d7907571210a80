"""Replies of a conversation: queued with the change that they tell of, listed.

What is queued is sent by `sending`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from bot.effects import Say
from bot.messages import ChannelName, Choice, Outbound
from bot.splitting import split_text
from intake.clock import utc_now
from intake.database import insert_once
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition

IN_PERSON = "in_person"  # the state of what no chat can carry: a person says it
TOLD_MAX = 20_000  # characters; nobody cuts what is said or printed
UNSAFE = "unsafe"  # the error code of what was never sent because somebody else reads the chat

# Made once. What waits on purpose, was never tried, and that no sender is about to take: the rows stay locked.
UNSAID: Select[Reply, str | None] = (
    select(Reply, Petition.folio)
    .outerjoin(Petition, Petition.id == Reply.petition_id)
    .where(
        Reply.conversation_id == bindparam("conversation"),
        Reply.state == "queued",
        Reply.attempts == 0,
        Reply.next_attempt_at > Reply.created_at,
        Reply.purpose.not_like("notice.%"),  # what staff decided waits for them, not for the person
    )
    .order_by(Reply.id)
    .with_for_update(of=Reply)
)


def queue_replies(
    session: Session, office: Office, conversation: Conversation, says: Sequence[tuple[Say, int | None]], *, key: str
) -> None:
    """Queue a turn's utterances, each with the id of its petition. The same key queues nothing again."""
    rows = [
        row
        for number, (say, petition_id) in enumerate(says, start=1)
        for row in _rows(office, conversation, say, partial(key_of_message, key, number), petition_id)
    ]
    insert_once(session, Reply, rows)


def key_of_message(key: str, number: int, part: int) -> str:
    """Of the `part`-th message of a turn's `number`-th utterance, from 1 on; `key`: the turn's."""
    return f"{key}-{number}:{part}"


def _rows(
    office: Office, conversation: Conversation, say: Say, key_of: Callable[[int], str], petition_id: int | None
) -> list[dict[str, object]]:
    """One utterance as one row for each message."""
    now = utc_now()
    code = UNSAFE if say.is_withheld else "citizen_stopped" if conversation.is_stopped else None
    return [
        new_row(conversation, key_of(number), say.purpose, part.text, now)
        | {
            "next_attempt_at": now + say.after,
            "petition_id": petition_id,
            "evidence_id": say.evidence if number == 1 else None,
            "choices": [[choice.label, choice.data] for choice in part.choices],
            "fields": dict(say.fields) or None,
            "state": "failed" if code else IN_PERSON if conversation.channel == ChannelName.DESK else "queued",
            "error_code": code,
        }
        for number, part in enumerate(cut(office, conversation, say), start=1)
    ]


def cut(office: Office, conversation: Conversation, say: Say) -> list[Outbound]:
    """The messages of one utterance, each within the channel's limit; the last one has the choices."""
    room = 0 if conversation.channel == ChannelName.DESK else sum(len(choice.label) + 6 for choice in say.choices)
    parts = split_text(say.text, longest(office, conversation) - room)
    return [Outbound(part, say.choices if number == len(parts) else ()) for number, part in enumerate(parts, start=1)]


def longest(office: Office, conversation: Conversation) -> int:
    """Characters of one message."""
    is_desk = conversation.channel == ChannelName.DESK
    return TOLD_MAX if is_desk else office.channel(conversation.channel).max_text


def new_row(conversation: Conversation, key: str, purpose: str, text: str, now: datetime) -> dict[str, object]:
    """A reply that is queued and was never tried, as `insert_once` takes it."""
    return {
        "key": key,
        "conversation_id": conversation.id,
        "petition_id": None,
        "channel": conversation.channel,
        "purpose": purpose,
        "text": text,
        "evidence_id": None,
        "choices": [],
        "fields": None,
        "template": None,
        "state": "queued",
        "error_code": None,
        "created_at": now,
        "next_attempt_at": now,
        "lease_number": 0,
        "attempts": 0,
        "was_ambiguous": False,
    }


def withhold(session: Session, conversation: Conversation) -> None:
    """What has not left does not leave: somebody else reads the chat. An answer among it becomes a task."""
    waiting = update(Reply).where(Reply.conversation_id == conversation.id, Reply.state.in_(("queued", "held")))
    session.flush()
    session.execute(waiting.values(state="failed", error_code=UNSAFE))


def list_unsaid(session: Session, conversation: Conversation) -> list[tuple[Reply, Say]]:
    """What waits for the person to go on writing, oldest first, as it was to be said."""
    rows = session.execute(UNSAID, {"conversation": conversation.id})
    return [(reply, _as_say(reply, folio)) for reply, folio in rows]


def _as_say(reply: Reply, folio: str | None) -> Say:
    choices = tuple(Choice(label, data) for label, data in reply.choices)
    fields = tuple((reply.fields or {}).items())
    return Say(reply.purpose, reply.text, choices, folio, fields, evidence=reply.evidence_id)


def list_replies(session: Session, conversation_id: int) -> Sequence[Reply]:
    return session.scalars(select(Reply).where(Reply.conversation_id == conversation_id).order_by(Reply.id)).all()
