"""The loop that carries in and out: the steps of imports, exports that were asked for, archives that are old."""

import asyncio

from intake.carrying.exports import prepare_once
from intake.carrying.stepping import work_once
from intake.loops import again_and_again
from intake.office import Office
from intake.staff_texts import Texts

LOOK_EVERY_S, FIRST_S = 2.0, 5.0


async def keep_carrying(office: Office, texts: Texts) -> None:
    """For ever. Neither waits for the other: an import of 200,000 rows takes its time."""
    loops = {"carrying.imports": lambda: work_once(office, texts), "carrying.exports": lambda: prepare_once(office)}
    await asyncio.gather(
        *(
            again_and_again(lambda look=look: asyncio.to_thread(look), every_s=LOOK_EVERY_S, first_s=FIRST_S, name=name)
            for name, look in loops.items()
        )
    )
