"""What an office does again and again beside its servers; one thing that goes wrong does not end it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()


async def again_and_again(
    act: Callable[[], Awaitable[object]], *, every_s: float, name: str, first_s: float = 0.0, **fields: str
) -> None:
    """For ever, at first after `first_s`. What `act` raises is logged as `name` with `fields`: a database or a provider
    that is away for a moment is there again at the next look."""
    await asyncio.sleep(first_s)
    while True:
        try:
            await act()
        except Exception as error:
            log.error(name, error=type(error).__name__, **fields)
        await asyncio.sleep(every_s)
