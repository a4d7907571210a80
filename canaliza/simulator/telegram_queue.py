"""Telegram's updates on their way: one line per chat, the next only after the former was taken (CHANNELS §0.2, §0.4).

A webhook gets them pushed; without one they wait for getUpdates.
"""

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from canaliza.simulator.faults import Do
from canaliza.simulator.people import Person
from canaliza.simulator.world import World

ANSWER_S = 60.0  # SRV:231 through CHANNELS A1
PAUSE_MAX_S = 60.0  # the real cap is a random 60–120 s (WebhookActor.cpp:493-520)
RETRY_AFTER_MAX_S = 3600
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
HISTORY_MAX = 10_000


@dataclass(frozen=True)
class Update:
    """`line`: whose queue it stands in. `bubble_id`: the person's bubble, whose ticks show that it was taken."""

    update_id: int
    line: int
    kind: str
    content: dict[str, Any]
    expires_at: datetime
    person: Person
    bubble_id: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        return {"update_id": self.update_id, self.kind: self.content}


@dataclass(frozen=True)
class Webhook:
    url: str
    secret_token: str = ""
    allowed_updates: tuple[str, ...] = ()
    max_connections: int = 40


@dataclass(frozen=True)
class Outcome:
    """What the program's webhook answered; `status` None: nothing."""

    status: int | None
    detail: str = ""
    retry_after_s: float | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class UpdateQueue:
    def __init__(self, world: World) -> None:
        self._world = world
        self.webhook: Webhook | None = None
        self.last_error: tuple[datetime, str] | None = None
        self._lines: dict[int, deque[Update]] = {}
        self._carriers: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(1)
        self._news = asyncio.Event()
        self._polls = 0
        self._history: dict[int, Update] = {}

    def register(self, webhook: Webhook | None) -> None:
        """Set or remove the webhook; what is on its way is sent again to the new one."""
        for carrier in self._carriers.values():
            carrier.cancel()
        self._carriers.clear()
        self.webhook, self.last_error = webhook, None
        self._slots = asyncio.Semaphore(webhook.max_connections if webhook else 1)
        for line in list(self._lines):
            self._wake(line)

    def add(self, update: Update) -> None:
        if not self._is_wanted(update.kind):
            return
        self._history[update.update_id] = update
        if len(self._history) > HISTORY_MAX:
            self._history.pop(next(iter(self._history)))
        self._lines.setdefault(update.line, deque()).append(update)
        self._news.set()
        self._wake(update.line)

    def find(self, update_id: int) -> Update | None:
        """Also one that was taken long ago."""
        return self._history.get(update_id)

    def is_behind(self, update: Update) -> bool:
        """Whether another one of its line has to be taken first; Telegram does not send it before."""
        line = self._lines.get(update.line, deque())
        return update in line and line[0] is not update

    def list_pending(self) -> list[Update]:
        """In order of update_id; what is too old is dropped on the way."""
        now = self._world.now()
        for line in self._lines.values():
            while line and line[0].expires_at <= now:
                line.popleft()
        return sorted((u for line in self._lines.values() for u in line), key=lambda update: update.update_id)

    def confirm_below(self, offset: int) -> None:
        """getUpdates with an offset says that everything before it arrived."""
        for line in self._lines.values():
            while line and line[0].update_id < offset:
                self._tick(line.popleft())

    def drop_all(self) -> None:
        self._lines.clear()

    def clear(self) -> None:
        """Nothing waits, nothing is remembered; the webhook stays."""
        self._lines.clear()
        self._carriers.clear()
        self._history.clear()

    async def wait_for_news(self, timeout_s: float) -> bool:
        """Until something comes or the time is over. False: another poll took this one's place."""
        self._polls += 1
        poll = self._polls
        self._news.set()  # whoever waits already has been overtaken
        await asyncio.sleep(0)
        self._news.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), timeout_s)
        return poll == self._polls

    async def post(self, update: Update) -> Outcome:
        """Send one update to the webhook, once. Raises LookupError when none is set."""
        webhook = self.webhook
        if webhook is None:
            raise LookupError("no webhook is set")
        fault = self._world.faults.take("telegram", "webhook", update.person.address)
        outcome = Outcome(None, "Connection reset by peer")
        if fault is None or fault.do != Do.DROP_BEFORE:
            outcome = await self._request(webhook, update)
        if fault is not None and fault.do != Do.DROP_BEFORE:
            outcome = Outcome(None, "Read timeout expired")
        self._world.journal.add_webhook("telegram", update.kind, str(update.update_id), outcome.status)
        return outcome

    def _is_wanted(self, kind: str) -> bool:
        allowed = self.webhook.allowed_updates if self.webhook else ()
        return kind in allowed if allowed else kind not in NOT_BY_DEFAULT

    def _wake(self, line: int) -> None:
        carrier = self._carriers.get(line)
        if self.webhook and self._lines.get(line) and (carrier is None or carrier.done()):
            self._carriers[line] = self._world.spawn(self._carry(self._lines[line]))

    async def _carry(self, line: deque[Update]) -> None:
        pause_s = self._world.config.pace.retry_s
        while line:
            update = line[0]
            if update.expires_at <= self._world.now():
                line.popleft()
                continue
            async with self._slots:
                outcome = await self.post(update)
            if outcome.is_taken:
                self._tick(line.popleft())
                pause_s = self._world.config.pace.retry_s
                continue
            self.last_error = (self._world.now(), outcome.detail)
            await asyncio.sleep(pause_s if outcome.retry_after_s is None else outcome.retry_after_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)

    async def _request(self, webhook: Webhook, update: Update) -> Outcome:
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret_token
        body = json.dumps(update.body, ensure_ascii=True).encode()
        try:
            response = await self._world.client.post(webhook.url, content=body, headers=headers, timeout=ANSWER_S)
        except httpx.HTTPError as error:
            return Outcome(None, f"Connection failed: {type(error).__name__}")
        detail = f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
        return Outcome(response.status_code, detail, _retry_after(response))

    def _tick(self, update: Update) -> None:
        if update.bubble_id:
            self._world.screens.change(update.person, update.bubble_id, status="delivered")


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(min(int(value), RETRY_AFTER_MAX_S)) if value.isdigit() else None
