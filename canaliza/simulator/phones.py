"""`/phones/{channel}/{person}/…`: the phones over HTTP, for the front page and for tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.messages import ChannelName
from canaliza.simulator.connection import Connection, connection_of
from canaliza.simulator.drafts import ContactCard, Draft, FileKind, NotPossible, Point, SentItem
from canaliza.simulator.files import Upload
from canaliza.simulator.people import Person
from canaliza.simulator.screens import as_json
from canaliza.simulator.simulator import Simulator
from canaliza.simulator.telegram_phone import TelegramPhone
from canaliza.simulator.telegram_queue import Update
from canaliza.simulator.twilio_webhooks import post as post_twilio
from canaliza.simulator.whatsapp_phone import WhatsAppPhone

UPLOADS_MAX = 10  # Telegram's albums have 2–10 items
BEAT_S = 0.5
SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
PLAYED_TYPES = ("audio/", "video/")
Channel = Literal["telegram", "whatsapp"]
Phone = TelegramPhone | WhatsAppPhone
Act = Callable[[], list[SentItem]]


class NewMessage(BaseModel):
    """Exactly one of text, a place, a contact or `other` (Telegram content such as {"poll": {…}})."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    label: str | None = None
    address: str | None = None
    contact: ContactCard | None = None
    other: dict[str, Any] | None = None
    reply_to: str | None = None
    is_forwarded: bool = False

    def draft(self) -> Draft:
        point = None
        if self.latitude is not None and self.longitude is not None:
            point = Point(self.latitude, self.longitude, self.label, self.address)
        if not (self.text or point or self.contact or self.other):
            raise HTTPException(422, "El mensaje está vacío.")
        return Draft(
            text=self.text,
            point=point,
            contact=self.contact,
            other=self.other,
            reply_to=self.reply_to,
            is_forwarded=self.is_forwarded,
        )


class NewPress(BaseModel):
    message_id: str
    data: str


class NewEdit(BaseModel):
    message_id: str
    text: str


class NewBlock(BaseModel):
    blocked: bool = True


class Redelivery(BaseModel):
    """The webhook of `update_id` or `sid` once more, `copies` times."""

    update_id: int | None = None
    sid: str | None = None
    copies: Annotated[int, Field(ge=1, le=500)] = 1
    parallel: bool = False


def phones_router(simulator: Simulator) -> APIRouter:
    router = APIRouter(prefix="/phones")
    _add_acts(router, simulator)
    _add_views(router, simulator)
    return router


def _add_acts(router: APIRouter, simulator: Simulator) -> None:
    phones: dict[Channel, Phone] = {"telegram": TelegramPhone(simulator), "whatsapp": WhatsAppPhone(simulator)}

    @router.post("/{channel}/{person}/messages")
    async def write(channel: Channel, person: str, request: Request) -> JSONResponse:
        draft, who = await _read_draft(request), _person(simulator, channel, person)
        return _sent(lambda: phones[channel].write(who, draft))

    @router.post("/{channel}/{person}/press")
    async def press(channel: Channel, person: str, pressed: NewPress) -> JSONResponse:
        who = _person(simulator, channel, person)
        return _sent(lambda: [phones[channel].press(who, pressed.message_id, pressed.data)])

    @router.post("/{channel}/{person}/edit")
    async def edit(channel: Channel, person: str, edited: NewEdit) -> JSONResponse:
        who = _person(simulator, channel, person)
        return _sent(lambda: [phones[channel].edit(who, edited.message_id, edited.text)])

    @router.post("/{channel}/{person}/block")
    async def block(channel: Channel, person: str, wanted: NewBlock) -> JSONResponse:
        who = _person(simulator, channel, person)
        return _sent(lambda: [phones[channel].block(who, has_blocked=wanted.blocked)])

    @router.post("/{channel}/{person}/redeliver")
    async def redeliver(channel: Channel, person: str, wanted: Redelivery) -> dict[str, list[int | None]]:
        return {"statuses": await _redeliver(simulator, wanted)}


def _add_views(router: APIRouter, simulator: Simulator) -> None:
    screens = simulator.world.screens

    @router.get("/{channel}/{person}/messages")
    async def screen(channel: Channel, person: str) -> dict[str, Any]:
        who = _person(simulator, channel, person)
        about = {"person": who.key, "name": who.name, "address": who.address, "has_blocked": who.has_blocked}
        return {**about, "messages": [as_json(bubble) for bubble in screens.list_bubbles(who)]}

    @router.get("/{channel}/{person}/events")
    async def events(channel: Channel, person: str, request: Request) -> StreamingResponse:
        stream = _events(simulator, _person(simulator, channel, person), connection_of(request.scope))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @router.get("/files/{file_id}", response_model=None)
    async def file(file_id: str) -> Response:
        stored = simulator.world.files.find(file_id)
        if stored is None:
            raise HTTPException(404)
        return _file(stored.upload)


def _person(simulator: Simulator, channel: Channel, key: str) -> Person:
    return simulator.world.people.get(ChannelName(channel), key)


def _sent(act: Act) -> JSONResponse:
    try:
        items = act()
    except NotPossible as reason:
        raise HTTPException(409, str(reason)) from reason
    return JSONResponse({"messages": [asdict(item) for item in items]})


async def _read_draft(request: Request) -> Draft:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=UPLOADS_MAX) as form:
            return await _file_draft(form)
    try:
        return NewMessage.model_validate_json(await request.body()).draft()
    except ValidationError as error:
        raise HTTPException(422, error.errors(include_url=False, include_context=False, include_input=False)) from error


async def _file_draft(form: FormData) -> Draft:
    uploads = [
        Upload(item.filename or "archivo", item.content_type or "application/octet-stream", await item.read())
        for item in form.getlist("files")
        if isinstance(item, UploadFile)
    ]
    kind = str(form.get("kind") or "document")
    if not uploads or kind not in get_args(FileKind):
        raise HTTPException(422, "Falta el archivo, o su tipo no se conoce.")
    seconds = str(form.get("duration_s") or "1")
    return Draft(
        text=str(form.get("caption") or ""),
        kind=kind,  # type: ignore[arg-type]  # one of FileKind's words, seen above
        uploads=tuple(uploads),
        duration_s=int(seconds) if seconds.isdigit() else 1,
        last_after_s=float(str(form.get("last_after_s") or "0")),
    )


async def _redeliver(simulator: Simulator, wanted: Redelivery) -> list[int | None]:
    """The statuses that the program answered, one a copy; None where it gave no answer."""
    send = _sender(simulator, wanted)
    if wanted.parallel:
        return list(await asyncio.gather(*(send() for _ in range(wanted.copies))))
    return [await send() for _ in range(wanted.copies)]


def _sender(simulator: Simulator, wanted: Redelivery) -> Callable[[], Awaitable[int | None]]:
    updates = simulator.telegram.updates
    update = updates.find(wanted.update_id or 0)
    webhook = simulator.twilio.inbound.get(wanted.sid or "")
    if webhook:
        return lambda: post_twilio(simulator.world, webhook)
    if update is None or updates.webhook is None:
        raise HTTPException(404, "Ese envío no existe, o no hay a dónde mandarlo.")
    if updates.is_behind(update):
        raise HTTPException(409, "Ese envío espera a que se reciba el anterior de su chat; Telegram no lo adelanta.")
    return lambda: _post_update(simulator, update)


async def _post_update(simulator: Simulator, update: Update) -> int | None:
    return (await simulator.telegram.updates.post(update)).status


async def _events(simulator: Simulator, person: Person, connection: Connection) -> AsyncIterator[str]:
    """Server-sent events until the page goes or the server stops; first the whole screen, so that none is missed."""
    screens = simulator.world.screens
    with screens.watching(person) as queue:
        yield _event({"event": "screen", "messages": [as_json(b) for b in screens.list_bubbles(person)]})
        while not connection.is_ending:
            try:
                yield _event(await asyncio.wait_for(queue.get(), BEAT_S))
            except TimeoutError:
                continue


def _event(values: dict[str, Any]) -> str:
    return f"data: {json.dumps(values, ensure_ascii=False)}\n\n"


def _file(upload: Upload) -> Response:
    """Shown only when it is a raster image, sound or film by its declared type; never run as a page."""
    is_shown = upload.mime_type in SHOWN_TYPES or upload.mime_type.startswith(PLAYED_TYPES)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
    if not is_shown:
        headers["Content-Disposition"] = "attachment"
    return Response(upload.data, 200, headers, upload.mime_type if is_shown else "application/octet-stream")
