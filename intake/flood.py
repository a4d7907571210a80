"""One sender's flood: past what a person writes, messages are kept and not answered one by one; nobody else waits.

A bucket on the conversation's row, counted by when messages were written, not by when they are worked through. Every
event is stored before (a 429 to Twilio would be a lost message, CHANNELS A2): thinking, replies and, in the end, room
are saved.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from intake.tables import Conversation

BURST = 30.0  # messages at once: two albums of ten with their words
REFILL_S = 15.0  # for each further one: 240 an hour, more than two people who talk
QUIET_MAX = 1000  # messages of one flood that are kept with their words and files
HELD_BACK = timedelta(hours=24)  # so long Telegram keeps for us what it could not deliver (CHANNELS §0.2)


class Measure(StrEnum):
    HEARD = "heard"
    FIRST_QUIET = "first_quiet"  # the one that is told that all is kept
    QUIET = "quiet"
    DROPPED = "dropped"  # past what is kept: only that it came


def written_at(sent_at: datetime, received_at: datetime) -> datetime:
    """When a message counts: after an outage of ours a chat's messages of hours come in one second, and are no flood.

    A time that cannot be (later than its arrival, or older than anything that is held back for us) says nothing.
    """
    return sent_at if received_at - HELD_BACK <= sent_at <= received_at else received_at


def take(conversation: Conversation, at: datetime) -> Measure:
    """Count one message at its time. A flood is over when half of the bucket is full again."""
    since = conversation.allowance_at
    passed_s = max(0.0, (at - since).total_seconds()) if since else 0.0
    left = min(BURST, conversation.allowance + passed_s / REFILL_S)
    conversation.allowance_at = max(at, since) if since else at
    if conversation.quiet and left >= BURST / 2:
        conversation.quiet = 0
    is_heard = left >= 1 and not conversation.quiet
    conversation.allowance = left - 1 if left >= 1 else left
    if is_heard:
        return Measure.HEARD
    conversation.quiet += 1
    if conversation.quiet == 1:
        return Measure.FIRST_QUIET
    return Measure.QUIET if conversation.quiet <= QUIET_MAX else Measure.DROPPED
