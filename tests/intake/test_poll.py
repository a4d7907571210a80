"""Asking Telegram for updates goes on when the network is away as the program starts."""

import asyncio
from typing import Any, cast

import pytest

from bot.errors import SendError
from bot.telegram import Telegram
from bot.telegram_updates import peek_update
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
    monkeypatch.setattr(poll, "PAUSE_S", 0.0)  # nor is any answer quicker than that: nothing is waited for
    telegram = Shaky()
    poller = Poller(cast(Telegram, telegram), cast(Receiver, cast(Any, None)))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(poller.run())
    assert telegram.calls == ["remove", "remove", "ask", "ask"]


def test_a_server_that_does_not_hold_questions_is_not_asked_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(poll.asyncio, "sleep", pause)  # the pause itself is what is looked at
    telegram = Shaky()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Poller(cast(Telegram, telegram), cast(Receiver, cast(Any, None))).run())
    assert pauses == [poll.PAUSE_S, poll.AT_ONCE_S]


class Odd(Shaky):
    """Gives one update that has no number among others; what it was asked from is written down."""

    def __init__(self) -> None:
        super().__init__()
        self.calls, self.asked, self.peek = ["remove"], list[int | None](), lambda request: peek_update(request.body)

    async def next_updates(self, offset: int | None, timeout_s: float) -> list[bytes]:
        self.asked.append(offset)
        if len(self.asked) == 2:
            raise asyncio.CancelledError
        return [b'{"update_id": 900}', b'{"message": {}}', b'{"update_id": 7}', b'{"message": {}}']


class Keeping:
    def __init__(self) -> None:
        self.kept = 0

    async def keep(self, *arrival: Any) -> bool:
        self.kept += 1
        return True


def test_an_update_without_a_number_is_kept_and_a_number_that_begins_anew_is_followed() -> None:
    telegram, receiver = Odd(), Keeping()
    poller = Poller(cast(Telegram, telegram), cast(Receiver, receiver))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(poller.run())
    assert (telegram.asked, receiver.kept) == ([None, 8], 4)
