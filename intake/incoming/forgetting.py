"""A citizen's file that is kept here is deleted at a provider that would hold it until told otherwise.

Twilio does (CHANNELS A2); Telegram cannot be asked to. Called by a loop in `serving`; the row says what is still to do.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select

from bot.channels import Channel
from bot.errors import FetchError
from bot.messages import Attachment as Source
from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.incoming.media import source_of
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.incoming import Attachment

AT_ONCE = 4
EVERY_S = 60.0
AGAIN = timedelta(hours=1)  # nobody waits for it
log = structlog.get_logger()


class Holding(Channel, Protocol):
    """A channel whose provider holds files."""

    async def forget(self, attachment: Source) -> None:
        """Have the provider delete its copy; one that is gone already is as good. Raises FetchError."""
        ...


@dataclass(frozen=True)
class Held:
    attachment_id: int
    source: Source


async def keep_forgetting(office: Office, channel: Holding) -> None:
    """For ever."""

    async def forget_all_due() -> None:
        while await forget_due(office, channel, utc_now()) == AT_ONCE:
            continue

    await again_and_again(forget_all_due, every_s=EVERY_S, name="media.forget-loop")


async def forget_due(office: Office, channel: Holding, now: datetime) -> int:
    """Have deleted what is due; the number of files that were tried."""
    held = await asyncio.to_thread(_claim_due, office, channel, now)
    await asyncio.gather(*(_forget(office, channel, one) for one in held))
    return len(held)


async def _forget(office: Office, channel: Holding, held: Held) -> None:
    try:
        await channel.forget(held.source)
    except FetchError as error:
        log.warning("media.not-forgotten", attachment=held.attachment_id, error=error.code)
        if error.retryable:
            return
    await asyncio.to_thread(_settle, office, held)


def _claim_due(office: Office, channel: Holding, now: datetime) -> list[Held]:
    """What is due gets its next time first: neither a crash nor a failure needs another mark. Commits."""
    due = select(Attachment).where(Attachment.forget_at <= now, Attachment.channel == channel.name.value)
    if not is_any(office.sessions, due):
        return []
    with office.sessions.begin() as session:
        rows = session.scalars(claimable(due.order_by(Attachment.forget_at).limit(AT_ONCE))).all()
        for row in rows:
            row.forget_at = now + AGAIN
        return [Held(row.id, source_of(row)) for row in rows]


def _settle(office: Office, held: Held) -> None:
    """Done, or refused for good: nothing more to do."""
    with office.sessions.begin() as session:
        session.get_one(Attachment, held.attachment_id).forget_at = None
