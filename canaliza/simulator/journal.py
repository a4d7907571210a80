"""What the simulator saw, in order: calls of the program, webhooks to it, messages that reached people.

The oracle of fault tests (how often was each text received); read through `GET /control/log`, never logged.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from canaliza.simulator.people import Person

KEPT_MAX = 100_000


@dataclass
class Call:
    """One call of the program. `fault`: what it met; `status` None: the call got no answer."""

    at: datetime
    provider: str
    method: str
    params: dict[str, Any]
    fault: str | None = None
    status: int | None = None


@dataclass(frozen=True)
class Received:
    """One message that a person really got."""

    at: datetime
    channel: str
    person: str
    address: str
    message_id: str
    text: str


@dataclass(frozen=True)
class Posted:
    """One webhook. `event`: update_id or sid; `status` None: no answer, or never sent because of a fault."""

    at: datetime
    provider: str
    kind: str
    event: str
    status: int | None


class Journal:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.calls: deque[Call] = deque(maxlen=KEPT_MAX)
        self.received: deque[Received] = deque(maxlen=KEPT_MAX)
        self.webhooks: deque[Posted] = deque(maxlen=KEPT_MAX)

    def add_call(self, provider: str, method: str, params: dict[str, Any], fault: str | None) -> Call:
        call = Call(self._clock(), provider, method, params, fault)
        self.calls.append(call)
        return call

    def add_received(self, person: Person, message_id: str, text: str) -> None:
        self.received.append(
            Received(self._clock(), person.channel.value, person.key, person.address, message_id, text)
        )

    def add_webhook(self, provider: str, kind: str, event: str, status: int | None) -> None:
        self.webhooks.append(Posted(self._clock(), provider, kind, event, status))

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        return {
            "calls": [_row(asdict(call)) for call in self.calls],
            "received": [_row(asdict(received)) for received in self.received],
            "webhooks": [_row(asdict(posted)) for posted in self.webhooks],
        }

    def clear(self) -> None:
        self.calls.clear()
        self.received.clear()
        self.webhooks.clear()


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "at": values["at"].isoformat()}
