"""An answer that reached its citizen: the matter that it answers becomes NOTIFICADA, the machine's one move of its own.

`referrals` queues an answer's messages under the key that is made here; `receipts` and `tasks` say when it came.
"""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.notices import EVIDENCE
from intake.petitions.case import move
from intake.petitions.states import MOVES, Status
from intake.tables.answers import Answer
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition, Referral

ANSWER = "notice.answered"
READY = "notice.ready"  # tells of an answer that is read out later
WITHOUT_RECEIPTS = frozenset({"telegram", "console"})  # accepted is all that Telegram ever reports (CHANNELS A3)
CAME = ("delivered", "read")
KEY = re.compile(r"answer-(\d+)-")


def key_of(answer_id: int) -> str:
    """What the keys of the answer's messages begin with."""
    return f"answer-{answer_id}"


def answer_of(reply: Reply) -> int | None:
    """The id of the answer whose message or file this is, or that it tells of."""
    found = KEY.match(reply.key) if reply.purpose in (ANSWER, READY, EVIDENCE) else None
    return int(found[1]) if found else None


def note_came(session: Session, reply: Reply, now: datetime) -> None:
    """One message of an answer came; the answer has come when all of its messages have. Does not commit."""
    if reply.purpose != ANSWER:
        return
    session.get_one(Conversation, reply.conversation_id, with_for_update=True)  # as all who move a petition
    if has_come(session, reply):
        note_told(session, reply, now, "machine", reply_id=reply.id)


def note_told(session: Session, reply: Reply, now: datetime, actor: str, **data: Any) -> None:
    """The citizen knows the answer. Another matter of the petition is no further for that. Does not commit."""
    matter = _matter(session, reply)
    is_own = matter is not None and matter.petition_id == reply.petition_id  # not of a petition that joined it
    if matter is not None and is_own and Status.NOTIFICADA in MOVES[Status(matter.status)]:
        petition = session.get_one(Petition, matter.petition_id)
        move(session, petition, [matter], Status.NOTIFICADA, now, actor, **data)


def has_come(session: Session, reply: Reply) -> bool:
    """Whether all messages of the answer came of which this is one: longer than the channel's limit, it is several.
    Of one that is read out later: whether the person knows that it is there."""
    own = session.scalars(select(Reply).where(Reply.petition_id == reply.petition_id, Reply.purpose == reply.purpose))
    return all(map(_came, (other for other in own if answer_of(other) == answer_of(reply))))


def _came(reply: Reply) -> bool:
    return reply.delivery in CAME or (reply.state == "accepted" and reply.channel in WITHOUT_RECEIPTS)


def _matter(session: Session, reply: Reply) -> Matter | None:
    answer = session.get(Answer, answer_of(reply) or 0)
    return session.get_one(Matter, session.get_one(Referral, answer.referral_id).matter_id) if answer else None
