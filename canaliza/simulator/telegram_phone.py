"""What a person does on Telegram, as updates: write, send files, press, edit, block."""

import secrets
from datetime import datetime
from functools import partial
from typing import Any

from canaliza.simulator import telegram_shapes as shapes
from canaliza.simulator.drafts import Draft, NotPossible, SentItem
from canaliza.simulator.files import Upload, file_look
from canaliza.simulator.people import Person
from canaliza.simulator.screens import Bubble
from canaliza.simulator.simulator import Simulator

BLOCKED = "Usted bloqueó este chat. Desbloquéelo para escribir."
NO_SUCH = "Ese mensaje ya no está en el chat."
Values = dict[str, Any]


class TelegramPhone:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def write(self, person: Person, draft: Draft) -> list[SentItem]:
        """One update for each item. Raises NotPossible."""
        if person.has_blocked:
            raise NotPossible(BLOCKED)
        person.is_known, person.last_inbound_at = True, self._simulator.world.now()
        shared = self._shared(person, draft)
        items = [({**content, **shared}, look) for content, look in self._items(person, draft)]
        if draft.last_after_s:
            self._simulator.world.spawn_later(draft.last_after_s, partial(self._send, person, *items.pop()))
        return [self._send(person, content, look) for content, look in items]

    def press(self, person: Person, message_id: str, data: str) -> SentItem:
        """Any data may be pressed: citizens' clients can be forged (CHANNELS A1, Keyboards)."""
        pressed = self._message(person, message_id)
        callback_id = self._simulator.telegram.open_press(person, message_id)
        content = shapes.callback_query(person, callback_id, pressed, data)
        return SentItem(message_id, str(self._simulator.telegram.announce(person, "callback_query", content)))

    def edit(self, person: Person, message_id: str, text: str) -> SentItem:
        """The text or the caption. Raises NotPossible for a message that is not the person's own."""
        message = self._message(person, message_id)
        if message["from"]["id"] != person.telegram_id:
            raise NotPossible(NO_SUCH)
        changed = {"caption": text} if "text" not in message else shapes.text(text)
        edited_at = int(self._simulator.world.now().timestamp())
        edited = self._simulator.telegram.keep({**message, **changed, "edit_date": edited_at})
        event = self._simulator.telegram.announce(person, "edited_message", edited, message_id)
        self._simulator.world.screens.change(person, message_id, text=text, is_edited=True, status="sent")
        return SentItem(message_id, str(event))

    def block(self, person: Person, *, has_blocked: bool) -> SentItem:
        person.has_blocked = has_blocked
        telegram = self._simulator.telegram
        now = self._simulator.world.now()
        content = shapes.my_chat_member(person, telegram.bot, now, has_blocked=has_blocked)
        return SentItem("", str(telegram.announce(person, "my_chat_member", content)))

    def _send(self, person: Person, content: Values, look: Values) -> SentItem:
        world, telegram = self._simulator.world, self._simulator.telegram
        message = telegram.keep(shapes.message(person, telegram.next_number(), world.now(), content))
        bubble_id = str(message["message_id"])
        world.screens.show(person, Bubble(bubble_id, True, world.now(), **look))
        event = str(telegram.announce(person, "message", message, bubble_id))
        world.screens.change(person, bubble_id, event=event)
        return SentItem(bubble_id, event)

    def _shared(self, person: Person, draft: Draft) -> Values:
        """What every item of the draft carries."""
        shared: Values = {}
        if draft.reply_to:
            replied = self._message(person, draft.reply_to)
            shared["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
        if draft.is_forwarded:
            shared["forward_origin"] = _origin(self._simulator.world.now())
        if draft.kind == "album":
            shared["media_group_id"] = str(secrets.randbelow(9 * 10**16) + 10**16)
        return shared

    def _items(self, person: Person, draft: Draft) -> list[tuple[Values, Values]]:
        """Each item as Telegram's content and as what its bubble shows."""
        if draft.uploads:
            captions = (draft.text, *("" for _ in draft.uploads[1:]))
            return [self._file(draft, u, c) for u, c in zip(draft.uploads, captions, strict=True)]
        if draft.point:
            point = draft.point
            content = shapes.location(point.latitude, point.longitude, point.label, point.address)
            place = {"latitude": point.latitude, "longitude": point.longitude, "label": point.label}
            return [(content, {"kind": "location", "location": place})]
        if draft.contact:
            card = draft.contact
            content = shapes.contact(card.phone_number, card.first_name, person.telegram_id if card.is_own else None)
            return [(content, {"kind": "contact", "text": f"{card.first_name} {card.phone_number}"})]
        if draft.other:
            return [(dict(draft.other), {"kind": "other", "text": next(iter(draft.other))})]
        return [(shapes.text(draft.text), {"text": draft.text})]

    def _file(self, draft: Draft, upload: Upload, caption: str) -> tuple[Values, Values]:
        kind = "photo" if draft.kind == "album" else draft.kind or "document"
        files = self._simulator.world.files
        match kind:
            case "photo":
                sizes = [files.add(upload, prefix="AgACAgEAAxkBAAI", folder="photos") for _ in shapes.PHOTO_SIZES]
                content, stored = shapes.photo(sizes), sizes[-1]
            case "voice":
                stored = files.add(upload, prefix="AwACAgEAAxkBAAI", folder="voice")
                content = shapes.voice(stored, draft.duration_s)
            case "video":
                stored = files.add(upload, prefix="BAACAgEAAxkBAAI", folder="videos")
                content = shapes.video(stored)
            case "sticker":
                stored = files.add(upload, prefix="CAACAgEAAxkBAAI", folder="stickers")
                content = shapes.sticker(stored)
            case _:
                stored = files.add(upload, prefix="BQACAgEAAxkBAAI", folder="documents")
                content = shapes.document(stored)
        if caption:
            content["caption"] = caption
        return content, {"kind": kind, "text": caption, "file": file_look(stored.file_id, upload)}

    def _message(self, person: Person, message_id: str) -> Values:
        number = int(message_id) if message_id.isdigit() else 0
        message = self._simulator.telegram.messages.get((person.telegram_id, number))
        if message is None:
            raise NotPossible(NO_SUCH)
        return message


def _origin(now: datetime) -> Values:
    return {"type": "hidden_user", "sender_user_name": "Vecina", "date": int(now.timestamp())}
