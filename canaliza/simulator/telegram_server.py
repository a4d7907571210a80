"""What Telegram's server remembers: the bot, the messages of each chat, pressed buttons, numbers given out."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from canaliza.simulator.people import Person
from canaliza.simulator.telegram_queue import Update, UpdateQueue
from canaliza.simulator.world import World

MESSAGE_LIFE = timedelta(hours=24)  # CHANNELS §0.2
BUTTON_LIFE = timedelta(seconds=150)  # CHANNELS §0.3
BUTTON_LINE = 3 << 33  # button presses of a person stand in a line of their own (Client.cpp:17959)
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
IDS_PER_SECOND = 16


@dataclass
class Press:
    person: Person
    bubble_id: str
    pressed_at: datetime
    is_answered: bool = False


class TelegramServer:
    def __init__(self, world: World) -> None:
        config = world.config
        self._world = world
        self.token = config.telegram_token
        self.bot: dict[str, Any] = {
            "id": int(config.telegram_token.partition(":")[0]),
            "is_bot": True,
            "first_name": config.scene.contact,
            "username": config.bot_username,
        }
        self.updates = UpdateQueue(world)
        self.commands: list[dict[str, str]] = []
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.presses: dict[str, Press] = {}
        # A program that outlives the simulator has stored the numbers of the last run: new ones must lie above them.
        started = max(0, int((world.now() - FIRST_DAY).total_seconds()))
        self._last_number = 1 + started * IDS_PER_SECOND

    def next_number(self) -> int:
        """A message_id or update_id that was never given out."""
        self._last_number += 1
        return self._last_number

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        self.messages[message["chat"]["id"], message["message_id"]] = message
        return message

    def announce(self, person: Person, kind: str, content: dict[str, Any], bubble_id: str | None = None) -> int:
        """Queue an update for the program; its update_id."""
        is_press = kind == "callback_query"
        update = Update(
            update_id=self.next_number(),
            line=person.telegram_id + BUTTON_LINE if is_press else person.telegram_id,
            kind=kind,
            content=content,
            expires_at=self._world.now() + (BUTTON_LIFE if is_press else MESSAGE_LIFE),
            person=person,
            bubble_id=bubble_id,
        )
        self.updates.add(update)
        return update.update_id

    def open_press(self, person: Person, bubble_id: str) -> str:
        """A callback query's id, valid for BUTTON_LIFE."""
        callback_id = str(secrets.randbelow(9 * 10**17) + 10**17)
        self.presses[callback_id] = Press(person, bubble_id, self._world.now())
        return callback_id

    def clear(self) -> None:
        """Chats and waiting updates are forgotten; webhook, commands and the last number stay."""
        self.updates.clear()
        self.messages.clear()
        self.presses.clear()
