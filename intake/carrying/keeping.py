"""The loop that carries in and out: the steps of imports, exports that were asked for, archives that are old."""

import asyncio
from collections.abc import Callable
from functools import partial

from intake.carrying.exports import prepare_once
from intake.carrying.stepping import work_once
from intake.loops import again_and_again
from intake.office import Office
from intake.staff_texts import Texts

LOOK_EVERY_S, FIRST_S = 2.0, 5.0


async def keep_carrying(office: Office, texts: Texts) -> None:
    """For ever. Neither waits for the other: an import of 200,000 rows takes its time."""
    await asyncio.gather(
        _again("carrying.imports", partial(work_once, office, texts)),
        _again("carrying.exports", partial(prepare_once, office)),
    )


async def _again(name: str, look: Callable[[], object]) -> None:
    await again_and_again(lambda: asyncio.to_thread(look), every_s=LOOK_EVERY_S, first_s=FIRST_S, name=name)
