"""One sender's flood: past what a person writes, messages are kept and not answered one by one; nobody else waits.

A bucket on the conversation's row, counted by when messages were written, not by when they are worked through. Every
event is stored before (a 429 to Twilio would be a lost message, CHANNELS A2): thinking, replies and, in the end, room
are saved. What becomes of each message is in `quiet`.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.tables.citizens import Conversation
from intake.tables.incoming import Flood

BURST = 30.0  # messages at once: two albums of ten with their words
REFILL_S = 15.0  # for each further one: 240 an hour, more than two people who talk
HELD_BACK = timedelta(hours=24)  # so long Telegram keeps for us what it could not deliver (CHANNELS §0.2)


def written_at(sent_at: datetime, received_at: datetime) -> datetime:
    """When a message counts: after an outage of ours a chat's messages of hours come in one second, and are no flood.

    A time that cannot be (later than its arrival, or older than anything that is held back for us) says nothing.
    """
    return sent_at if received_at - HELD_BACK <= sent_at <= received_at else received_at


def take(conversation: Conversation, at: datetime) -> bool:
    """Count one message at its time; True: it is part of a flood, which is over when half of the bucket is full."""
    since = conversation.allowance_at
    passed_s = max(0.0, (at - since).total_seconds()) if since else 0.0
    left = min(BURST, conversation.allowance + passed_s / REFILL_S)
    conversation.allowance_at = max(at, since) if since else at
    if left >= BURST / 2:
        conversation.quiet = 0
    is_flood = left < 1 or conversation.quiet > 0
    conversation.allowance = left - 1 if left >= 1 else left
    conversation.quiet += is_flood
    return is_flood


def flood_at_hand(session: Session, conversation: Conversation, now: datetime) -> Flood:
    """The row of the flood that `take` has just found; a new one for its first message. Does not commit."""
    latest = select(Flood).where(Flood.conversation_id == conversation.id).order_by(Flood.id.desc()).limit(1)
    flood = session.scalars(latest).first() if conversation.quiet > 1 else None
    if flood is None:
        nothing = {"heard": {}, "kept": 0, "dropped": 0, "buttons": 0, "is_told": False}
        flood = Flood(conversation_id=conversation.id, began_at=now, **nothing)
        session.add(flood)
    flood.last_at = now
    return flood
