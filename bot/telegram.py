"""Telegram through python-telegram-bot: verifies and reads its updates, sends, fetches files, minds the webhook.

Only a transport: no queue, no retry, no polling loop of the library (CHANNELS §0.10).
"""

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from bot.calls import DEADLINE_S, Caller, CallFailed
from bot.channels import Pace
from bot.download import deadline, open_client, open_file, read_file
from bot.errors import FetchError, SendError
from bot.messages import (
    Attachment,
    ChannelName,
    Choice,
    EventKey,
    Ignored,
    Inbound,
    Outbound,
    OutboundFile,
    Sent,
    StatusReport,
    WebhookRequest,
)
from bot.telegram_errors import PlainRequest, require_result, to_fetch_error, to_send_error
from bot.telegram_updates import parse_update, peek_update

TEXT_MAX = 4096  # Bot API sendMessage, code points
CALLBACK_MAX_BYTES = 64  # Bot API InlineKeyboardButton
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
PER_SECOND = 28  # about 30/s in all (CHANNELS A1); a thousand where the office pays for it
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 — a header's name
# What a result of the wrong shape makes of the library's constructors; the call itself was done then.
MISSHAPEN = (TelegramError, KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True)
class WebhookState:
    """What Telegram says of the registered webhook; `url` is empty when there is none."""

    url: str
    pending_update_count: int
    last_error_at: datetime | None = None
    last_error_message: str | None = None
    allowed_updates: tuple[str, ...] = ()


class Telegram:
    """One bot. Opens no connection before it is used, and needs no look at the bot's own account first."""

    name = ChannelName.TELEGRAM
    max_text = TEXT_MAX
    has_buttons = True

    def __init__(self, token: str, *, webhook_secret: str, api_url: str, per_second: int = PER_SECOND) -> None:
        _keep_out_of_logs(token)
        self.pace = Pace(per_second, apart_s=1.0)  # 1/s a chat (CHANNELS A1)
        self._secret = webhook_secret
        self._updates_url = f"{api_url}/bot{token}/getUpdates"
        self._caller = Caller()
        request = PlainRequest(self._caller)
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=request,
            get_updates_request=request,
        )
        self._http = open_client()

    def verify(self, request: WebhookRequest) -> bool:
        """False for everything while no secret is configured."""
        given = request.headers.get(SECRET_HEADER, "")
        return bool(self._secret) and hmac.compare_digest(given.encode(errors="replace"), self._secret.encode())

    def peek(self, request: WebhookRequest) -> EventKey:
        return peek_update(request.body)

    def parse(self, body: bytes) -> Inbound | Ignored:
        return parse_update(body)

    def parse_status(self, request: WebhookRequest) -> StatusReport | Ignored:
        return Ignored("Telegram reports no delivery")

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        """Plain text without parse_mode: `3 < 5` in a citizen's words would refuse the whole message otherwise."""
        keyboard, replied = _keyboard(message.choices), _reply_parameters(message.reply_to)
        if message.file:
            return await self._send_file(address, message.text, message.file)
        try:
            sent = await self._bot.send_message(
                chat_id=address,
                text=message.text,
                reply_markup=keyboard,
                reply_parameters=replied,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
            return Sent(str(sent.message_id))
        except MISSHAPEN as error:
            raise to_send_error(error) from error

    async def _send_file(self, address: str, text: str, file: OutboundFile) -> Sent:
        """A photo is shown in the chat; anything else is a document with its name."""
        content = InputFile(await asyncio.to_thread(file.read), filename=file.name)
        try:
            if file.is_photo:
                sent = await self._bot.send_photo(chat_id=address, photo=content, caption=text)
            else:
                sent = await self._bot.send_document(chat_id=address, document=content, caption=text)
            return Sent(str(sent.message_id))
        except MISSHAPEN as error:
            raise to_send_error(error) from error

    async def find_sent(
        self, address: str, message: Outbound, *, since: datetime, known: Collection[str] = ()
    ) -> Sent | None:
        """Raises SendError always: a bot cannot list what it has sent (CHANNELS A3)."""
        raise SendError("cannot_ask", "Telegram does not list sent messages", ambiguous=True)

    async def answer_button(self, callback_id: str) -> None:
        with contextlib.suppress(*MISSHAPEN):  # Telegram refuses after 150 s; the press itself is safe all the same
            await self._bot.answer_callback_query(callback_id)

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> AsyncIterator[bytes]:
        url, until = await self._file_url(attachment.external_id), deadline()
        response = await open_file(self._http, url, until=until)
        async for chunk in read_file(response, max_bytes=max_bytes, until=until):
            yield chunk

    async def check(self) -> str:
        """The bot's @name. Raises SendError when the token or the network is not in order."""
        try:
            return f"@{(await self._bot.get_me()).username}"
        except MISSHAPEN as error:
            raise to_send_error(error) from error

    async def webhook_state(self) -> WebhookState:
        """Raises SendError."""
        try:
            info = await self._bot.get_webhook_info()
        except MISSHAPEN as error:
            raise to_send_error(error) from error
        return WebhookState(
            info.url,
            info.pending_update_count,
            info.last_error_date,
            info.last_error_message,
            tuple(info.allowed_updates),
        )

    async def register_webhook(self, url: str) -> None:
        """Have updates sent to `url`, unless they are already; nothing that waits is dropped. Raises SendError."""
        with contextlib.suppress(SendError):  # a compatible server may not know the question; the order will tell
            if _is_in_order(await self.webhook_state(), url):
                return
        try:
            await self._bot.set_webhook(url, secret_token=self._secret or None, allowed_updates=UPDATES)
        except MISSHAPEN as error:
            raise to_send_error(error) from error

    async def remove_webhook(self) -> None:
        """Nothing that waits is dropped. Raises SendError."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except MISSHAPEN as error:
            raise to_send_error(error) from error

    async def next_updates(self, offset: int | None, timeout_s: float) -> list[bytes]:
        """Wait up to `timeout_s` for updates from `offset` on, which confirms those before; each as its own JSON.

        Not through the library: it drops a whole batch for one update that it cannot read. Raises SendError.
        """
        asked = {"timeout": int(timeout_s), "allowed_updates": json.dumps(UPDATES)}
        asked |= {} if offset is None else {"offset": offset}
        try:
            answer = await self._caller.call("POST", self._updates_url, form=asked, deadline_s=timeout_s + DEADLINE_S)
            updates = require_result(answer)
            return [json.dumps(update).encode() for update in updates]
        except (CallFailed, *MISSHAPEN) as error:
            raise to_send_error(error) from error

    async def close(self) -> None:
        await self._caller.close()
        await self._http.aclose()

    async def _file_url(self, file_id: str) -> httpx.URL:
        """Good for an hour, so it is asked for at each try. It holds the token: it may not be told to anyone."""
        try:
            file = await self._bot.get_file(file_id)
            return httpx.URL(file.file_path or "")
        except TelegramError as error:
            raise to_fetch_error(error) from error
        except (*MISSHAPEN, httpx.InvalidURL) as error:
            raise FetchError("no_path", type(error).__name__, retryable=True) from error


def _keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """One button a row: labels are sentences. Raises ValueError for data that Telegram would refuse."""
    for choice in choices:
        if not 1 <= len(choice.data.encode()) <= CALLBACK_MAX_BYTES:
            raise ValueError(f"callback data must be 1–{CALLBACK_MAX_BYTES} bytes: {choice.data}")
    if not choices:
        return None
    return InlineKeyboardMarkup.from_column([InlineKeyboardButton(c.label, callback_data=c.data) for c in choices])


def _reply_parameters(reply_to: str | None) -> ReplyParameters | None:
    """A citizen may have deleted the message meanwhile: the reply goes out all the same."""
    return ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to else None


def _is_in_order(state: WebhookState, url: str) -> bool:
    """Telegram does not tell the secret; a changed one shows as our own 403s."""
    is_refused = "403" in (state.last_error_message or "")
    return state.url == url and set(state.allowed_updates) == set(UPDATES) and not is_refused


def _keep_out_of_logs(token: str) -> None:
    """httpx logs every address it asks, and Telegram's hold the token: such lines are not written at all."""
    for name in ("httpx", "httpcore.connection", "httpcore.http11"):
        logging.getLogger(name).addFilter(lambda record: token not in record.getMessage())
