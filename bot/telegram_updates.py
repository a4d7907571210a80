"""Reads Telegram's updates: identity first (`peek_update`), meaning later (`parse_update`). Pure; called by Telegram.

Fields are taken from the JSON one by one, not through the library's classes: those refuse a whole update for one field
that they do not know, and a citizen's message with it.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.cleaning import clean, cleaned, event_id, find_location
from bot.errors import Unreadable
from bot.messages import (
    NOT_SAID,
    Attachment,
    AttachmentKind,
    ChannelName,
    EventKey,
    Ignored,
    Inbound,
    InboundKind,
    Location,
)

BIGGEST = 2**63  # ids are up to 52 bits (CHANNELS A1); what no row can hold is not an id
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
COMMAND_WORDS = {"start": "hola", "help": "ayuda"}  # the two that every Telegram client offers by itself
LINKING = "enlace-"
FILES = {
    "animation": AttachmentKind.VIDEO,
    "voice": AttachmentKind.VOICE,
    "audio": AttachmentKind.AUDIO,
    "video": AttachmentKind.VIDEO,
    "video_note": AttachmentKind.VIDEO,
    "sticker": AttachmentKind.STICKER,
    "document": AttachmentKind.DOCUMENT,
}
# Bot API 10.1, Message: what Telegram itself says in a private chat, not the citizen.
SERVICE = frozenset(
    "pinned_message message_auto_delete_timer_changed write_access_allowed connected_website chat_background_set "
    "proximity_alert_triggered users_shared chat_shared refunded_payment successful_payment passport_data gift "
    "unique_gift new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo "
    "group_chat_created supergroup_chat_created channel_chat_created migrate_to_chat_id migrate_from_chat_id "
    "boost_added paid_message_price_changed direct_message_price_changed".split()
)
SERVICE_FAMILIES = ("forum_topic_", "general_forum_topic_", "video_chat_", "giveaway_", "checklist_tasks_")
# Bot API 10.1, Message: objects about the message, not its content.
ABOUT = frozenset(
    "from chat sender_chat sender_business_bot via_bot forward_origin forward_from forward_from_chat reply_to_message "
    "external_reply quote reply_to_story reply_markup entities caption_entities link_preview_options "
    "direct_messages_topic suggested_post_info".split()
)
STOPPED = {"kicked": InboundKind.STOPPED, "left": InboundKind.STOPPED, "member": InboundKind.RESUMED}


def peek_update(body: bytes) -> EventKey:
    """Identity and order of an update; never raises."""
    try:
        update = _read(body)
    except Unreadable:
        return EventKey(event_id("", body), "")
    number = update.get("update_id")
    if type(number) is not int or not 0 <= number < BIGGEST:
        return EventKey(event_id("", body), _peek_address(update))
    return EventKey(str(number), _peek_address(update), number)


def subject_of(body: bytes) -> str:
    """What an update tells of, without its number: the same for its copies. Empty when it cannot be read."""
    try:
        update = _read(body)
    except Unreadable:
        return ""
    name, item = next(((name, item) for name, item in update.items() if isinstance(item, dict)), ("", {}))
    own = item.get("message_id") or item.get("id") or item.get("date")
    return f"{name}:{_peek_address(update)}:{own}"


def parse_update(body: bytes) -> Inbound | Ignored:
    """Raises Unreadable."""
    update = _read(body)
    try:
        return _parse(update)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise Unreadable(f"update: {type(error).__name__} {error}"[:200]) from error


def _read(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("update: not JSON") from error
    if not isinstance(update, dict):
        raise Unreadable("update: not an object")
    return update


def _peek_address(update: dict[str, Any]) -> str:
    """The private chat's id, which is its person's; a button's message may be inaccessible, its person is not."""
    for item in update.values():
        if isinstance(item, dict):
            owner = item.get("chat") or item.get("from")
            number = owner.get("id") if isinstance(owner, dict) else None
            return str(number) if type(number) is int and abs(number) < BIGGEST else ""
    return ""


def _parse(update: dict[str, Any]) -> Inbound | Ignored:
    number = int(update["update_id"])
    match update:
        case {"message": message}:
            return _message(message, InboundKind.MESSAGE)
        case {"edited_message": message}:
            return _message(message, InboundKind.EDIT)
        case {"callback_query": query}:
            return _button(query)
        case {"my_chat_member": change}:
            return _membership(change, number)
    return Ignored(f"update: {clean(' '.join(name for name in update if name != 'update_id'))}"[:100])


def _message(message: dict[str, Any], kind: InboundKind) -> Inbound | Ignored:
    sender = message.get("from") or {}
    refusal = _why_ignored(message, sender)
    if refusal:
        return Ignored(refusal)
    text, attachments, location = _text(message), _attachments(message), _location(message)
    card = _card(message.get("contact") or {})
    has_content = bool(text or attachments or location or card)
    return Inbound(
        channel=ChannelName.TELEGRAM,
        kind=kind,
        address=str(int(message["chat"]["id"])),
        external_id=str(int(message["message_id"])),
        sent_at=_moment(message["edit_date"] if "edit_date" in message else message["date"]),
        text=text,
        attachments=attachments,
        location=location,
        card=card,
        reply_to=_reply_to(message),
        group_id=cleaned(message.get("media_group_id")),
        profile_name=_name(sender),
        language_code=cleaned(sender.get("language_code")),
        is_forwarded="forward_origin" in message or "forward_date" in message,
        unsupported=None if has_content else _unsupported(message),
    )


def _why_ignored(message: dict[str, Any], sender: dict[str, Any]) -> str | None:
    if message["chat"]["type"] != "private":
        return "not a private chat"
    if sender.get("is_bot"):
        return "sent by a bot"
    service = next((name for name in message if name in SERVICE or name.startswith(SERVICE_FAMILIES)), None)
    return f"service message: {service}" if service else None


def _text(message: dict[str, Any]) -> str:
    return _command_as_words(clean(message.get("text") or message.get("caption") or ""))


def _command_as_words(text: str) -> str:
    """`/estado 004K7Q` says what «estado 004K7Q» says. A deep link's payload is anybody's choice: only what may be a
    link between two chats is heard, and proved where it was signed."""
    match = COMMAND.fullmatch(text)
    if not match:
        return text
    name, rest = match[1].lower(), (match[2] or "").strip()
    if name == "start" and rest.startswith(LINKING):
        return rest
    if name in COMMAND_WORDS:
        return COMMAND_WORDS[name]
    return f"{name.replace('_', ' ')} {rest}".strip()


def _card(contact: dict[str, Any]) -> str:
    """A shared contact has no file that could be kept."""
    return "\n".join(line for line in (_name(contact), cleaned(contact.get("phone_number"))) if line)


def _attachments(message: dict[str, Any]) -> tuple[Attachment, ...]:
    found = [_file(message[name], kind) for name, kind in FILES.items() if name in message]
    if "animation" in message and "document" in message:
        found.pop()  # the same file once more, for old clients (Bot API, Message.animation)
    if message.get("photo"):
        largest = max(message["photo"], key=lambda size: size["width"] * size["height"])
        found.append(_file(largest, AttachmentKind.PHOTO))
    return tuple(found)


def _file(item: dict[str, Any], kind: AttachmentKind) -> Attachment:
    return Attachment(
        kind,
        external_id=item["file_id"],
        unique_id=item["file_unique_id"],
        file_name=cleaned(item.get("file_name")),
        mime_type=cleaned(item.get("mime_type")),
        size_bytes=item.get("file_size"),
    )


def _location(message: dict[str, Any]) -> Location | None:
    """A venue's message carries its location too."""
    place = message.get("location")
    if not place:
        return None
    venue = message.get("venue") or {}
    label = ", ".join(part for part in (venue.get("title"), venue.get("address")) if part)
    return find_location(float(place["latitude"]), float(place["longitude"]), label)


def _unsupported(message: dict[str, Any]) -> str:
    """The name of a content that has no meaning here; Telegram adds new ones several times a year."""
    contents = (name for name, value in message.items() if isinstance(value, dict | list) and name not in ABOUT)
    return clean(next(contents, "unknown"))[:40]


def _reply_to(item: dict[str, Any]) -> str | None:
    replied = item.get("reply_to_message")
    return str(int(replied["message_id"])) if replied else None


def _button(query: dict[str, Any]) -> Inbound | Ignored:
    message, sender = query.get("message") or {}, query["from"]
    if message and message["chat"]["type"] != "private":
        return Ignored("not a private chat")
    if "data" not in query:
        return Ignored("a button without data")
    return Inbound(
        channel=ChannelName.TELEGRAM,
        kind=InboundKind.BUTTON,
        address=str(int(sender["id"])),
        external_id=f"cb{clean(query['id'])}",
        sent_at=NOT_SAID,  # when it was pressed
        button=clean(query["data"]),
        callback_id=query["id"],
        reply_to=str(int(message["message_id"])) if message else None,
        profile_name=_name(sender),
        language_code=cleaned(sender.get("language_code")),
    )


def _membership(change: dict[str, Any], number: int) -> Inbound | Ignored:
    status = change["new_chat_member"]["status"]
    if change["chat"]["type"] != "private" or status not in STOPPED:
        return Ignored(f"membership: {clean(status)}"[:100])
    return Inbound(
        channel=ChannelName.TELEGRAM,
        kind=STOPPED[status],
        address=str(int(change["chat"]["id"])),
        external_id=f"member{number}",
        sent_at=_moment(change["date"]),
    )


def _name(person: dict[str, Any]) -> str | None:
    return cleaned(" ".join(part for part in (person.get("first_name"), person.get("last_name")) if part))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
