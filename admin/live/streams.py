"""Open streams of this process: who listens, for what, and what is put into each. Knows neither database nor HTTP."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from intake.accounts.staff import Member

OF_ONE_MAX = 6  # of one member: as many windows as anybody looks at; a hidden tab keeps none
OF_ALL_MAX = 500
KEPT_MAX = 8  # what a slow reader has not taken yet; it is told that something came, not how often


class What(StrEnum):
    """`name` of the event."""

    NEWS = "novedad"
    PRESENT = "presentes"
    OVER = "fin"


class List(StrEnum):
    QUEUE = "triage"
    INBOX = "turnos"
    TASKS = "avisos"


@dataclass(frozen=True)
class Event:
    what: What
    text: str = ""


@dataclass(eq=False)
class Stream:
    """One open page. `token_hash`: of the log-in by which it was opened; `told`: the last it heard of
    presence. `is_seated`: others are told that it is there."""

    member: Member
    token_hash: str
    list: List | None = None
    petition_id: int | None = None
    told: str = ""
    is_seated: bool = False
    events: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(KEPT_MAX))

    def put(self, event: Event) -> None:
        if not self.events.full():
            self.events.put_nowait(event)

    def end(self) -> None:
        """Before whatever it has not taken yet."""
        while not self.events.empty():
            self.events.get_nowait()
        self.events.put_nowait(Event(What.OVER))


class Streams:
    def __init__(self) -> None:
        self._open: set[Stream] = set()
        self._left: set[tuple[int, int]] = set()
        self.is_closed = False

    def join(self, stream: Stream) -> bool:
        """False when the member has as many as one may, the process as many as it can, or the end has begun."""
        own = sum(one.member.id == stream.member.id for one in self._open)
        if self.is_closed or own >= OF_ONE_MAX or len(self._open) >= OF_ALL_MAX:
            return False
        self._open.add(stream)
        return True

    def leave(self, stream: Stream) -> None:
        self._open.discard(stream)
        if stream.petition_id is not None:
            self._left.add((stream.petition_id, stream.member.id))

    def close(self) -> None:
        """Each says so to its page and ends; no further one begins. The server does not wait for them then."""
        self.is_closed = True
        for stream in self._open:
            stream.end()

    def take_left(self) -> set[tuple[int, int]]:
        left, self._left = self._left, set()
        return left

    @property
    def has_left(self) -> bool:
        return bool(self._left)

    def __iter__(self) -> Iterator[Stream]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)
