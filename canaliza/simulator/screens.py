"""What each person's screen shows: bubbles of both sides with ticks and buttons, and who is watching it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from canaliza.simulator.people import Person

WATCHER_BACKLOG = 1000


@dataclass(frozen=True)
class Bubble:
    """One message on a screen. `is_own`: the person's own. `event`: update_id or sid of the webhook that carried it.

    `status`: sending, sent, delivered, read or failed. `buttons`: rows of {text, data}.
    """

    id: str
    is_own: bool
    at: datetime
    text: str = ""
    kind: str = "text"
    status: str = "sent"
    file: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    buttons: tuple[tuple[dict[str, str], ...], ...] = ()
    reply_to: str | None = None
    is_edited: bool = False
    event: str | None = None


@dataclass
class Screen:
    bubbles: dict[str, Bubble] = field(default_factory=dict)
    watchers: set[asyncio.Queue[dict[str, Any]]] = field(default_factory=set)


class Screens:
    def __init__(self) -> None:
        self._screens: dict[str, Screen] = {}

    def show(self, person: Person, bubble: Bubble) -> None:
        """Add the bubble, or put it in the place of the one with its id."""
        screen = self._screen(person)
        screen.bubbles[bubble.id] = bubble
        _tell(screen, {"event": "bubble", "bubble": as_json(bubble)})

    def change(self, person: Person, bubble_id: str, **changes: Any) -> None:
        """Nothing happens when the bubble is not there (any more)."""
        bubble = self._screen(person).bubbles.get(bubble_id)
        if bubble:
            self.show(person, replace(bubble, **changes))

    def notify(self, person: Person, event: str, **values: Any) -> None:
        """Something passing: typing, the answer to a pressed button."""
        _tell(self._screen(person), {"event": event, **values})

    def find(self, person: Person, bubble_id: str) -> Bubble | None:
        return self._screen(person).bubbles.get(bubble_id)

    def list_bubbles(self, person: Person) -> list[Bubble]:
        return list(self._screen(person).bubbles.values())

    @contextmanager
    def watching(self, person: Person) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WATCHER_BACKLOG)
        screen = self._screen(person)
        screen.watchers.add(queue)
        try:
            yield queue
        finally:
            screen.watchers.discard(queue)

    def clear(self) -> None:
        for screen in self._screens.values():
            screen.bubbles.clear()
            _tell(screen, {"event": "reset"})

    def _screen(self, person: Person) -> Screen:
        return self._screens.setdefault(person.address, Screen())


def as_json(bubble: Bubble) -> dict[str, Any]:
    return {**asdict(bubble), "at": bubble.at.isoformat()}


def _tell(screen: Screen, event: dict[str, Any]) -> None:
    for queue in screen.watchers:
        if not queue.full():  # a page that stopped reading loads its screen anew when it comes back
            queue.put_nowait(event)
