"""What a person of a written conversation does on Telegram, as the updates that Telegram sends."""

import json
from typing import Any

from canaliza.replay.plan import Item
from canaliza.replay.script import ScriptError, Verb
from canaliza.replay.seen import Received, find_button, upload_of
from canaliza.simulator import telegram_shapes as shapes
from canaliza.simulator.files import StoredFile
from canaliza.simulator.people import Person

ALBUM = 13_900_000_000_000_000
BOTS = 1_000_000  # numbers of what the office writes, beside the person's own
Values = dict[str, Any]


class TelegramHand:
    """One person's phone: what was written and received on it, by number."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._kept: dict[int, Values] = {}
        self._edited: dict[int, int] = {}
        self._received: list[Received] = []

    def see(self, received: Received) -> None:
        self._received.append(received)
        self._kept[int(received.external_id)] = {
            "message_id": int(received.external_id),
            "from": {"id": 7, "is_bot": True, "first_name": "Canaliza"},
            "chat": shapes.chat(self.person),
            "date": int(received.at.timestamp()),
            "text": received.text,
        }

    def external_id(self, item: Item) -> str:
        """Of the message that the item sends, or of the one that it changes."""
        return str(self._edited.get(item.turn.number, _number(item)))

    @staticmethod
    def reply_id(reply: int) -> str:
        """Under which the office's own message is on this phone."""
        return str(BOTS + reply)

    @staticmethod
    def receipt(external_id: str) -> bytes | None:
        """Telegram reports no delivery (CHANNELS A3)."""
        return None

    def body(self, item: Item, text: str) -> bytes:
        """The update; `text` is the turn's value or caption as this person writes it. Raises ScriptError."""
        return json.dumps({"update_id": _number(item), **self._update(item, text)}, ensure_ascii=False).encode()

    def _update(self, item: Item, text: str) -> Values:
        match item.turn.verb:
            case Verb.PRESSES | Verb.FORGES:
                return {"callback_query": self._press(item, text)}
            case Verb.EDITS:
                return {"edited_message": self._edit(item, text)}
            case Verb.BLOCKS | Verb.UNBLOCKS:
                bot = {"id": 7, "is_bot": True, "first_name": "Canaliza", "username": "canaliza_bot"}
                has_blocked = item.turn.verb == Verb.BLOCKS
                return {"my_chat_member": shapes.my_chat_member(self.person, bot, item.at, has_blocked=has_blocked)}
            case Verb.REACTS:
                return {"message_reaction": {"chat": shapes.chat(self.person), "date": int(item.at.timestamp())}}
        message = shapes.message(self.person, _number(item), item.at, self._content(item, text))
        self._kept[_number(item)] = message
        return {"message": message}

    def _content(self, item: Item, text: str) -> Values:
        content = _content(item, text)
        if item.turn.quotes:
            content["reply_to_message"] = self._find(item.turn.quotes)
        if item.turn.is_forwarded:
            origin = {"type": "hidden_user", "sender_user_name": "Vecina", "date": int(item.at.timestamp())}
            content["forward_origin"] = origin
        return content

    def _press(self, item: Item, label: str) -> Values:
        if item.turn.verb == Verb.FORGES:
            pressed, data = {"message_id": 1, "chat": shapes.chat(self.person), "date": 0}, label
        else:
            received, choice = find_button(self._received, label)
            pressed, data = self._kept[int(received.external_id)], choice.data
        return shapes.callback_query(self.person, str(_number(item)), pressed, data)

    def _edit(self, item: Item, text: str) -> Values:
        message = self._find(item.turn.value)
        changed = {"text" if "text" in message else "caption": text, "edit_date": int(item.at.timestamp())}
        self._edited[item.turn.number] = message["message_id"]
        self._kept[message["message_id"]] = edited = {**message, **changed}
        return edited

    def _find(self, words: str) -> Values:
        """The newest message with these words. Raises ScriptError."""
        for message in reversed(self._kept.values()):
            if words in str(message.get("text") or message.get("caption")):
                return message
        raise ScriptError(f"no message with «{words}» stands in the chat: write words of one that was sent before")


def _number(item: Item) -> int:
    """Of the message and of its update; in the order in which things were sent, whatever comes first."""
    return item.turn.number * 100 + item.place


def _content(item: Item, text: str) -> Values:
    turn = item.turn
    match turn.verb:
        case Verb.PIN:
            latitude, longitude = map(float, turn.value.split(","))
            return shapes.location(latitude, longitude, turn.label or None, None)
        case Verb.CONTACT:
            return shapes.contact("+529510000000", text, None)
        case Verb.SENDS:
            return {turn.value: {"id": "1"}}
        case Verb.SAYS:
            return shapes.text(text)
    content = _file(item)
    return {**content, "caption": text} if text else content


def _file(item: Item) -> Values:
    upload = upload_of(item.turn.verb)
    stored = StoredFile(f"file-{_number(item)}", f"unique-{_number(item)}", "", upload)
    match item.turn.verb:
        case Verb.PHOTO:
            return shapes.photo([stored] * len(shapes.PHOTO_SIZES))
        case Verb.ALBUM:
            group = str(ALBUM + item.turn.number)
            return {**shapes.photo([stored] * len(shapes.PHOTO_SIZES)), "media_group_id": group}
        case Verb.VOICE:
            return shapes.voice(stored, 12)
        case Verb.VIDEO:
            return shapes.video(stored)
        case Verb.STICKER:
            return shapes.sticker(stored)
        case _:
            return shapes.document(stored)
