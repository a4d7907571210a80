"""Beside the servers: lets go of addresses whose owners were told, and goes on with what a person had suppressed."""

import asyncio

from intake.clock import utc_now
from intake.erasing.suppressing import resume_all
from intake.erasing.telling import close_chats
from intake.loops import again_and_again
from intake.office import Office

EVERY_S = 30.0


async def keep_erasing(office: Office) -> None:
    """For ever. Confirms nothing: that is an administrator's."""

    def look() -> None:
        close_chats(office, utc_now())
        resume_all(office)

    await again_and_again(lambda: asyncio.to_thread(look), every_s=EVERY_S, name="erasing.loop", first_s=EVERY_S)
