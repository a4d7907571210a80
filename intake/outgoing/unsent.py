"""Notices that wait for the officer who may still take back what they tell of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.outgoing.replies import IN_PERSON
from intake.tables.outgoing import Reply


def take_back_unsent(session: Session, key: str) -> bool:
    """None of the notice's messages leaves. False, and nothing is changed, when one of them was tried already.

    `key`: what their keys begin with. Nobody sends them meanwhile. Does not commit.
    """
    own = select(Reply).where(Reply.key.startswith(f"{key}-")).with_for_update()
    replies = session.scalars(own).all()
    if any(reply.state not in ("queued", IN_PERSON) or reply.attempts for reply in replies):
        return False
    for reply in replies:
        reply.state = "undone"
    return True
