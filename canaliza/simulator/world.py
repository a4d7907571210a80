"""What both providers share: people, screens, files, journal, faults, one HTTP client and the tasks that run."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import httpx

from canaliza.simulator.config import SimulatorConfig
from canaliza.simulator.faults import Faults
from canaliza.simulator.files import FileShelf
from canaliza.simulator.journal import Journal
from canaliza.simulator.people import People
from canaliza.simulator.screens import Screens


class World:
    """One instance a simulator; nothing of it is ever written to a disk."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.people = People(config.whatsapp_sender, config.acquaintances)
        self.screens = Screens()
        self.journal = Journal(config.clock)
        self.faults = Faults()
        self.files = FileShelf()
        self.client = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=None))
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        return self.config.clock()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run beside the requests until done, reset or the end."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def spawn_later(self, seconds: float, act: Callable[[], object]) -> None:
        async def later() -> None:
            await asyncio.sleep(seconds)
            act()

        self.spawn(later())

    async def stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def clear(self) -> None:
        """Empty phones, no faults, an empty journal."""
        for part in (self.people, self.screens, self.journal, self.faults, self.files):
            part.clear()
