"""What a person does on WhatsApp, as Twilio's signed webhooks: one for each medium, with all of its parameters."""

from functools import partial
from typing import Any

from canaliza.simulator import twilio_shapes as shapes
from canaliza.simulator.drafts import ContactCard, Draft, NotPossible, Point, SentItem
from canaliza.simulator.files import Upload, file_look
from canaliza.simulator.people import Person
from canaliza.simulator.screens import Bubble
from canaliza.simulator.simulator import Simulator
from canaliza.simulator.telegram_phone import BLOCKED, NO_SUCH
from canaliza.simulator.twilio_resource import MessageResource
from canaliza.simulator.twilio_server import new_sid
from canaliza.simulator.twilio_webhooks import Form, Webhook, post

NO_EDITS = "WhatsApp no avisa de los mensajes editados por este medio."
Values = dict[str, Any]


class WhatsAppPhone:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def write(self, person: Person, draft: Draft) -> list[SentItem]:
        """One webhook for each item, sent side by side: Twilio keeps no order. Raises NotPossible."""
        if person.has_blocked:
            raise NotPossible(BLOCKED)
        shared = self._shared(person, draft)
        items = [(form | shared, look, upload) for form, look, upload in _items(draft)]
        if draft.last_after_s:
            self._simulator.world.spawn_later(draft.last_after_s, partial(self._send, person, *items.pop()))
        return [self._send(person, form, look, upload) for form, look, upload in items]

    def press(self, person: Person, message_id: str, data: str) -> SentItem:
        """A quick reply of a template or of a message inside the window."""
        bubble = self._simulator.world.screens.find(person, message_id)
        if bubble is None:
            raise NotPossible(NO_SUCH)
        labels = {button["data"]: button["text"] for row in bubble.buttons for button in row}
        label = labels.get(data, data)
        form = shapes.button(label, data) | self._shared(person, Draft(reply_to=message_id))
        return self._send(person, form, {"text": label}, None)

    def edit(self, person: Person, message_id: str, text: str) -> SentItem:
        raise NotPossible(NO_EDITS)

    def block(self, person: Person, *, has_blocked: bool) -> SentItem:
        """Nobody is told; what is sent afterwards stays undelivered."""
        person.has_blocked = has_blocked
        return SentItem("", "")

    def _send(self, person: Person, form: Form, look: Values, upload: Upload | None) -> SentItem:
        world, twilio, config = self._simulator.world, self._simulator.twilio, self._simulator.config
        person.is_known, person.last_inbound_at = True, world.now()
        sid = new_sid("MM" if upload else "SM")
        stored = world.files.add(upload, prefix="ME") if upload else None
        if stored and upload:
            look = {**look, "file": file_look(stored.file_id, upload)}
        resource = twilio.keep_inbound(person, sid, form.get("Body", ""), [stored.file_id] if stored else [])
        media = self._media_form(resource, upload)
        webhook = Webhook(
            "webhook",
            sid,
            config.whatsapp_webhook_url,
            shapes.inbound(person, sid, form | media, sender=config.whatsapp_sender, account=config.twilio_account_sid),
            person.address,
        )
        twilio.inbound[sid] = webhook
        world.screens.show(person, Bubble(sid, True, world.now(), event=sid, **look))
        world.spawn(self._post(person, sid, webhook))
        return SentItem(sid, sid)

    async def _post(self, person: Person, sid: str, webhook: Webhook) -> None:
        """A second tick when the program took it; a person never learns that it did not."""
        status = await post(self._simulator.world, webhook)
        if status is not None and 200 <= status < 300:
            self._simulator.world.screens.change(person, sid, status="delivered")

    def _media_form(self, resource: MessageResource, upload: Upload | None) -> Form:
        if upload is None:
            return {"NumMedia": "0"}
        url = f"{self._simulator.config.public_url}{resource.path}/Media/{resource.media[0]}"
        return shapes.file(upload.mime_type, url)

    def _shared(self, person: Person, draft: Draft) -> Form:
        shared: Form = {}
        if draft.reply_to:
            bubble = self._simulator.world.screens.find(person, draft.reply_to)
            sender = person.address if bubble and bubble.is_own else self._simulator.config.whatsapp_sender
            shared |= {"OriginalRepliedMessageSid": draft.reply_to, "OriginalRepliedMessageSender": sender}
        if draft.is_forwarded:
            shared["Forwarded"] = "true"
        return shared


def _items(draft: Draft) -> list[tuple[Form, Values, Upload | None]]:
    """Each item as Twilio's parameters, as what its bubble shows, and its file."""
    if draft.uploads:
        captions = (draft.text, *("" for _ in draft.uploads[1:]))
        return [_file(draft, u, c) for u, c in zip(draft.uploads, captions, strict=True)]
    if draft.point:
        return [_location(draft.point)]
    if draft.contact:
        return [_contact(draft.contact)]
    if draft.other:
        name = next(iter(draft.other))
        return [({"MessageType": name}, {"kind": "other", "text": name}, None)]
    return [({"Body": draft.text}, {"text": draft.text}, None)]


def _file(draft: Draft, upload: Upload, caption: str) -> tuple[Form, Values, Upload]:
    kind = "photo" if draft.kind == "album" else draft.kind or "document"
    return shapes.medium(kind, caption), {"kind": kind, "text": caption}, upload


def _location(point: Point) -> tuple[Form, Values, None]:
    place = {"latitude": point.latitude, "longitude": point.longitude, "label": point.label}
    return shapes.location(point), {"kind": "location", "location": place}, None


def _contact(card: ContactCard) -> tuple[Form, Values, Upload]:
    """A contact comes as a medium of type text/vcard (CHANNELS A2)."""
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"FN:{card.first_name}", f"TEL;TYPE=CELL:{card.phone_number}", "END:VCARD")
    upload = Upload("contact.vcf", "text/vcard", "\r\n".join(lines).encode())
    look = {"kind": "contact", "text": f"{card.first_name} {card.phone_number}"}
    return {"MessageType": "contacts"}, look, upload
