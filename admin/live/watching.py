"""One watcher a process: it looks once for all streams, soon after a wake-up and every few seconds besides, and tells
each what is new to it. It begins with the first stream and ends after the last."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from admin.live.streams import Event, List, Stream, Streams, What
from admin.pages import Pages
from intake.accounts.own_sessions import list_standing
from intake.clock import utc_now
from intake.database import reading
from intake.triage.newcomers import Mark, look_at_inboxes, look_at_tasks, mark_queue
from intake.triage.presence import SAID_EVERY_S, Seat, list_present, say_present

LOOKS_EVERY_S = 3.0  # what no wake-up told of: another host's worker, a referral that has left
SETTLES_S = 0.5  # between two looks, however many wake-ups
LOG_INS_EVERY_S = 20.0  # a log-in that ended, a role that changed: within a minute
Key = tuple[str, str]
T = TypeVar("T")
log = structlog.get_logger()


@dataclass
class Seen:
    """What was there at the last look."""

    marks: dict[Key, Mark] = field(default_factory=dict)
    present_at: float = float("-inf")
    log_ins_at: float = float("-inf")


class Watcher:
    def __init__(self, pages: Pages, streams: Streams) -> None:
        self._pages, self._streams = pages, streams
        self.log_ins_every_s = LOG_INS_EVERY_S
        self._woken: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        pages.office.wake.on_replies(self.nudge)

    def nudge(self) -> None:
        """From any thread: rows may have changed."""
        if self._loop and self._woken and self._streams:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._woken.set)

    def begin(self) -> None:
        """A stream was opened: it is told at once who is there, and what is there is what it knows."""
        if self._task is None or self._task.done():
            self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
            self._task = asyncio.create_task(self._run())
        if self._woken:
            self._woken.set()

    async def _run(self) -> None:
        seen, woken = Seen(), self._woken
        while woken and (self._streams or self._streams.has_left):
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), LOOKS_EVERY_S)
            woken.clear()
            await self._try(self._say_present, seen)
            self._tell(await self._try(self._look, seen, tuple(self._streams)) or ())
            await asyncio.sleep(SETTLES_S)

    @staticmethod
    async def _try(step: Callable[..., T], *args: object) -> T | None:
        """A step that fails stops neither the next one nor the watcher, by which streams end that are to end."""
        try:
            return await run_in_threadpool(step, *args)
        except Exception as error:  # pages ask by themselves meanwhile
            log.warning("live.not-looked", step=step.__name__, error=type(error).__name__)
            return None

    def _say_present(self, seen: Seen) -> None:
        """At once for who came or left, else now and then. One who comes meanwhile is of the next look."""
        here = [one for one in self._streams if one.petition_id is not None]
        left, now = self._streams.take_left(), time.monotonic()
        is_due = now - seen.present_at >= SAID_EVERY_S
        if is_due or left or not all(one.is_seated for one in here):
            say_present(self._pages.office, {_seat(one) for one in here}, left, utc_now())
            seen.present_at = now
            for one in here:
                one.is_seated = True

    def _look(self, seen: Seen, streams: Collection[Stream]) -> list[tuple[Stream, Event]]:
        told: list[tuple[Stream, Event]] = []
        with reading(self._pages.office.sessions) as session:
            marks = _marks(session, streams)
            changed = {key for key, mark in marks.items() if seen.marks.get(key) != mark}  # new to us: perhaps to them
            told += [(one, Event(What.NEWS)) for one in streams if _key(one) in changed]
            told += self._presence(session, streams)
            if time.monotonic() - seen.log_ins_at >= self.log_ins_every_s:
                seen.log_ins_at = time.monotonic()
                told += [(one, Event(What.OVER)) for one in _ended(session, streams)]
        seen.marks = marks
        return told

    def _presence(self, session: Session, streams: Collection[Stream]) -> list[tuple[Stream, Event]]:
        looked_at = {one.petition_id for one in streams if one.petition_id is not None}
        present, told = list_present(session, looked_at, utc_now()), []
        for one in streams:
            text = self._sentence(one, present.get(one.petition_id or 0, []))
            if text != one.told:
                one.told = text
                told.append((one, Event(What.PRESENT, text)))
        return told

    def _sentence(self, stream: Stream, people: Collection[tuple[int, str, str | None]]) -> str:
        """An agency's own people see their own colleagues alone."""
        member = stream.member
        others = [
            name
            for staff_id, name, agency in people
            if staff_id != member.id and (member.is_overseer or agency == member.agency)
        ]
        if not others:
            return ""
        key = "presence.one" if len(others) == 1 else "presence.many"
        return self._pages.texts(key, names=", ".join(others))

    @staticmethod
    def _tell(told: Collection[tuple[Stream, Event]]) -> None:
        for stream, event in told:
            stream.end() if event.what is What.OVER else stream.put(event)


def _seat(stream: Stream) -> Seat:
    return stream.petition_id or 0, stream.member.id


def _key(stream: Stream) -> Key | None:
    if stream.list is None:
        return None
    return stream.list.value, (stream.member.agency or "") if stream.list is List.INBOX else ""


def _marks(session: Session, streams: Collection[Stream]) -> dict[Key, Mark]:
    keys = {key for key in map(_key, streams) if key}
    marks: dict[Key, Mark] = {}
    if (List.QUEUE.value, "") in keys:
        marks[List.QUEUE.value, ""] = mark_queue(session)
    if (List.TASKS.value, "") in keys:
        marks[List.TASKS.value, ""] = look_at_tasks(session)
    if agencies := {agency for name, agency in keys if name == List.INBOX}:
        inboxes: Mapping[str, Mark] = look_at_inboxes(session, agencies)
        marks |= {(List.INBOX.value, agency): mark for agency, mark in inboxes.items()}
    return marks


def _ended(session: Session, streams: Collection[Stream]) -> list[Stream]:
    """Those whose log-in is over, whose account is closed, or whose role or agency is another one now."""
    still = list_standing(session, {one.token_hash for one in streams})
    return [one for one in streams if still.get(one.token_hash) != (one.member.role, one.member.agency)]
