"""Step 1 without a public address: asks Telegram for updates and hands them to `receive`, as the webhook would."""

import asyncio
from time import monotonic

import structlog

from bot.errors import ChannelError
from bot.messages import ChannelName, WebhookRequest
from bot.telegram import Telegram
from intake.errors import Busy
from intake.incoming.receive import Receiver

LONG_POLL_S = 25
PAUSE_S = 3.0
AT_ONCE_S = 0.5  # between two questions to a server that does not hold them
log = structlog.get_logger()


class Poller:
    """An update is confirmed to Telegram only by asking for the next one, after it is stored."""

    def __init__(self, telegram: Telegram, receiver: Receiver) -> None:
        self._telegram, self._receiver = telegram, receiver
        self._offset: int | None = None

    async def run(self) -> None:
        """Until cancelled. A webhook that is set would get the updates instead, so it is removed first."""
        is_ours = False
        while True:
            try:
                if not is_ours:
                    await self._telegram.remove_webhook()
                    is_ours = True
                await self._poll_or_pause()
            except (ChannelError, Busy) as error:
                log.error("poll.failed", error=type(error).__name__)
                await asyncio.sleep(PAUSE_S)

    async def _poll_or_pause(self) -> None:
        """A compatible server may answer at once that nothing came: it is not asked without a pause."""
        began = monotonic()
        if not await self.poll_once() and monotonic() - began < PAUSE_S:
            await asyncio.sleep(AT_ONCE_S)

    async def poll_once(self) -> int:
        """Store what has come; the number of updates."""
        updates = await self._telegram.next_updates(self._offset, LONG_POLL_S)
        for body in updates:
            request = WebhookRequest(body, {})
            key = self._telegram.peek(request)
            await self._receiver.keep(ChannelName.TELEGRAM, "message", key, request)
            if key.order is not None:  # what has no number cannot be confirmed; its neighbours can
                self._offset = key.order + 1
        return len(updates)
