"""One sender's flood: past what a person writes, messages are kept and not answered one by one; nobody else waits.

A bucket on the conversation's row, counted by when messages came, not by when they are worked through. Every event is
stored before (a 429 to Twilio would be a lost message, CHANNELS A2): thinking, replies and, in the end, room are saved.
"""

from datetime import datetime
from enum import StrEnum

from intake.tables import Conversation

BURST = 30.0  # messages at once: two albums of ten with their words
REFILL_S = 15.0  # for each further one: 240 an hour, more than two people who talk
QUIET_MAX = 1000  # messages of one flood that are kept with their words and files


class Measure(StrEnum):
    HEARD = "heard"
    FIRST_QUIET = "first_quiet"  # the one that is told that all is kept
    QUIET = "quiet"
    DROPPED = "dropped"  # past what is kept: only that it came


def take(conversation: Conversation, came_at: datetime) -> Measure:
    """Count one message. A flood is over when half of the bucket is full again."""
    since = conversation.allowance_at
    passed_s = max(0.0, (came_at - since).total_seconds()) if since else 0.0
    left = min(BURST, conversation.allowance + passed_s / REFILL_S)
    conversation.allowance_at = max(came_at, since) if since else came_at
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
