"""Draining: so many messages wait before the office starts; what it holds in memory meanwhile, and how fast it goes.

Not among the parts that are measured when none is named: two hundred thousand take an hour.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import count, cycle, islice
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import Engine, func, select

from bot.messages import ChannelName
from canaliza.bench.figures import Figure
from canaliza.bench.office import free_port, fresh_database, office_settings, sample_texts
from canaliza.bench.process import running, whole_office
from canaliza.bench.sink import open_sink
from canaliza.bench.webhooks import arrivals_of, write_webhooks
from intake.incoming.receive import store
from intake.settings import Settings
from intake.tables.incoming import InboundEvent
from intake.tables.outgoing import Reply
from intake.wiring import build_office

SIZES = (20_000,)
AT_ONCE = 500  # are stored in one transaction
TEXTS = 20_000  # of the corpus; further messages say them again
LOOK_EVERY_S = 1.0
LEAST_A_SECOND = 5  # slower is given up
WAITING = ("queued", "claimed", "sending")
MOST_MB = 400


def measure_draining(
    settings: Settings, kind: str, folder: Path, server: str, *, sizes: Sequence[int], out: Console
) -> Iterator[tuple[str, list[Figure]]]:
    """First messages of as many citizens, in one process. Raises TimeoutError."""
    for messages in sizes:
        taken_s, memory = asyncio.run(_drain(settings, kind, folder, server, out, messages))
        tenth = memory[len(memory) // 10]
        yield (
            f"draining on {kind}, {messages:,} messages",
            [
                Figure("drained", messages / taken_s, "messages/s", beside=f"in {taken_s:,.0f} s"),
                Figure("most memory meanwhile", max(memory), "MB", MOST_MB, is_ceiling=True),
                Figure("memory at the end, of that after a tenth", memory[-1] / tenth, "×", beside=f"{tenth:.0f} MB"),
            ],
        )


async def _drain(
    settings: Settings, kind: str, folder: Path, server: str, out: Console, messages: int
) -> tuple[float, list[float]]:
    """Seconds, and the process's memory at each look."""
    port = free_port()
    with fresh_database(kind, folder, server) as url:
        async with open_sink() as sink:
            own = office_settings(settings, url, folder, api_url=sink.url, port=port)
            engine = _store(own, messages)
            with (
                running(own, whole_office(port), port, folder) as office,
                Progress(console=out, transient=True) as progress,
            ):
                task = progress.add_task("Draining", total=messages)
                started = time.monotonic()
                memory: list[float] = []
                async with asyncio.timeout(120 + messages / LEAST_A_SECOND):
                    while left := await asyncio.to_thread(_count_left, engine):
                        progress.update(task, completed=messages - left)
                        memory.append(office.memory_mb)
                        await asyncio.sleep(LOOK_EVERY_S)
                memory.append(office.memory_mb)
                taken_s = time.monotonic() - started
            engine.dispose()
    return taken_s, memory


def _store(own: Settings, messages: int) -> Engine:
    """As the webhooks would have, without their server."""
    office = build_office(own)
    telegram = office.channels[ChannelName.TELEGRAM]
    texts, first = cycle(sample_texts(own, min(messages, TEXTS))), count(1, AT_ONCE)
    left = messages
    while left:
        some = list(islice(texts, min(left, AT_ONCE)))
        hooks = write_webhooks(own, some, first=next(first), channels=(ChannelName.TELEGRAM,))
        store(office.sessions, arrivals_of(telegram, hooks))
        left -= len(some)
    return office.engine


def _count_left(engine: Engine) -> int:
    """Messages that were not thought about, and replies that have not left."""
    with engine.connect() as connection:
        events = connection.scalar(select(func.count()).where(InboundEvent.state == "pending")) or 0
        replies = connection.scalar(select(func.count()).where(Reply.state.in_(WAITING))) or 0
    return events + replies
