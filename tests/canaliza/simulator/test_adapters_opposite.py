"""The adapters of production opposite to the simulator: what each sends, the other understands."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.errors import FetchError, SendError
from bot.messages import AttachmentKind, Choice, Inbound, InboundKind, Outbound, OutboundFile, Sent, WebhookRequest
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp
from intake.clock import utc_now
from tests.canaliza.simulator.stage import ACCOUNT, AUTH_TOKEN, SENDER, TOKEN, Arrived, Stage, until

MAX_BYTES = 1024 * 1024
T = TypeVar("T")
PHOTO = b"\xff\xd8\xff foto"


def with_telegram(stage: Stage, work: Callable[[Telegram], Awaitable[T]]) -> T:
    async def run() -> T:
        telegram = Telegram(TOKEN, webhook_secret="secreto", api_url=stage.url)
        try:
            return await work(telegram)
        finally:
            await telegram.close()

    return asyncio.run(run())


def with_whatsapp(stage: Stage, work: Callable[[WhatsApp], Awaitable[T]]) -> T:
    async def run() -> T:
        whatsapp = WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url=stage.url, public_url=stage.program.url)
        try:
            return await work(whatsapp)
        finally:
            await whatsapp.close()

    return asyncio.run(run())


def request_of(arrived: Arrived) -> WebhookRequest:
    return WebhookRequest(arrived.body, arrived.headers, arrived.query, arrived.path)


def read_telegram(stage: Stage, number: int) -> Inbound:
    until(lambda: len(stage.program.at("/webhooks/telegram")) > number)
    request = request_of(stage.program.at("/webhooks/telegram")[number])

    async def read(telegram: Telegram) -> object:
        assert telegram.verify(request)
        return telegram.parse(request.body)

    inbound = with_telegram(stage, read)
    assert isinstance(inbound, Inbound)
    return inbound


def read_whatsapp(stage: Stage, number: int) -> Inbound:
    until(lambda: len(stage.program.at("/webhooks/whatsapp")) > number)
    request = request_of(stage.program.at("/webhooks/whatsapp")[number])

    async def read(whatsapp: WhatsApp) -> object:
        assert whatsapp.verify(request)
        return whatsapp.parse(request.body)

    inbound = with_whatsapp(stage, read)
    assert isinstance(inbound, Inbound)
    return inbound


def test_telegram_conversation_with_a_photo_and_a_button(stage: Stage) -> None:
    with_telegram(stage, lambda telegram: telegram.register_webhook(f"{stage.program.url}/webhooks/telegram"))
    assert with_telegram(stage, lambda telegram: telegram.check()) == "@CanalizaBot"
    files = {"files": ("foto.jpg", PHOTO, "image/jpeg")}
    stage.http.post("/phones/telegram/beto/messages", files=files, data={"kind": "photo", "caption": "mire"})
    inbound = read_telegram(stage, 0)
    assert (inbound.text, inbound.attachments[0].kind) == ("mire", AttachmentKind.PHOTO)

    async def fetch(telegram: Telegram) -> bytes:
        return b"".join([chunk async for chunk in telegram.fetch(inbound.attachments[0], max_bytes=MAX_BYTES)])

    assert with_telegram(stage, fetch) == PHOTO
    question = Outbound("¿Está resuelto?", (Choice("Sí", "solved:1:yes"),), reply_to=inbound.external_id)
    sent = with_telegram(stage, lambda telegram: telegram.send(inbound.address, question, reply_id="1"))
    stage.post("/phones/telegram/beto/press", {"message_id": sent.external_id, "data": "solved:1:yes"})
    pressed = read_telegram(stage, 1)
    assert (pressed.kind, pressed.button) == (InboundKind.BUTTON, "solved:1:yes")
    with_telegram(stage, lambda telegram: telegram.answer_button(pressed.callback_id or ""))
    assert [row["status"] for row in stage.log()["calls"] if row["method"] == "answerCallbackQuery"] == [200]


def test_whatsapp_conversation_with_a_photo_and_reports(stage: Stage) -> None:
    files = {"files": ("foto.jpg", PHOTO, "image/jpeg")}
    stage.http.post("/phones/whatsapp/lupita/messages", files=files, data={"kind": "photo", "caption": "mire"})
    inbound = read_whatsapp(stage, 0)
    assert (inbound.text, inbound.attachments[0].kind) == ("mire", AttachmentKind.PHOTO)

    async def fetch(whatsapp: WhatsApp) -> bytes:
        return b"".join([chunk async for chunk in whatsapp.fetch(inbound.attachments[0], max_bytes=MAX_BYTES)])

    assert with_whatsapp(stage, fetch) == PHOTO
    sent = with_whatsapp(stage, lambda whatsapp: whatsapp.send(inbound.address, Outbound("Folio"), reply_id="7"))
    reports = until(lambda: stage.program.at("/webhooks/whatsapp/status"))

    async def verify(whatsapp: WhatsApp) -> bool:
        return whatsapp.verify(request_of(reports[0]))

    assert with_whatsapp(stage, verify)
    assert (reports[0].query, stage.screen("whatsapp", "lupita")[-1]["id"]) == ("reply=7", sent.external_id)


def test_a_photo_that_is_deleted_at_twilio_is_gone_there(stage: Stage) -> None:
    files = {"files": ("foto.jpg", PHOTO, "image/jpeg")}
    stage.http.post("/phones/whatsapp/lupita/messages", files=files, data={"kind": "photo", "caption": "mire"})
    (photo,) = read_whatsapp(stage, 0).attachments
    for _ in range(2):
        with_whatsapp(stage, lambda whatsapp: whatsapp.forget(photo))

    async def fetch(whatsapp: WhatsApp) -> bytes:
        return b"".join([chunk async for chunk in whatsapp.fetch(photo, max_bytes=MAX_BYTES)])

    with pytest.raises(FetchError, match="404"):
        with_whatsapp(stage, fetch)
    assert [row["status"] for row in stage.log()["calls"] if row["method"] == "Media.delete"] == [204, 404]


def test_whatsapp_send_whose_answer_is_lost_is_ambiguous_and_then_found(stage: Stage) -> None:
    stage.post("/phones/whatsapp/lupita/messages", {"text": "hola"})
    address, message, since = read_whatsapp(stage, 0).address, Outbound("Folio 1"), utc_now() - timedelta(seconds=2)
    stage.post("/control/faults", [{"provider": "twilio", "method": "Messages.create", "do": "drop_after"}])
    with pytest.raises(SendError) as lost:
        with_whatsapp(stage, lambda whatsapp: whatsapp.send(address, message, reply_id="1"))
    assert lost.value.ambiguous
    found = with_whatsapp(stage, lambda whatsapp: whatsapp.find_sent(address, message, since=since))
    assert found is not None
    other = Outbound("Folio 2")
    assert with_whatsapp(stage, lambda whatsapp: whatsapp.find_sent(address, other, since=since)) is None


def _file(name: str, mime_type: str, url: str, content: bytes) -> OutboundFile:
    return OutboundFile(name, mime_type, url, lambda: content)


def test_a_photo_and_a_document_arrive_on_telegram_with_their_words(stage: Stage) -> None:
    stage.http.post("/phones/telegram/beto/messages", json={"text": "hola"})
    photo, minute = _file("obra.jpg", "image/jpeg", "", PHOTO), _file("minuta.pdf", "application/pdf", "", b"%PDF-1")
    for file in (photo, minute):
        message = Outbound(f"Archivo de la respuesta: {file.name}", file=file)
        with_telegram(stage, lambda telegram, message=message: _send(telegram, "beto", stage, message))
    seen = stage.http.get("/phones/telegram/beto/messages").json()["messages"][-2:]
    assert [(one["kind"], one["text"]) for one in seen] == [
        ("photo", "Archivo de la respuesta: obra.jpg"),
        ("document", "Archivo de la respuesta: minuta.pdf"),
    ]
    assert [stage.http.get(one["file"]["url"]).content for one in seen] == [PHOTO, b"%PDF-1"]
    assert seen[1]["file"]["name"] == "minuta.pdf"


def test_twilio_fetches_a_file_where_the_message_says_and_reports_one_that_is_not_there(stage: Stage) -> None:
    stage.http.post("/phones/whatsapp/lupita/messages", json={"text": "hola"})
    until(lambda: bool(stage.program.at("/webhooks/whatsapp")))
    there, gone = f"{stage.url}/static/icon.svg", f"{stage.url}/nothing-there.pdf"
    for name, url in (("icon.svg", there), ("nothing-there.pdf", gone)):
        message = Outbound(f"Archivo: {name}", file=_file(name, "image/svg+xml", url, b""))
        with_whatsapp(stage, lambda whatsapp, message=message: _send(whatsapp, "lupita", stage, message))
    until(lambda: any(b"63019" in report.body for report in stage.program.at("/webhooks/whatsapp/status")))
    seen = stage.http.get("/phones/whatsapp/lupita/messages").json()["messages"]
    shown = [(one["kind"], one["text"], one["file"]["name"]) for one in seen if not one["is_own"]]
    assert shown == [("photo", "Archivo: icon.svg", "icon.svg")]


def _send(channel: Telegram | WhatsApp, person: str, stage: Stage, message: Outbound) -> Awaitable[Sent]:
    address = stage.http.get(f"/phones/{channel.name}/{person}/messages").json()["address"]
    return channel.send(address, message, reply_id="7")
