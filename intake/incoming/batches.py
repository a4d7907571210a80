"""Writes of many that wait, committed together: what is put in while one batch is being written is the next one.

Used by `receive` and `sending`, for each of which a commit of its own would be the price of every message.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Batch = list[tuple[Item, asyncio.Future[Outcome]]]


class Batches(Generic[Item, Outcome]):
    """`write` settles the future of each item of a batch; what it raises is the outcome of those that it left open."""

    def __init__(self, write: Callable[[Batch[Item, Outcome]], Awaitable[None]], *, at_most: int) -> None:
        self._write, self._at_most = write, at_most
        self._waiting: Batch[Item, Outcome] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Outcome:
        """The item's outcome, once its batch is written. Raises what `write` gave or raised for it."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        return await future

    async def _write_waiting(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)  # what is ready to be put in comes along
            batch, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            try:
                await self._write(batch)
            except Exception as error:  # nobody waits for ever, and the next batch is written
                for _, future in batch:
                    settle(future, error)


def settle(future: asyncio.Future[Outcome], outcome: Outcome | Exception) -> None:
    """Unless it is settled, or whoever waited has gone."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
