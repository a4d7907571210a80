"""The loop that carries in and out: the steps of imports, exports that were asked for, archives that are old."""

import asyncio

from intake.carrying.exports import prepare_once
from intake.carrying.stepping import work_once
from intake.loops import again_and_again
from intake.office import Office
from intake.staff_texts import Texts

LOOK_EVERY_S, FIRST_S = 2.0, 5.0


async def keep_carrying(office: Office, texts: Texts) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(work_once, office, texts)
        await asyncio.to_thread(prepare_once, office)

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="carrying.loop")
