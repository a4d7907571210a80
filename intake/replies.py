"""Replies of a conversation: queued with the change that they tell of, listed.

What is queued is sent by `sending`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.splitting import split_text
from bot.turn import Say
from intake.clock import utc_now
from intake.database import insert_once
from intake.office import Office
from intake.tables import Conversation, Reply


def queue_replies(
    session: Session, office: Office, conversation: Conversation, says: Sequence[tuple[Say, int | None]], *, key: str
) -> None:
    """Queue a turn's utterances, each with the id of its petition. The same key queues nothing again."""
    rows = [
        row
        for number, (say, petition_id) in enumerate(says, start=1)
        for row in _rows(office, conversation, say, f"{key}-{number}", petition_id)
    ]
    insert_once(session, Reply, rows, Reply.id)


def _rows(
    office: Office, conversation: Conversation, say: Say, key: str, petition_id: int | None
) -> list[dict[str, object]]:
    """One utterance, cut to the channel's limit."""
    limit = office.channel(conversation.channel).max_text - sum(len(choice.label) + 6 for choice in say.choices)
    parts, now = split_text(say.text, limit), utc_now()
    choices = [[choice.label, choice.data] for choice in say.choices]
    return [
        new_row(conversation, f"{key}:{number}", say.purpose, part, now)
        | {
            "petition_id": petition_id,
            "choices": choices if number == len(parts) else [],
            "fields": dict(say.fields) or None,
            "state": "failed" if conversation.is_stopped else "queued",
            "error_code": "citizen_stopped" if conversation.is_stopped else None,
        }
        for number, part in enumerate(parts, start=1)
    ]


def new_row(conversation: Conversation, key: str, purpose: str, text: str, now: datetime) -> dict[str, object]:
    """A reply that is queued and was never tried, as `insert_once` takes it."""
    return {
        "key": key,
        "conversation_id": conversation.id,
        "petition_id": None,
        "channel": conversation.channel,
        "purpose": purpose,
        "text": text,
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


def list_replies(session: Session, conversation_id: int) -> Sequence[Reply]:
    return session.scalars(select(Reply).where(Reply.conversation_id == conversation_id).order_by(Reply.id)).all()
