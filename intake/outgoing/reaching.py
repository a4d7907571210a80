"""In which of a person's linked chats they are told what staff did: in one, where they wrote last and it arrives now.

A sensitive petition's news stay in the chat where it was told: the other telephone may be in other hands. So do all
when somebody else reads one of the chats.
"""

from sqlalchemy.orm import Session

from intake.citizens.links import find_link
from intake.clock import utc_now
from intake.outgoing.window import is_free
from intake.tables.citizens import Conversation
from intake.tables.petitions import Petition


def find_chat(session: Session, petition: Petition) -> Conversation:
    own = session.get_one(Conversation, petition.conversation_id)
    link = None if petition.is_sensitive else find_link(session, own)
    if link is None or link.other_id is None:
        return own
    chats = [session.get_one(Conversation, id_) for id_ in (link.conversation_id, link.other_id)]
    if any(chat.state.get("is_unsafe") for chat in chats):
        return own
    now = utc_now()
    free = [chat for chat in chats if not chat.is_stopped and is_free(session, chat, now)]
    return max(free, key=lambda chat: chat.last_inbound_at or chat.created_at, default=own)
