"""python-telegram-bot's own webhook application, beside which ours is measured: it verifies, reads and keeps nothing.

`python -m canaliza.bench.library PORT`; the secret from the environment, as the program's. Needs tornado.
"""

import asyncio
import json
import sys
from typing import Any

from telegram.ext import Application
from telegram.request import BaseRequest

from intake.incoming.webhooks import TELEGRAM
from intake.settings import read_settings

ME = {"id": 1, "is_bot": True, "first_name": "Canaliza", "username": "CanalizaBot"}


class Yes(BaseRequest):
    """A Telegram that agrees to everything: only what comes in is measured."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        return

    async def shutdown(self) -> None:
        return

    async def do_request(self, url: str, *args: Any, **named: Any) -> tuple[int, bytes]:
        result = ME if url.endswith("/getMe") else True
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def serve(port: int) -> None:
    settings = read_settings()
    request = Yes()
    builder = Application.builder().token(settings.telegram_token)
    async with builder.request(request).get_updates_request(request).build() as application:
        await application.start()
        if application.updater is None:
            raise RuntimeError("an application without an updater takes no webhooks")
        await application.updater.start_webhook(
            listen="127.0.0.1",
            port=port,
            url_path=TELEGRAM,
            webhook_url=f"{settings.public_url}{TELEGRAM}",
            secret_token=settings.telegram_webhook_secret,
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
