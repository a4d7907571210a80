"""What Twilio's server remembers and does by itself: messages both ways, their delivery, status callbacks."""

import asyncio
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from bot.messages import ChannelName
from canaliza.simulator.files import StoredFile, Upload, file_look
from canaliza.simulator.people import Person
from canaliza.simulator.screens import Bubble
from canaliza.simulator.twilio_checks import Form
from canaliza.simulator.twilio_resource import API_VERSION, ERRORS, MessageResource
from canaliza.simulator.twilio_webhooks import TIMEOUT, Webhook, post
from canaliza.simulator.world import World

WINDOW = timedelta(hours=24)  # TWE/63016
INVALID_RECIPIENT, BLOCKED, OUTSIDE_WINDOW, MEDIA_FAILED = 63024, 63014, 63016, 63019
MEDIA_MAX_BYTES = 16 * 1024 * 1024
CHANNEL_INSTALL_SID = "XE" + "0" * 32


class TwilioServer:
    def __init__(self, world: World) -> None:
        self._world = world
        self.account_sid = world.config.twilio_account_sid
        self.messages: dict[str, MessageResource] = {}
        self.inbound: dict[str, Webhook] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def accept(self, form: Form) -> MessageResource:
        """A checked message of the program's; its delivery begins. `To` is kept as it was given."""
        now = self._world.now()
        resource = MessageResource(
            sid=new_sid("SM"),
            account_sid=self.account_sid,
            direction="outbound-api",
            sender=self._world.config.whatsapp_sender,
            to=form["To"],
            body=form.get("Body") or _template_text(form),
            status="queued",
            created_at=now,
            updated_at=now,
            status_callback=form.get("StatusCallback"),
            media_url=form.get("MediaUrl"),
        )
        self.messages[resource.sid] = resource
        self._world.spawn(self._deliver(resource, is_template=bool(form.get("ContentSid"))))
        return resource

    def keep_inbound(self, person: Person, sid: str, body: str, media: list[str]) -> MessageResource:
        """A person's message, as the list of messages shows it."""
        now, sender = self._world.now(), self._world.config.whatsapp_sender
        resource = MessageResource(
            sid, self.account_sid, "inbound", person.address, sender, body, "received", now, now, sent_at=now
        )
        resource.media = media
        self.messages[sid] = resource
        return resource

    def clear(self) -> None:
        self.messages.clear()
        self.inbound.clear()
        self._turns.clear()

    async def _deliver(self, resource: MessageResource, *, is_template: bool) -> None:
        """One message at a time per recipient; the initial status is not called back (CHANNELS A2)."""
        pace, world = self._world.config.pace, self._world
        person = world.people.find_by_address(resource.to)
        async with self._turns.setdefault(resource.to, asyncio.Lock()):
            await asyncio.sleep(pace.sent_s)
            resource.sent_at = world.now()
            code = self._fault_of(resource, person, is_template=is_template)
            file = await self._fetch(resource) if resource.media_url and not code else None
            code = MEDIA_FAILED if resource.media_url and not code and not file else code
            if code or person is None:
                self._report(resource, "undelivered", code)
                return
            self._report(resource, "sent")
            world.screens.show(person, self._bubble(resource, file))
            world.journal.add_received(person, resource.sid, resource.body)
            await asyncio.sleep(pace.delivered_s)
            self._raise_status(resource, person, "delivered")
        if person.has_receipts:
            await asyncio.sleep(pace.read_s)
            self._raise_status(resource, person, "read")

    async def _fetch(self, resource: MessageResource) -> StoredFile | None:
        """The file at MediaUrl, as the program hands it out; None: it cannot be had."""
        try:
            answer = await self._world.client.get(resource.media_url or "", timeout=TIMEOUT)
        except httpx.HTTPError:
            return None
        if not answer.is_success or not 0 < len(answer.content) <= MEDIA_MAX_BYTES:
            return None
        name = urlsplit(resource.media_url or "").path.rsplit("/", 1)[-1]
        upload = Upload(name, answer.headers.get("content-type", "").partition(";")[0], answer.content)
        stored = self._world.files.add(upload, prefix="ME")
        resource.media.append(stored.file_id)
        return stored

    def _bubble(self, resource: MessageResource, file: StoredFile | None) -> Bubble:
        """A document has no caption on WhatsApp (CHANNELS A2)."""
        bubble = Bubble(resource.sid, False, self._world.now(), resource.body, status="sent", event=resource.sid)
        if file is None:
            return bubble
        is_photo = file.upload.mime_type.startswith("image/")
        look, kind = file_look(file.file_id, file.upload), "photo" if is_photo else "document"
        return replace(bubble, kind=kind, file=look, text=resource.body if is_photo else "")

    def _fault_of(self, resource: MessageResource, person: Person | None, *, is_template: bool) -> int | None:
        """The error code with which the message stays undelivered; None: it arrives."""
        ordered = self._world.faults.take("twilio", "delivery", resource.to)
        if ordered:
            return ordered.code or OUTSIDE_WINDOW
        if person is None or person.channel != ChannelName.WHATSAPP:
            return INVALID_RECIPIENT
        if person.has_blocked:
            return BLOCKED
        last = person.last_inbound_at
        is_open = last is not None and self._world.now() - last <= WINDOW
        return None if is_open or is_template else OUTSIDE_WINDOW

    def _raise_status(self, resource: MessageResource, person: Person, status: str) -> None:
        self._report(resource, status)
        self._world.screens.change(person, resource.sid, status=status)

    def _report(self, resource: MessageResource, status: str, code: int | None = None) -> None:
        resource.status, resource.error_code, resource.updated_at = status, code, self._world.now()
        if resource.status_callback:
            webhook = Webhook("status", resource.sid, resource.status_callback, _callback_form(resource), resource.to)
            self._world.spawn(_post(self._world, webhook))


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


async def _post(world: World, webhook: Webhook) -> None:
    await post(world, webhook)


def _callback_form(resource: MessageResource) -> Form:
    form = {
        "ApiVersion": API_VERSION,
        "MessageStatus": resource.status,
        "SmsSid": resource.sid,
        "SmsStatus": resource.status,
        "ChannelInstallSid": CHANNEL_INSTALL_SID,
        "To": resource.to,
        "From": resource.sender,
        "MessageSid": resource.sid,
        "AccountSid": resource.account_sid,
        "StructuredMessage": "false",
        "ChannelToAddress": resource.to.removeprefix("whatsapp:")[:-4] + "XXXX",
        "ChannelPrefix": "whatsapp",
    }
    if resource.status == "read":
        form["EventType"] = "READ"
    if resource.error_code:
        form["ErrorCode"] = str(resource.error_code)
        form["ErrorMessage"] = form["ChannelStatusMessage"] = ERRORS.get(resource.error_code, "")
    return form


def _template_text(form: Form) -> str:
    """The text of a template is with the Content API; the phone shows what was filled in."""
    variables = json.loads(form.get("ContentVariables") or "{}")
    return " · ".join(variables.values()) or form.get("ContentSid", "")
