"""What was on its way when a person's data were blocked, and came after. Never commits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import insert_once
from intake.tables.citizens import Conversation
from intake.tables.erasing import BlockedFile, Erasure
from intake.tables.incoming import Attachment, Message


def keep_blocked_file(session: Session, row: Attachment, storage_key: str) -> None:
    """It goes with the person's other files when they are suppressed."""
    own = select(Conversation.citizen_id).join(Message).where(Message.id == row.message_id)
    citizen = session.scalar(own)
    open_ones = session.scalars(select(Erasure).where(Erasure.suppressed_at.is_(None)))
    for erasure in open_ones:
        if citizen in erasure.citizens:
            file = {"erasure_id": erasure.id, "storage_key": storage_key}
            insert_once(session, BlockedFile, [file], BlockedFile.id)
