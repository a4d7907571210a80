"""The legal answer leaves, then its address goes too: nothing of the person's is left but a keyed hash.

Looked at beside the servers, and when the administrator opens the list.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import is_any, overwriting
from intake.erasing.blocking import take_reports
from intake.erasing.placeholders import GONE
from intake.erasing.rows import find_person
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.erasing import Erasure
from intake.tables.incoming import InboundEvent
from intake.tables.outgoing import Reply

ON_ITS_WAY = frozenset({"queued", "held", "claimed", "sending"})
TOLD, NOT_TOLD, CAME_AGAIN = "told", "not_told", "came_again"


def close_chats(office: Office, now: datetime) -> int:
    """Let go of the addresses whose owners were told, or whose term for it is over; how many. Commits each."""
    waiting = select(Erasure.id).where(Erasure.chat_id.is_not(None), Erasure.chat_gone_at.is_(None))
    if not is_any(office.sessions, waiting):
        return 0
    with office.sessions() as session:
        ids = session.scalars(waiting.order_by(Erasure.id)).all()
    return sum(_close(office, number, now) for number in ids)


def _close(office: Office, number: int, now: datetime) -> bool:
    with overwriting(office.sessions) as session:
        erasure = session.get_one(Erasure, number)
        chat = session.scalars(select(Conversation).where(Conversation.id == erasure.chat_id).with_for_update()).one()
        outcome = _outcome(session, office, erasure, chat, now)
        if outcome is None:
            return False
        erasure.told, erasure.chat_gone_at = outcome, now
        if outcome != CAME_AGAIN:
            chat.address, chat.state = f"{GONE}{chat.id}", {}
        theirs = find_person(session, erasure.citizens).conversations  # a late «read» of what was said before
        take_reports(session, [chat.id, *theirs], lambda name, row, values: None)
        return True


def _outcome(session: Session, office: Office, erasure: Erasure, chat: Conversation, now: datetime) -> str | None:
    """None: it is on its way, or something came that nobody has read yet."""
    replies = session.scalars(select(Reply).where(Reply.conversation_id == chat.id).order_by(Reply.id)).all()
    if chat.citizen_id is not None:
        return CAME_AGAIN
    unread = select(InboundEvent.id).where(InboundEvent.conversation_id == chat.id, InboundEvent.state == "pending")
    if session.scalar(unread.limit(1)) is not None:
        return None
    is_over = now.astimezone(office.jurisdiction.zone).date() > erasure.effective_on
    if any(reply.state in ON_ITS_WAY for reply in replies):
        if not is_over:
            return None
        for reply in replies:
            if reply.state in ON_ITS_WAY:
                reply.state, reply.error_code = "failed", "effective_on"
    return TOLD if any(reply.state in ("accepted", "ambiguous") for reply in replies) else NOT_TOLD
