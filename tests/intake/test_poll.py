"""Asking Telegram for updates goes on when the network is away as the program starts."""

import asyncio
from typing import Any, cast

import pytest

from bot.errors import SendError
from bot.telegram import Telegram
from intake.incoming import poll
from intake.incoming.poll import Poller
from intake.incoming.receive import Receiver


class Shaky:
    """Its webhook can be removed at the second try; what is called is written down."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def remove_webhook(self) -> None:
        self.calls.append("remove")
        if len(self.calls) == 1:
            raise SendError("network", "no route", retryable=True)

    async def next_updates(self, offset: int | None, timeout_s: float) -> list[bytes]:
        self.calls.append("ask")
        if self.calls.count("ask") == 2:
            raise asyncio.CancelledError
        return []


def test_a_start_without_network_mends_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll, "PAUSE_S", 0.0)
    telegram = Shaky()
    poller = Poller(cast(Telegram, telegram), cast(Receiver, cast(Any, None)))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(poller.run())
    assert telegram.calls == ["remove", "remove", "ask", "ask"]
