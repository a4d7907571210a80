"""Telegram's objects as its server writes them (Bot API 10.1): pure functions from people and files to JSON values."""

from datetime import datetime
from typing import Any

from canaliza.simulator.files import StoredFile
from canaliza.simulator.people import Person

Values = dict[str, Any]
# Telegram recompresses a photo to several sizes. The simulator has no image library: every size names the same bytes,
# and the pixels are the usual ones of an upright photo.
PHOTO_SIZES = ((67, 90), (240, 320), (600, 800), (960, 1280))
COMMAND_END = " \n"


def user(person: Person) -> Values:
    first, _, last = person.name.partition(" ")
    values: Values = {"id": person.telegram_id, "is_bot": False, "first_name": first, "language_code": "es"}
    return {**values, "last_name": last} if last else values


def chat(person: Person) -> Values:
    first, _, last = person.name.partition(" ")
    values: Values = {"id": person.telegram_id, "first_name": first, "type": "private"}
    return {**values, "last_name": last} if last else values


def message(person: Person, message_id: int, at: datetime, content: Values) -> Values:
    """A message of the person's."""
    return {
        "message_id": message_id,
        "from": user(person),
        "chat": chat(person),
        "date": int(at.timestamp()),
        **content,
    }


def text(value: str) -> Values:
    """A text with the entity that a command at its beginning has."""
    if not value.startswith("/"):
        return {"text": value}
    end = min((i for i in (value.find(c) for c in COMMAND_END) if i > 0), default=len(value))
    return {"text": value, "entities": [{"offset": 0, "length": end, "type": "bot_command"}]}


def photo(sizes: list[StoredFile]) -> Values:
    """`sizes`: one stored file for each of PHOTO_SIZES, smallest first."""
    return {
        "photo": [
            {**_file(stored), "width": width, "height": height}
            for stored, (width, height) in zip(sizes, PHOTO_SIZES, strict=True)
        ]
    }


def voice(stored: StoredFile, duration_s: int) -> Values:
    return {"voice": {"duration": duration_s, "mime_type": stored.upload.mime_type, **_file(stored)}}


def document(stored: StoredFile) -> Values:
    named = {"file_name": stored.upload.name, "mime_type": stored.upload.mime_type}
    return {"document": {**named, **_file(stored)}}


def video(stored: StoredFile) -> Values:
    shape = {"duration": 1, "width": 480, "height": 848, "mime_type": stored.upload.mime_type}
    return {"video": {**shape, "file_name": stored.upload.name, **_file(stored)}}


def sticker(stored: StoredFile) -> Values:
    shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
    return {"sticker": {**shape, "emoji": "🙏", **_file(stored)}}


def location(latitude: float, longitude: float, label: str | None, address: str | None) -> Values:
    point = {"latitude": latitude, "longitude": longitude}
    if not label:
        return {"location": point}
    venue = {"location": point, "title": label, "address": address or ""}
    return {"location": point, "venue": venue}


def contact(phone_number: str, first_name: str, user_id: int | None) -> Values:
    values: Values = {"phone_number": phone_number, "first_name": first_name}
    return {"contact": {**values, "user_id": user_id} if user_id else values}


def callback_query(person: Person, callback_id: str, pressed: Values, data: str) -> Values:
    instance = str(-(person.telegram_id * 7919))  # any number that is the same for the same chat
    return {"id": callback_id, "from": user(person), "message": pressed, "chat_instance": instance, "data": data}


def my_chat_member(person: Person, bot: Values, at: datetime, *, has_blocked: bool) -> Values:
    member, kicked = {"user": bot, "status": "member"}, {"user": bot, "status": "kicked", "until_date": 0}
    old, new = (member, kicked) if has_blocked else (kicked, member)
    date = int(at.timestamp())
    return {
        "chat": chat(person),
        "from": user(person),
        "date": date,
        "old_chat_member": old,
        "new_chat_member": new,
    }


def _file(stored: StoredFile) -> Values:
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.upload.data)}
