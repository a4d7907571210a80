"""Telegram's adapter against a server that answers as Telegram does, and as it does on a bad day."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from bot.errors import FetchError, SendError
from bot.messages import Attachment, AttachmentKind, Choice, Outbound, Sent, WebhookRequest
from bot.telegram import UPDATES, Telegram, WebhookState
from tests.bot.provider import SECRET, TOKEN, Answer, Provider

Result = TypeVar("Result")
HEADER = "x-telegram-bot-api-secret-token"
WEBHOOK = "https://peticiones.example/webhooks/telegram"
CHOICES = (Choice("Sí, está resuelto", "solved:JG-2026-004K7Q-3:yes"), Choice("No", "solved:JG-2026-004K7Q-3:no"))
SENT = {
    "message_id": 77,
    "date": 1772467200,
    "chat": {"id": 7100000001, "type": "private"},
    "from": {"id": 1, "is_bot": True, "first_name": "Canaliza"},
    "text": "x",
}


def ok(result: object) -> Answer:
    return Answer(json.dumps({"ok": True, "result": result}))


def refused(status: int, description: str, *, headers: dict[str, str] | None = None, **parameters: int | str) -> Answer:
    body = {"ok": False, "error_code": status, "description": description}
    return Answer(json.dumps(body | ({"parameters": parameters} if parameters else {})), status, headers or {})


def run(telegram: Telegram, call: Callable[[], Awaitable[Result]]) -> Result:
    async def whole() -> Result:
        try:
            return await call()
        finally:
            await telegram.close()

    return asyncio.run(whole())


def send(telegram: Telegram, message: Outbound | None = None) -> Sent:
    return run(telegram, lambda: telegram.send("7100000001", message or Outbound("hola"), reply_id="5"))


def fetch(telegram: Telegram, max_bytes: int = 1000) -> bytes:
    async def whole() -> bytes:
        attachment = Attachment(AttachmentKind.PHOTO, "file-1", "unique-1", size_bytes=3)
        return b"".join([chunk async for chunk in telegram.fetch(attachment, max_bytes=max_bytes)])

    return run(telegram, whole)


@pytest.mark.parametrize(
    ("given", "is_ours"), [(SECRET, True), (SECRET + "x", False), ("", False), (None, False), ("ñ\ud83d", False)]
)
def test_only_the_webhook_secret_opens(telegram: Telegram, given: str | None, is_ours: bool) -> None:
    headers = {} if given is None else {HEADER: given}
    assert telegram.verify(WebhookRequest(b"{}", headers)) is is_ours


def test_without_a_secret_nothing_is_let_in() -> None:
    telegram = Telegram(TOKEN, webhook_secret="", api_url="http://127.0.0.1:9")
    assert not telegram.verify(WebhookRequest(b"{}", {HEADER: ""}))
    assert not telegram.verify(WebhookRequest(b"{}", {}))


def test_a_message_is_sent_as_plain_text_with_one_button_a_row(telegram: Telegram, provider: Provider) -> None:
    provider.plays(ok(SENT))
    assert send(telegram, Outbound("3 < 5 *Folio A.1*", CHOICES, reply_to="40")) == Sent("77")
    (call,) = provider.calls
    form = {name: values[0] for name, values in call.form.items()}
    assert call.path == f"/bot{TOKEN}/sendMessage"
    assert (form["chat_id"], form["text"]) == ("7100000001", "3 < 5 *Folio A.1*")
    assert "parse_mode" not in form
    assert json.loads(form["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(form["reply_parameters"]) == {"message_id": 40, "allow_sending_without_reply": True}
    assert json.loads(form["reply_markup"]) == {
        "inline_keyboard": [
            [{"text": "Sí, está resuelto", "callback_data": "solved:JG-2026-004K7Q-3:yes"}],
            [{"text": "No", "callback_data": "solved:JG-2026-004K7Q-3:no"}],
        ]
    }


@pytest.mark.parametrize("odd", [{"date": 1772467200123}, {"date": None}, {"chat": 5}, {"entities": 1}])
def test_of_a_sent_message_only_its_number_must_be_readable(
    telegram: Telegram, provider: Provider, odd: dict[str, Any]
) -> None:
    """Anything else would leave a message in doubt that came, and it would be sent again."""
    provider.plays(ok(SENT | odd))
    assert send(telegram) == Sent("77")


@pytest.mark.parametrize("data", ["", "ñ" * 33])
def test_a_button_whose_data_telegram_would_refuse_is_an_error_of_ours(telegram: Telegram, data: str) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        send(telegram, Outbound("x", (Choice("Sí", data),)))


STOPPED: dict[str, Any] = {"citizen_stopped": True}
LATER: dict[str, Any] = {"retryable": True}
DOUBTFUL: dict[str, Any] = {"ambiguous": True}


@pytest.mark.parametrize(
    ("answer", "code", "meaning"),
    [
        (refused(429, "Too Many Requests: retry after 7", retry_after=7), "429", LATER | {"retry_after_s": 7}),
        (refused(403, "Forbidden: bot was blocked by the user"), "403", STOPPED),
        (refused(403, "Forbidden: user is deactivated"), "403", STOPPED),
        (refused(400, "Bad Request: chat not found"), "400", STOPPED),
        (refused(400, "Bad Request: message text is empty"), "400", {}),
        (refused(400, "upgraded", migrate_to_chat_id=-1007), "400", {"migrated_to": "-1007"}),
        (refused(401, "Unauthorized"), "401", {"channel_broken": True}),
        (refused(404, "Not Found"), "404", {"channel_broken": True}),
        (refused(500, "Internal Server Error"), "500", LATER),
        (Answer("<html>Bad Gateway</html>", 502), "502", DOUBTFUL),
        (Answer("", 504), "504", DOUBTFUL),
        (Answer("", 503, {"Retry-After": "9"}), "503", DOUBTFUL | {"retry_after_s": 9}),
        (Answer("slow down", 429, {"Retry-After": "9"}), "429", LATER | {"retry_after_s": 9}),
        (
            refused(429, "Too Many Requests", retry_after=7, headers={"Retry-After": "9"}),
            "429",
            LATER | {"retry_after_s": 7},
        ),
        (refused(429, "Too Many Requests", retry_after="soon"), "429", LATER),
        (refused(429, "Too Many Requests", retry_after=-7), "429", LATER),
        (Answer(refused(429, "Too Many Requests", retry_after=7).body), "429", LATER | {"retry_after_s": 7}),
        (Answer(refused(403, "Forbidden: bot was blocked by the user").body), "403", STOPPED),
        (Answer('{"ok":false,"error_code":400,"description":"x","parameters":[1]}', 400), "400", {}),
        (Answer('{"ok":false}'), "answer_lost", DOUBTFUL),
        (Answer("", 302, {"Location": "http://127.0.0.1:9/"}), "302", LATER),
        (Answer('{"ok":true,"result":{"message_id"'), "answer_lost", DOUBTFUL),
        (Answer(""), "answer_lost", DOUBTFUL),
        (ok({"surprise": 1}), "answer_lost", DOUBTFUL),
        (ok(True), "answer_lost", DOUBTFUL),
        (Answer("", cut=0), "answer_lost", DOUBTFUL),
        (Answer('{"ok":true}', cut=3), "answer_lost", DOUBTFUL),
    ],
)
def test_each_refusal_and_each_silence_has_its_meaning(
    telegram: Telegram, provider: Provider, answer: Answer, code: str, meaning: dict[str, Any]
) -> None:
    provider.plays(answer)
    with pytest.raises(SendError) as caught:
        send(telegram)
    assert caught.value == SendError(code, caught.value.detail, **meaning)
    assert caught.value.__cause__ is not None
    assert len(provider.calls) == 1
    assert TOKEN not in f"{caught.value!r} {caught.value}"


def test_a_server_that_is_not_there_was_surely_not_told() -> None:
    telegram = Telegram(TOKEN, webhook_secret=SECRET, api_url="http://127.0.0.1:9")
    with pytest.raises(SendError) as caught:
        send(telegram)
    assert caught.value == SendError("not_sent", "ClientConnectorError", retryable=True)


@pytest.mark.slow
def test_a_server_that_trickles_is_given_up_after_ten_seconds(telegram: Telegram, provider: Provider) -> None:
    provider.plays(Answer(json.dumps({"ok": True, "result": SENT}), pause_s=0.2))
    with pytest.raises(SendError) as caught:
        send(telegram)
    assert caught.value == SendError("answer_lost", "TimedOut", ambiguous=True)


def test_what_was_sent_cannot_be_asked(telegram: Telegram) -> None:
    with pytest.raises(SendError) as caught:
        run(telegram, lambda: telegram.find_sent("1", Outbound("x"), since=datetime.now(UTC)))
    assert caught.value.ambiguous


def test_a_button_that_is_answered_too_late_harms_nobody(telegram: Telegram, provider: Provider) -> None:
    provider.plays(refused(400, "Bad Request: query is too old"))
    run(telegram, lambda: telegram.answer_button("4382900000000000001"))
    assert provider.calls[0].form["callback_query_id"] == ["4382900000000000001"]


FILE = {"file_id": "file-1", "file_unique_id": "unique-1", "file_path": "photos/file_1.jpg"}


def test_a_file_is_fetched_from_where_telegram_says(telegram: Telegram, provider: Provider) -> None:
    provider.plays(ok(FILE), Answer(b"abc"))
    assert fetch(telegram) == b"abc"
    assert provider.calls[0].form == {"file_id": ["file-1"]}
    assert provider.calls[1].path == f"/file/bot{TOKEN}/photos/file_1.jpg"


@pytest.mark.parametrize(
    ("answers", "code", "is_retryable"),
    [
        ([refused(400, "Bad Request: file is too big")], "400", False),
        ([refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")], "400", True),
        ([refused(429, "Too Many Requests", retry_after=3)], "429", True),
        ([Answer("", cut=0)], "network", True),
        ([ok({"file_id": "file-1", "file_unique_id": "u"})], "network", True),
        ([ok(FILE), Answer("", 404)], "404", True),
        ([ok(FILE), Answer("", 503)], "503", True),
        ([ok(FILE), Answer("", 401)], "401", True),
        ([ok(FILE), Answer("", 403)], "403", True),
        ([ok(FILE), Answer("", 302, {"Location": "http://127.0.0.1:9/"})], "302", False),
        ([ok(FILE), Answer(b"x" * 5000)], "too_big", False),
        ([ok(FILE), Answer(b"x" * 900, cut=100)], "network", True),
    ],
)
def test_each_failed_fetch_says_whether_another_try_is_worth_it(
    telegram: Telegram, provider: Provider, answers: list[Answer], code: str, is_retryable: bool
) -> None:
    provider.plays(*answers)
    with pytest.raises(FetchError) as caught:
        fetch(telegram)
    assert (caught.value.code, caught.value.retryable) == (code, is_retryable)
    assert TOKEN not in f"{caught.value!r} {caught.value}"


def test_the_token_stays_out_of_logs(telegram: Telegram, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    provider.plays(ok(FILE), Answer(b"abc"))
    fetch(telegram)
    assert TOKEN not in caplog.text


def test_the_bots_name_shows_that_the_token_works(telegram: Telegram, provider: Provider) -> None:
    provider.plays(ok({"id": 1, "is_bot": True, "first_name": "Canaliza", "username": "CanalizaBot"}))
    assert run(telegram, telegram.check) == "@CanalizaBot"


def test_a_wrong_token_shows(telegram: Telegram, provider: Provider) -> None:
    provider.plays(refused(401, "Unauthorized"))
    with pytest.raises(SendError) as caught:
        run(telegram, telegram.check)
    assert caught.value.channel_broken


def info(url: str, **further: object) -> Answer:
    return ok({"url": url, "has_custom_certificate": False, "pending_update_count": 3, **further})


def test_the_webhook_is_registered_when_another_one_is(telegram: Telegram, provider: Provider) -> None:
    provider.plays(info("https://old.example/hook"), ok(True))
    run(telegram, lambda: telegram.register_webhook(WEBHOOK))
    form = provider.calls[1].form
    assert form["url"] == [WEBHOOK]
    assert form["secret_token"] == [SECRET]
    assert json.loads(form["allowed_updates"][0]) == list(UPDATES)
    assert "drop_pending_updates" not in form


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        (info(WEBHOOK, allowed_updates=list(reversed(UPDATES))), 1),
        (info(WEBHOOK, allowed_updates=["message"]), 2),
        (info(WEBHOOK), 2),
        (
            info(WEBHOOK, allowed_updates=UPDATES, last_error_message="Wrong response: 403 Forbidden"),
            2,
        ),
    ],
)
def test_the_webhook_is_registered_again_only_when_something_differs(
    telegram: Telegram, provider: Provider, answer: Answer, calls: int
) -> None:
    provider.plays(answer, ok(True))
    run(telegram, lambda: telegram.register_webhook(WEBHOOK))
    assert len(provider.calls) == calls


def test_the_webhook_is_registered_at_a_server_that_cannot_be_asked_for_it(
    telegram: Telegram, provider: Provider
) -> None:
    provider.plays(Answer("Route not found", 500), ok(True))
    run(telegram, lambda: telegram.register_webhook(WEBHOOK))
    assert provider.calls[1].form["url"] == [WEBHOOK]


def test_the_webhooks_state_is_told(telegram: Telegram, provider: Provider) -> None:
    provider.plays(info(WEBHOOK, last_error_date=1772467200, last_error_message="Connection refused"))
    assert run(telegram, telegram.webhook_state) == WebhookState(
        WEBHOOK, 3, datetime(2026, 3, 2, 16, 0, tzinfo=UTC), "Connection refused"
    )


def test_removing_the_webhook_drops_nothing(telegram: Telegram, provider: Provider) -> None:
    provider.plays(ok(True))
    run(telegram, telegram.remove_webhook)
    assert provider.calls[0].path.endswith("/deleteWebhook")
    assert provider.calls[0].form["drop_pending_updates"] == ["false"]


def test_polled_updates_come_as_they_are(telegram: Telegram, provider: Provider) -> None:
    updates = [{"update_id": 8, "message": {"odd": "\ud83d", "future_field": [1]}}, {"update_id": 9, "poll": {}}]
    provider.plays(ok(updates))
    bodies = run(telegram, lambda: telegram.next_updates(8, 0))
    assert [json.loads(body) for body in bodies] == updates
    assert provider.calls[0].form["offset"] == ["8"]
    assert json.loads(provider.calls[0].form["allowed_updates"][0]) == list(UPDATES)


@pytest.mark.parametrize(
    "answer", [refused(409, "Conflict: webhook is active"), Answer("<html>", 502), Answer("[]"), ok(1)]
)
def test_polling_that_fails_is_an_error_of_the_channel(telegram: Telegram, provider: Provider, answer: Answer) -> None:
    provider.plays(answer)
    with pytest.raises(SendError):
        run(telegram, lambda: telegram.next_updates(None, 0))
    assert "offset" not in provider.calls[0].form
