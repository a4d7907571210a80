"""What becomes of a flood's messages: kept in the petition without a reply, or, in the end, only counted.

Called by `process` in its transaction, which commits. Says nothing but once, that all is kept.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.messages import Inbound, InboundKind
from bot.notices import kept_quietly
from bot.turn import state_from_json
from intake.flood import Measure
from intake.messages import attach_to_petition, keep_message
from intake.office import Office
from intake.petitions import find_petition
from intake.replies import queue_replies
from intake.tables import Conversation, InboundEvent
from nlp.reading import Reading

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


def keep_quietly(one: Flooding, measure: Measure) -> bool:
    """A flood's message joins the latest petition unread and unanswered; the first is told so. False: it is a word in
    danger, a button, or there is no petition to join, and is heard as any other."""
    if one.reading.emergency or one.inbound.kind != InboundKind.MESSAGE:
        return False
    latest = state_from_json(one.conversation.state).latest
    petition = find_petition(one.session, latest) if latest else None
    if petition is None or petition.citizen_id != one.conversation.citizen_id:
        return False
    if measure == Measure.DROPPED:
        one.session.execute(
            update(InboundEvent).where(InboundEvent.id == one.event.id).values(state="ignored", note="flood", body=b""),
            execution_options=UNSEEN,
        )
        return True
    message = keep_message(one.session, one.event, one.inbound, one.reading)
    attach_to_petition(one.session, message, petition.id)
    if measure == Measure.FIRST_QUIET:
        log.warning("conversation.flood", conversation=one.conversation.id)
        said = kept_quietly(petition.folio, one.office.texts)
        queue_replies(one.session, one.office, one.conversation, [(said, petition.id)], key=f"event-{one.event.id}")
    return True
