"""What Telegram's answers and silences mean: surely not sent, perhaps sent, or refused for a reason. Used by Telegram.

TelegramError
├── NotSent      no connection came about
├── Refused      Telegram answered, and not with a result
└── AnswerLost   a 2xx whose body cannot be read: done, but with what result?
All others (time-outs, resets) end after the request may have left.
"""

import json
from collections.abc import Mapping
from typing import Any

from telegram.error import TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.calls import DEADLINE_S, Answer, Caller, CallFailed, Part, retry_after_s, seconds_to_wait
from bot.errors import FetchError, SendError

UPLOAD_DEADLINE_S = 30.0  # of a file of some megabytes over an office's line; within a sender's lease
# descriptions of a 400 that no further try can mend: tdlib/telegram-bot-api Client.cpp:118-130
GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot was blocked")
NOWHERE = {"date": 0, "chat": {"id": 0, "type": "private"}}  # what the library wants of every message
FOR_NOW = "temporarily unavailable"  # a file's 400 that is not its last word: same file, getFile


class NotSent(TelegramError):
    pass


class AnswerLost(TelegramError):
    pass


class Refused(TelegramError):
    """`said` is Telegram's error object, empty when a proxy answered in its place: then nobody knows what Telegram did.

    The wait is Telegram's own, else the header's.
    """

    def __init__(self, status: int, said: dict[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(str(said.get("description") or "no description"))
        parameters = said.get("parameters")
        known = parameters if isinstance(parameters, dict) else {}
        wait_s, chat = seconds_to_wait(known.get("retry_after")), known.get("migrate_to_chat_id")
        self.status, self.is_telegrams = status, said.get("ok") is False
        self.retry_after_s = retry_after_s(headers) if wait_s is None else wait_s
        self.migrated_to: int | None = chat if type(chat) is int else None


class PlainRequest(BaseRequest):
    """What the library asks of a transport; the server's answer stays as it is.

    Its own turns every 5xx into the same NetworkError as a reset, and logs bodies that it cannot read: they hold
    citizens' words. Time-outs are the caller's one deadline, which is longer for what is uploaded.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def initialize(self) -> None:
        """Connections are opened by the first call."""

    async def shutdown(self) -> None:
        await self._caller.close()

    @property
    def read_timeout(self) -> float:
        return DEADLINE_S

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named_timeouts: Any
    ) -> tuple[int, bytes]:
        form = request_data.json_parameters if request_data else None
        files = {name: _part(*given) for name, given in request_data.multipart_data.items()} if request_data else {}
        deadline_s = UPLOAD_DEADLINE_S if files else DEADLINE_S
        try:
            answer = await self._caller.call(method, url, form=form, files=files, deadline_s=deadline_s)
        except CallFailed as error:
            raise (TimedOut(str(error)) if error.can_have_left else NotSent(str(error))) from error
        return answer.status, _plain(answer.body, require_result(answer))


def _plain(body: bytes, result: Any) -> bytes:
    """Of a sent message only its number counts. The library would read the rest too, and what it cannot read (a date in
    milliseconds, a content of next year's) would put a send in doubt that was done, and so double it."""
    number = result.get("message_id") if isinstance(result, dict) else None
    if type(number) is not int:
        return body
    return json.dumps({"ok": True, "result": {"message_id": number, **NOWHERE}}).encode()


def _part(name: str, content: Any, mime_type: str) -> Part:
    return Part(name, content, mime_type)


def require_result(answer: Answer) -> Any:
    """The `result` of an answer. Raises Refused or AnswerLost."""
    said, code = _read(answer.body), None
    if said.get("ok") is False and type(said.get("error_code")) is int:
        code = said["error_code"]  # a compatible server may refuse with a 200
    if code or not 200 <= answer.status <= 299:
        raise Refused(code or answer.status, said, answer.headers)
    if said.get("ok") is not True or "result" not in said:
        raise AnswerLost("no result in the answer")
    return said["result"]


def to_send_error(error: Exception) -> SendError:
    """CHANNELS A1. An error that is not known to be harmless counts as perhaps sent."""
    match error:
        case NotSent() | CallFailed(can_have_left=False):
            return SendError("not_sent", str(error), retryable=True)
        case Refused():
            return _refusal(error)
        case _:
            return SendError("answer_lost", type(error).__name__, ambiguous=True)


def to_fetch_error(error: TelegramError) -> FetchError:
    """A refused file (too big, forgotten) stays refused; all else may work later."""
    is_final = isinstance(error, Refused) and error.status in (400, 403) and FOR_NOW not in str(error)
    code = str(error.status) if isinstance(error, Refused) else "network"
    detail = str(error) if isinstance(error, Refused) else type(error).__name__
    return FetchError(code, detail, retryable=not is_final)


def _refusal(error: Refused) -> SendError:
    code, detail = str(error.status), str(error)
    match error.status:
        case _ if error.migrated_to:
            return SendError(code, detail, migrated_to=str(error.migrated_to))
        case 429:
            return SendError(code, detail, retryable=True, retry_after_s=error.retry_after_s)
        case 401 | 404:  # 404: a token that does not even look like one
            return SendError(code, detail, channel_broken=True)
        case 403:
            return SendError(code, detail, citizen_stopped=True)
        case 400 if any(words in detail.lower() for words in GONE):
            return SendError(code, detail, citizen_stopped=True)
        case 409 | 408:
            return SendError(code, detail, retryable=True)
        case status if 400 <= status <= 499:
            return SendError(code, detail)
        case status if status >= 500 and not error.is_telegrams:  # a proxy's, which may have lost Telegram's answer
            return SendError(code, detail, ambiguous=True, retry_after_s=error.retry_after_s)
        case _:  # Telegram's own 5xx: nothing was accepted; 3xx: nothing is there yet
            return SendError(code, detail, retryable=True, retry_after_s=error.retry_after_s)


def _read(payload: bytes) -> dict[str, Any]:
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
