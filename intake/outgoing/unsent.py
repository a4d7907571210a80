"""Notices that wait for the officer who may still take back what they tell of."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from intake.outgoing.replies import IN_PERSON, key_of_message
from intake.tables.outgoing import Reply

PARTS_AT_ONCE = 8  # a notice is one message, two when it is long
# Whole keys: how a key begins is no index's order in every collation, and all replies were read for it.
OWN: Select[Reply] = select(Reply).where(Reply.key.in_(bindparam("keys", expanding=True))).with_for_update()


def take_back_unsent(session: Session, key: str) -> bool:
    """None of the notice's messages leaves. False, and nothing is changed, when one of them was tried already.

    `key`: that under which its turn was queued. Nobody sends them meanwhile. Does not commit.
    """
    replies = list(_list_queued(session, key))
    if any(reply.state not in ("queued", IN_PERSON) or reply.attempts for reply in replies):
        return False
    for reply in replies:
        reply.state = "undone"
    return True


def _list_queued(session: Session, key: str) -> Iterator[Reply]:
    """A turn's utterances are numbered without a gap, and so are the messages of each (`queue_replies`)."""
    for number in count(1):
        own = list(_list_parts(session, key, number))
        if not own:
            return
        yield from own


def _list_parts(session: Session, key: str, number: int) -> Iterator[Reply]:
    for first in count(1, PARTS_AT_ONCE):
        keys = [key_of_message(key, number, part) for part in range(first, first + PARTS_AT_ONCE)]
        found = session.scalars(OWN, {"keys": keys}).all()
        yield from found
        if len(found) < PARTS_AT_ONCE:
            return
