"""Answered petitions whose person will say nothing any more: who stopped the chat is asked nothing, so they end here.

An answer that did not reach them is somebody's task first («Por avisar»); while it is open, the petition stays.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, exists, func, select

from intake.acting import acting
from intake.clock import utc_now
from intake.database import reading
from intake.errors import IntakeError
from intake.loops import again_and_again
from intake.office import Office
from intake.outgoing.replies import IN_PERSON
from intake.petitions.case import move_if_allowed
from intake.petitions.states import ANSWERED, Status
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import HistoryEntry, Petition

LOOK_EVERY_S, FIRST_S = 6 * 3600.0, 600.0  # it reads all that is answered and not concluded
AT_ONCE = 500
WHY = "sin respuesta de la persona"
STATUSES = sorted(status.value for status in ANSWERED)
WAITING = ("queued", "held", "claimed", "sending", IN_PERSON)
log = structlog.get_logger()


async def keep_concluding(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(conclude_silent, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="concluding.loop")


def conclude_silent(office: Office, now: datetime) -> int:
    """How many were concluded. Commits each."""
    with reading(office.sessions) as session:
        folios = session.scalars(silent_since(office, now).order_by(Petition.id).limit(AT_ONCE)).all()
    return sum(_conclude(office, folio) for folio in folios)


def silent_since(office: Office, now: datetime) -> Select[str]:
    """Folios of those that have waited as long as a stopped chat's answer waits."""
    newest = select(func.max(HistoryEntry.happened_at)).where(HistoryEntry.petition_id == Petition.id).scalar_subquery()
    is_open = exists().where(Task.petition_id == Petition.id, Task.closed_at.is_(None))
    waits = exists().where(Reply.petition_id == Petition.id, Reply.state.in_(WAITING), Reply.delivery.is_(None))
    return (
        select(Petition.folio)
        .join(Conversation, Conversation.id == Petition.conversation_id)
        .where(Petition.status.in_(STATUSES), Conversation.is_stopped, Petition.is_blocked.is_(False))
        .where(newest < now - timedelta(days=office.jurisdiction.silence.figures["days"]), ~is_open, ~waits)
    )


def _conclude(office: Office, folio: str) -> bool:
    """One that cannot be concluded now holds up no other."""
    try:
        with acting(office, folio) as (moment, petition):
            if petition.status not in STATUSES or not moment.conversation.is_stopped:
                return False  # since the list was read
            petition.closing_reason = WHY
            return move_if_allowed(moment.session, petition, [Status.CONCLUIDA], moment.now, "machine")
    except IntakeError as error:
        log.warning("petition.not-concluded", folio=folio, error=type(error).__name__)
        return False
