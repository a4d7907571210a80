"""The Bot API methods that the program may call, with the checks and the words of Telegram's server (CHANNELS A1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.messages import ChannelName
from canaliza.simulator.files import Upload, file_look
from canaliza.simulator.people import Person
from canaliza.simulator.screens import Bubble
from canaliza.simulator.simulator import Simulator
from canaliza.simulator.telegram_keyboard import inline_keyboard
from canaliza.simulator.telegram_params import as_bool, as_int, as_list, as_object, as_text
from canaliza.simulator.telegram_queue import Webhook
from canaliza.simulator.telegram_refusal import Refused
from canaliza.simulator.telegram_server import BUTTON_LIFE
from canaliza.simulator.telegram_shapes import PHOTO_SIZES, chat, document, photo
from canaliza.simulator.telegram_text import parse_text

TEXT_MAX = 4096  # code points after entity parsing (CHANNELS §0.13)
CAPTION_MAX = 1024
PHOTO_MAX_BYTES, UPLOAD_MAX_BYTES = 10 * 1024 * 1024, 50 * 1024 * 1024
DOWNLOAD_MAX_BYTES = 20 * 1024 * 1024
ANSWER_MAX = 200
COMMANDS_MAX = 100
POLL_MAX_S = 50
Params = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A method's result with the description that some methods add."""

    result: Any
    description: str | None = None


Method = Callable[[Simulator, Params], Awaitable[Done]]


async def get_me(simulator: Simulator, params: Params) -> Done:
    can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    business = {"can_connect_to_business": False, "has_main_web_app": False}
    return Done({**simulator.telegram.bot, **can, **business})


async def set_webhook(simulator: Simulator, params: Params) -> Done:
    updates, url = simulator.telegram.updates, as_text(params, "url")
    if not url:
        return await delete_webhook(simulator, params)
    if not url.startswith(("https://", "http://")):
        raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    secret = as_text(params, "secret_token")
    if len(secret) > 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in secret):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")
    if as_bool(params, "drop_pending_updates"):
        updates.drop_all()
    allowed = tuple(str(kind) for kind in as_list(params, "allowed_updates"))
    connections = min(max(as_int(params, "max_connections") or 40, 1), 100)
    updates.register(Webhook(url, secret, allowed, connections))
    return Done(True, "Webhook was set")


async def delete_webhook(simulator: Simulator, params: Params) -> Done:
    updates = simulator.telegram.updates
    if as_bool(params, "drop_pending_updates"):
        updates.drop_all()
    was_set = updates.webhook is not None
    updates.register(None)
    return Done(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


async def get_webhook_info(simulator: Simulator, params: Params) -> Done:
    updates = simulator.telegram.updates
    webhook = updates.webhook
    info: Params = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.list_pending()),
    }
    if webhook:
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
    if webhook and webhook.allowed_updates:
        info["allowed_updates"] = list(webhook.allowed_updates)
    if updates.last_error:
        at, what = updates.last_error
        info |= {"last_error_date": int(at.timestamp()), "last_error_message": what}
    return Done(info)


async def get_updates(simulator: Simulator, params: Params) -> Done:
    updates = simulator.telegram.updates
    if updates.webhook:
        raise Refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    offset, limit = as_int(params, "offset") or 0, min(max(as_int(params, "limit") or 100, 1), 100)
    if offset < 0:
        pending = updates.list_pending()
        offset = pending[offset:][0].update_id if pending else 0
    updates.confirm_below(offset)
    if not updates.list_pending() and not await updates.wait_for_news(min(as_int(params, "timeout") or 0, POLL_MAX_S)):
        raise Refused(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    return Done([update.body for update in updates.list_pending()[:limit]])


async def send_message(simulator: Simulator, params: Params) -> Done:
    person = _recipient(simulator, params)
    content, keyboard = _checked_text(params), inline_keyboard(params.get("reply_markup"))
    replied = _replied(simulator, params, person.telegram_id)
    if keyboard:
        content["reply_markup"] = {"inline_keyboard": keyboard}
    if replied:
        content["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
    return _sent(simulator, person, content)


async def send_photo(simulator: Simulator, params: Params) -> Done:
    person, upload = _recipient(simulator, params), _uploaded(params, "photo", PHOTO_MAX_BYTES)
    if not upload.mime_type.startswith("image/"):
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
    files = simulator.world.files
    sizes = [files.add(upload, prefix="AgACAgEAAxkBAAI", folder="photos") for _ in PHOTO_SIZES]
    return _sent(simulator, person, photo(sizes) | _caption(params), "photo", file_look(sizes[-1].file_id, upload))


async def send_document(simulator: Simulator, params: Params) -> Done:
    person, upload = _recipient(simulator, params), _uploaded(params, "document", UPLOAD_MAX_BYTES)
    stored = simulator.world.files.add(upload, prefix="BQACAgEAAxkBAAI", folder="documents")
    look = file_look(stored.file_id, upload)
    return _sent(simulator, person, document(stored) | _caption(params), "document", look)


def _sent(
    simulator: Simulator, person: Person, content: Params, kind: str = "text", file: Params | None = None
) -> Done:
    telegram, now = simulator.telegram, simulator.world.now()
    head = {"message_id": telegram.next_number(), "from": telegram.bot, "chat": chat(person)}
    message = telegram.keep({**head, "date": int(now.timestamp()), **content})
    _show(simulator, person, message, kind, file)
    return Done(message)


def _uploaded(params: Params, name: str, max_bytes: int) -> Upload:
    upload = params.get(name)
    if not isinstance(upload, Upload) or not upload.data:
        raise Refused(400, f"Bad Request: there is no {name} in the request")
    if len(upload.data) > max_bytes:
        raise Refused(413, "Request Entity Too Large")
    return upload


def _caption(params: Params) -> Params:
    caption = as_text(params, "caption")
    if len(caption) > CAPTION_MAX:
        raise Refused(400, "Bad Request: message caption is too long")
    return {"caption": caption} if caption else {}


def _checked_text(params: Params) -> Params:
    """Text and entities as they are kept. Raises Refused."""
    text, entities = parse_text(as_text(params, "text"), as_text(params, "parse_mode"))
    if not text:
        raise Refused(400, "Bad Request: message text is empty")
    if len(text) > TEXT_MAX:
        raise Refused(400, "Bad Request: message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def _show(simulator: Simulator, person: Person, message: Params, kind: str, file: Params | None) -> None:
    text = message.get("text") or message.get("caption", "")
    world, number = simulator.world, str(message["message_id"])
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple(tuple({"text": b["text"], "data": b.get("callback_data", "")} for b in row) for row in rows)
    replied = message.get("reply_to_message")
    bubble = Bubble(
        number,
        False,
        world.now(),
        text,
        kind,
        status="delivered",
        file=file,
        buttons=buttons,
        reply_to=str(replied["message_id"]) if replied else None,
    )
    world.screens.show(person, bubble)
    world.journal.add_received(person, number, text)


async def answer_callback_query(simulator: Simulator, params: Params) -> Done:
    press = simulator.telegram.presses.get(as_text(params, "callback_query_id"))
    if press is None or press.is_answered or simulator.world.now() - press.pressed_at > BUTTON_LIFE:
        raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    text = as_text(params, "text")
    if len(text) > ANSWER_MAX:
        raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
    press.is_answered = True
    simulator.world.screens.notify(press.person, "answered", bubble_id=press.bubble_id, text=text)
    return Done(True)


async def send_chat_action(simulator: Simulator, params: Params) -> Done:
    person, action = _recipient(simulator, params), as_text(params, "action")
    if not action:
        raise Refused(400, "Bad Request: wrong parameter action in request")
    simulator.world.screens.notify(person, "typing", action=action)
    return Done(True)


async def get_file(simulator: Simulator, params: Params) -> Done:
    file_id = as_text(params, "file_id")
    if not file_id:
        raise Refused(400, "Bad Request: file_id not specified")
    stored = simulator.world.files.find(file_id)
    if stored is None:
        raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    size = len(stored.upload.data)
    if size > DOWNLOAD_MAX_BYTES:
        raise Refused(400, "Bad Request: file is too big")
    named = {"file_id": file_id, "file_unique_id": stored.unique_id, "file_size": size}
    return Done({**named, "file_path": stored.path})


async def set_my_commands(simulator: Simulator, params: Params) -> Done:
    commands = as_list(params, "commands")
    if len(commands) > COMMANDS_MAX:
        raise Refused(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, description = str(command.get("command", "")), str(command.get("description", ""))
        if not 1 <= len(name) <= 32 or not all(c.isascii() and (c.islower() or c.isdigit() or c == "_") for c in name):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    simulator.telegram.commands = [{"command": c["command"], "description": c["description"]} for c in commands]
    return Done(True)


async def get_my_commands(simulator: Simulator, params: Params) -> Done:
    return Done(simulator.telegram.commands)


METHODS: dict[str, Method] = {  # Telegram does not mind upper and lower case in a method's name
    "getme": get_me,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "getupdates": get_updates,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
    "getfile": get_file,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
}


def _recipient(simulator: Simulator, params: Params) -> Person:
    chat_id = as_text(params, "chat_id")
    if not chat_id:
        raise Refused(400, "Bad Request: chat_id is empty")
    person = simulator.world.people.find_by_address(chat_id)
    if person is None or person.channel != ChannelName.TELEGRAM or not person.is_known:
        raise Refused(400, "Bad Request: chat not found")
    if person.has_blocked:
        raise Refused(403, "Forbidden: bot was blocked by the user")
    if chat_id in person.former:
        moved = {"migrate_to_chat_id": person.telegram_id}
        raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
    return person


def _replied(simulator: Simulator, params: Params, chat_id: int) -> Params | None:
    wanted = as_object(params, "reply_parameters")
    message_id = as_int(wanted, "message_id") or as_int(params, "reply_to_message_id")
    if not message_id:
        return None
    replied = simulator.telegram.messages.get((chat_id, message_id))
    may_miss = as_bool(wanted, "allow_sending_without_reply") or as_bool(params, "allow_sending_without_reply")
    if replied is None and not may_miss:
        raise Refused(400, "Bad Request: message to be replied not found")
    return replied
