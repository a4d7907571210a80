"""Looks every minute whether each channel can still be used: credentials, and where Telegram sends its updates.

A token that was revoked, or a webhook that another program took over, would otherwise be silence. What was seen is a
row, for metrics, alerts and the administrator's page. Called by a loop in `serving`.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels import Channel
from bot.errors import ChannelError, SendError
from bot.messages import ChannelName
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp
from intake.clock import utc_now
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.incoming import ChannelState

FIRST_S, EVERY_S = 10.0, 60.0  # the start registers the webhook itself
log = structlog.get_logger()


@dataclass(frozen=True)
class Look:
    """`fault`: None when all is well. `waiting`, `failed_at`: updates that Telegram holds, its last failed delivery."""

    fault: str | None = None
    waiting: int | None = None
    failed_at: datetime | None = None


async def keep_watching(office: Office, webhook_url: str | None) -> None:
    """For ever. `webhook_url`: where Telegram has to send; None: it is asked for updates, none is wanted."""

    async def look() -> None:
        await watch(office, webhook_url, utc_now())

    await again_and_again(look, every_s=EVERY_S, first_s=FIRST_S, name="watching.loop")


async def watch(office: Office, webhook_url: str | None, now: datetime) -> None:
    """One look at every channel that has an account. Commits."""
    for name, channel in office.channels.items():
        look = await _look_at(channel, webhook_url)
        if look is not None:
            await asyncio.to_thread(_keep, office, name, look, now)


async def _look_at(channel: Channel, webhook_url: str | None) -> Look | None:
    try:
        if isinstance(channel, WhatsApp):
            await channel.check()
            return Look()
        if isinstance(channel, Telegram):
            return await _look_at_telegram(channel, webhook_url)
    except SendError as error:
        return Look(fault=error.code)
    except ChannelError as error:
        return Look(fault=type(error).__name__)
    return None


async def _look_at_telegram(telegram: Telegram, webhook_url: str | None) -> Look:
    state = await telegram.webhook_state()
    if webhook_url and state.url != webhook_url:
        log.error("telegram.webhook-elsewhere", remedy="registered anew; does another program use the token?")
        await telegram.register_webhook(webhook_url)
    return Look(waiting=state.pending_update_count, failed_at=state.last_error_at)


def _keep(office: Office, name: ChannelName, look: Look, now: datetime) -> None:
    with office.sessions.begin() as session:
        row = session.get(ChannelState, name.value) or ChannelState(channel=name.value)
        if row.fault != look.fault:
            log.error("channel.changed", channel=name.value, fault=look.fault or "none")
        row.looked_at, row.fault, row.waiting, row.failed_at = now, look.fault, look.waiting, look.failed_at
        session.add(row)
