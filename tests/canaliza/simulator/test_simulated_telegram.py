"""Telegram's side, driven by python-telegram-bot itself as an independent client."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import telegram
from starlette.responses import Response
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from canaliza.simulator import build_simulator
from tests.canaliza.simulator.stage import GRACE_S, PATIENCE_S, TOKEN, Stage, served, simulator_config, until

WEBHOOK = "/webhooks/telegram"
# The library announces that times will be timedelta; which of both it gives is nothing to the simulator.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]


def call(stage: Stage, work: Callable[[Bot], Awaitable[Any]], token: str = TOKEN) -> Any:
    async def run() -> Any:
        request = HTTPXRequest(read_timeout=PATIENCE_S, httpx_kwargs={"trust_env": False})
        bot = Bot(token, f"{stage.url}/bot", f"{stage.url}/file/bot", request=request, get_updates_request=request)
        try:
            return await work(bot)
        finally:
            await request.shutdown()

    return asyncio.run(run())


def write(stage: Stage, text: str, person: str = "beto") -> dict[str, str]:
    sent: dict[str, str] = stage.post(f"/phones/telegram/{person}/messages", {"text": text})["messages"][0]
    return sent


def register(stage: Stage) -> None:
    url = f"{stage.program.url}{WEBHOOK}"
    assert call(stage, lambda bot: bot.set_webhook(url, secret_token="s3cr3t_-", allowed_updates=ALLOWED))


def updates(stage: Stage) -> list[Update]:
    parsed = [Update.de_json(json.loads(request.body), None) for request in stage.program.at(WEBHOOK)]
    return [update for update in parsed if update]


def chat_of(stage: Stage, person: str = "beto") -> int:
    people = stage.http.get("/control/people").json()
    return int(next(p["address"] for p in people if p["person"] == person))


def test_bot_says_who_it_is(stage: Stage) -> None:
    me = call(stage, lambda bot: bot.get_me())
    assert (me.id, me.is_bot, me.username) == (110201543, True, "CanalizaBot")


def test_wrong_token_is_unauthorized_and_unknown_method_not_found(stage: Stage) -> None:
    with pytest.raises(InvalidToken):
        call(stage, lambda bot: bot.get_me(), token="110201543:otro")
    answer = stage.http.post(f"/bot{TOKEN}/banChatMember")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert stage.http.get("/bot1:x/getMe").json()["description"] == "Unauthorized"


def test_message_reaches_the_webhook_with_its_secret(stage: Stage) -> None:
    register(stage)
    sent = write(stage, "/start hola")
    request = until(lambda: stage.program.at(WEBHOOK))[0]
    message = updates(stage)[0].message
    assert message is not None
    assert request.headers["x-telegram-bot-api-secret-token"] == "s3cr3t_-"
    assert (message.text, str(message.message_id)) == ("/start hola", sent["message_id"])
    assert (message.entities[0].type, message.entities[0].length) == ("bot_command", 6)
    assert message.chat.type == "private"
    until(lambda: stage.screen("telegram", "beto")[0]["status"] == "delivered")


def test_webhook_info_tells_what_was_set_and_what_failed(stage: Stage) -> None:
    register(stage)
    stage.program.answers = [Response(status_code=500)] * 3
    write(stage, "hola")
    info = until(lambda: call(stage, lambda bot: bot.get_webhook_info()))
    assert (info.url, list(info.allowed_updates)) == (f"{stage.program.url}{WEBHOOK}", ALLOWED)
    until(lambda: len(stage.program.at(WEBHOOK)) == 4)
    info = call(stage, lambda bot: bot.get_webhook_info())
    assert "500" in info.last_error_message
    assert until(lambda: call(stage, lambda bot: bot.get_webhook_info()).pending_update_count == 0)


def test_next_message_of_a_chat_waits_for_the_former_but_other_chats_go_on(stage: Stage) -> None:
    register(stage)
    stage.program.answers = [Response(status_code=503, headers={"Retry-After": "1"})]
    write(stage, "uno")
    until(lambda: stage.program.at(WEBHOOK))
    write(stage, "dos")
    write(stage, "otra persona", person="rosa")
    until(lambda: len(stage.program.at(WEBHOOK)) == 4)
    texts = [update.message.text for update in updates(stage) if update.message]
    assert texts == ["uno", "otra persona", "uno", "dos"]


def test_updates_can_be_polled_and_are_confirmed_by_the_offset(stage: Stage) -> None:
    write(stage, "uno")
    write(stage, "dos")
    first = call(stage, lambda bot: bot.get_updates())
    assert [update.message.text for update in first] == ["uno", "dos"]
    rest = call(stage, lambda bot: bot.get_updates(offset=first[0].update_id + 1))
    assert [update.message.text for update in rest] == ["dos"]
    assert call(stage, lambda bot: bot.get_updates(offset=first[1].update_id + 1, timeout=1)) == ()


def test_long_poll_ends_when_something_comes(stage: Stage) -> None:
    async def poll(bot: Bot) -> Any:
        waiting = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(write, stage, "ya")
        return await waiting

    assert call(stage, poll)[0].message.text == "ya"


def test_polling_conflicts_with_a_webhook(stage: Stage) -> None:
    register(stage)
    with pytest.raises(Conflict):
        call(stage, lambda bot: bot.get_updates())
    assert call(stage, lambda bot: bot.delete_webhook())
    assert call(stage, lambda bot: bot.get_updates()) == ()


def test_reply_with_buttons_reaches_the_screen_and_a_press_comes_back(stage: Stage) -> None:
    register(stage)
    write(stage, "hola")
    chat = chat_of(stage)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Sí", callback_data="solved:1:yes")]])
    sent = call(stage, lambda bot: bot.send_message(chat, "  ¿Está bien? <b>\n", reply_markup=keyboard))
    assert sent.text == "¿Está bien? <b>"
    shown = stage.screen("telegram", "beto")[-1]
    assert (shown["text"], shown["buttons"]) == ("¿Está bien? <b>", [[{"text": "Sí", "data": "solved:1:yes"}]])
    stage.post("/phones/telegram/beto/press", {"message_id": shown["id"], "data": "solved:1:yes"})
    until(lambda: len(updates(stage)) == 2)
    query = updates(stage)[1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id, query.from_user.id) == ("solved:1:yes", sent.message_id, chat)
    assert call(stage, lambda bot: bot.answer_callback_query(query.id))
    with pytest.raises(BadRequest, match="Query is too old"):
        call(stage, lambda bot: bot.answer_callback_query(query.id))


def test_button_that_was_pressed_too_long_ago_cannot_be_answered(stage: Stage) -> None:
    register(stage)
    shown = write(stage, "hola")
    stage.post("/phones/telegram/beto/press", {"message_id": shown["message_id"], "data": "x"})
    until(lambda: len(updates(stage)) == 2)
    query = updates(stage)[1].callback_query
    stage.clock.ahead = timedelta(seconds=151)
    assert query is not None
    with pytest.raises(BadRequest, match="Query is too old"):
        call(stage, lambda bot: bot.answer_callback_query(query.id))


@pytest.mark.parametrize(
    ("text", "parse_mode", "reason"),
    [
        ("x" * 4097, None, "too long"),
        ("   ", None, "text is empty"),
        ("3 < 5", "HTML", "parse entities"),
        ("<b>sin fin", "HTML", "end tag"),
        ("<x>no</x>", "HTML", "unsupported start tag"),
        ("Folio A.1", "MarkdownV2", "is reserved"),
        ("*abierto", "MarkdownV2", "can't find end"),
        ("uno_dos", "Markdown", "can't find end"),
    ],
)
def test_text_that_telegram_refuses_is_refused(stage: Stage, text: str, parse_mode: str | None, reason: str) -> None:
    write(stage, "hola")
    with pytest.raises(BadRequest, match=reason):
        call(stage, lambda bot: bot.send_message(chat_of(stage), text, parse_mode=parse_mode))


def test_marks_become_entities(stage: Stage) -> None:
    write(stage, "hola")
    chat = chat_of(stage)
    html = call(stage, lambda bot: bot.send_message(chat, "😀 <b>uno</b> &lt; dos", parse_mode="HTML"))
    assert html.text == "😀 uno < dos"
    assert html.parse_entities() == {html.entities[0]: "uno"}
    mark = call(stage, lambda bot: bot.send_message(chat, r"*uno* A\.1 __dos__", parse_mode="MarkdownV2"))
    assert (mark.text, [e.type for e in mark.entities]) == ("uno A.1 dos", ["bold", "underline"])


def test_longest_text_and_longest_button_pass_and_one_more_does_not(stage: Stage) -> None:
    write(stage, "hola")
    chat = chat_of(stage)
    assert len(call(stage, lambda bot: bot.send_message(chat, "ñ" * 4096)).text) == 4096
    for data, is_taken in (("ñ" * 32, True), ("ñ" * 33, False)):
        markup = json.dumps({"inline_keyboard": [[{"text": "Sí", "callback_data": data}]]})
        form = {"chat_id": chat, "text": "a", "reply_markup": markup}
        assert stage.http.post(f"/bot{TOKEN}/sendMessage", data=form).json()["ok"] is is_taken


def test_parameters_may_come_as_query_form_or_json(stage: Stage) -> None:
    write(stage, "hola")
    values = {"chat_id": str(chat_of(stage)), "text": "a"}
    url = f"/bot{TOKEN}/sendMessage"
    answers = [stage.http.get(url, params=values), stage.http.post(url, data=values), stage.http.post(url, json=values)]
    answers.append(stage.http.post(url, files={name: (None, value) for name, value in values.items()}))
    assert [answer.json()["ok"] for answer in answers] == [True] * 4


def test_stranger_and_blocked_chat_are_refused(stage: Stage) -> None:
    register(stage)
    with pytest.raises(BadRequest, match="Chat not found"):
        call(stage, lambda bot: bot.send_message(42, "hola"))
    write(stage, "hola")
    stage.post("/phones/telegram/beto/block", {"blocked": True})
    with pytest.raises(Forbidden, match="blocked by the user"):
        call(stage, lambda bot: bot.send_message(chat_of(stage), "hola"))
    until(lambda: len(updates(stage)) == 2)
    member = updates(stage)[1].my_chat_member
    assert member is not None
    assert member.new_chat_member.status == "kicked"
    assert stage.http.post("/phones/telegram/beto/messages", json={"text": "x"}).status_code == 409


def test_album_is_one_update_a_photo_with_one_group_and_one_caption(stage: Stage) -> None:
    register(stage)
    files = [("files", (f"{n}.jpg", bytes([n]) * 9, "image/jpeg")) for n in (1, 2, 3)]
    form = {"kind": "album", "caption": "mire"}
    assert stage.http.post("/phones/telegram/beto/messages", files=files, data=form).status_code == 200
    until(lambda: len(updates(stage)) == 3)
    messages = [update.message for update in updates(stage) if update.message]
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["mire", None, None]
    assert [size.width for size in messages[0].photo] == [67, 240, 600, 960]
    largest = messages[2].photo[-1].file_id
    data = call(stage, lambda bot: _download(bot, largest))
    assert data == bytes([3]) * 9


def test_voice_document_location_contact_and_poll_have_their_shapes(stage: Stage) -> None:
    register(stage)
    url = "/phones/telegram/beto/messages"
    voice = {"files": ("n.ogg", b"OggS", "audio/ogg")}
    paper = {"files": ("oficio.pdf", b"%PDF", "application/pdf")}
    stage.http.post(url, files=voice, data={"kind": "voice", "duration_s": "4"})
    stage.http.post(url, files=paper, data={"kind": "document", "caption": "oficio"})
    stage.post(url, {"latitude": 17.06, "longitude": -96.72})
    stage.post(url, {"latitude": 17.06, "longitude": -96.72, "label": "Zócalo"})
    stage.post(url, {"contact": {"phone_number": "+529510000000", "first_name": "Ana", "is_own": True}})
    stage.post(url, {"other": {"dice": {"emoji": "🎲", "value": 3}}})
    until(lambda: len(updates(stage)) == 6)
    messages: list[Any] = [update.message for update in updates(stage)]
    voice_, document, location, venue, contact, dice = messages
    assert (voice_.voice.mime_type, voice_.voice.duration) == ("audio/ogg", 4)
    assert (document.document.file_name, document.caption) == ("oficio.pdf", "oficio")
    assert (location.location.latitude, location.venue) == (17.06, None)
    assert venue.venue.title == "Zócalo"
    assert contact.contact.user_id == contact.from_user.id
    assert dice.dice.value == 3


def test_file_over_twenty_megabytes_cannot_be_fetched(stage: Stage) -> None:
    register(stage)
    files = {"files": ("grande.bin", b"x" * (20 * 1024 * 1024 + 1), "application/octet-stream")}
    stage.http.post("/phones/telegram/beto/messages", files=files, data={"kind": "document"})
    message: Any = until(lambda: updates(stage))[0].message
    with pytest.raises(BadRequest, match="File is too big"):
        call(stage, lambda bot: bot.get_file(message.document.file_id))


def test_edit_and_redelivery(stage: Stage) -> None:
    register(stage)
    sent = write(stage, "falta awa")
    stage.post("/phones/telegram/beto/edit", {"message_id": sent["message_id"], "text": "falta agua"})
    until(lambda: len(updates(stage)) == 2)
    edited = updates(stage)[1].edited_message
    assert edited is not None
    assert edited.edit_date is not None
    assert (str(edited.message_id), edited.text) == (sent["message_id"], "falta agua")
    again = {"update_id": int(sent["event"]), "copies": 5, "parallel": True}
    assert stage.post("/phones/telegram/beto/redeliver", again) == {"statuses": [200] * 5}
    bodies = {request.body for request in stage.program.at(WEBHOOK) if b"awa" in request.body}
    assert len(bodies) == 1


def test_update_that_waits_behind_another_of_its_chat_is_not_sent_before_it(stage: Stage) -> None:
    register(stage)
    stage.program.answers += [Response(status_code=503)] * 40
    first, second = write(stage, "primera"), write(stage, "segunda")
    until(lambda: stage.program.at(WEBHOOK))
    again = {"update_id": int(second["event"]), "copies": 1}
    assert stage.http.post("/phones/telegram/beto/redeliver", json=again).status_code == 409
    again = {"update_id": int(first["event"]), "copies": 1}
    assert stage.post("/phones/telegram/beto/redeliver", again) == {"statuses": [503]}
    assert not [request for request in stage.program.at(WEBHOOK) if b"segunda" in request.body]


def test_every_ordered_fault_is_met_once_and_the_journal_knows_what_arrived(stage: Stage) -> None:
    write(stage, "hola")
    chat = chat_of(stage)

    def send(text: str) -> Any:
        return call(stage, lambda bot: bot.send_message(chat, text))

    def order(**fault: Any) -> None:
        stage.post("/control/faults", [{"provider": "telegram", "method": "sendMessage", **fault}])

    order(do="status", status=429, retry_after_s=7)
    with pytest.raises(RetryAfter) as flood:
        send("uno")
    assert flood.value.retry_after == 7
    order(do="status", status=500)
    with pytest.raises(NetworkError):
        send("dos")
    order(do="html")
    with pytest.raises(NetworkError):
        send("tres")
    order(do="drop_before")
    with pytest.raises(NetworkError):
        send("cuatro")
    order(do="drop_after")
    with pytest.raises(NetworkError):
        send("cinco")
    order(do="truncate")
    with pytest.raises(NetworkError):
        send("seis")
    order(do="hang", seconds=3)
    with pytest.raises(TimedOut):
        call(stage, lambda bot: bot.send_message(chat, "siete", read_timeout=1))
    order(do="status", status=200, body="")
    with pytest.raises(telegram.error.TelegramError):
        send("ocho")
    assert send("nueve").text == "nueve"
    log = stage.log()
    assert [row["text"] for row in log["received"]] == ["cinco", "seis", "nueve"]
    assert sum(row["method"] == "sendMessage" for row in log["calls"]) == 9
    assert stage.http.get("/control/faults").json() == []


def test_fault_of_one_chat_leaves_the_others_alone(stage: Stage) -> None:
    write(stage, "hola")
    write(stage, "hola", person="rosa")
    beto, rosa = chat_of(stage), chat_of(stage, "rosa")
    stage.post(
        "/control/faults",
        [{"provider": "telegram", "method": "sendMessage", "do": "status", "status": 429, "address": str(beto)}],
    )
    assert call(stage, lambda bot: bot.send_message(rosa, "sí")).text == "sí"
    with pytest.raises(RetryAfter):
        call(stage, lambda bot: bot.send_message(beto, "no"))


def test_reset_empties_the_phones_and_numbers_go_on(stage: Stage) -> None:
    register(stage)
    first = write(stage, "uno")
    until(lambda: updates(stage))
    assert stage.http.post("/control/reset").status_code == 204
    assert stage.screen("telegram", "beto") == []
    second = write(stage, "dos")
    until(lambda: len(updates(stage)) == 2)
    assert int(second["event"]) > int(first["event"])
    assert int(second["message_id"]) > int(first["message_id"])


def test_screen_is_streamed_and_an_open_stream_does_not_keep_the_server_from_stopping() -> None:
    streaming = contextlib.ExitStack()
    with streaming, served(lambda url: build_simulator(simulator_config(url))) as (url, _):
        http = streaming.enter_context(httpx.Client(base_url=url, trust_env=False))
        stream = streaming.enter_context(http.stream("GET", "/phones/telegram/beto/events"))
        lines = stream.iter_lines()
        assert json.loads(next(lines).removeprefix("data: ")) == {"event": "screen", "messages": []}
        next(lines)
        httpx.post(f"{url}/phones/telegram/beto/messages", json={"text": "hola"}, trust_env=False)
        assert json.loads(next(lines).removeprefix("data: "))["bubble"]["text"] == "hola"
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < GRACE_S


def test_second_poll_ends_the_first(stage: Stage) -> None:
    async def poll_twice(bot: Bot) -> Any:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.2)
        second = asyncio.create_task(bot.get_updates(timeout=1))
        with pytest.raises(Conflict):
            await first
        return await second

    assert call(stage, poll_twice) == ()


async def _download(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id)
    return bytes(await file.download_as_bytearray())
