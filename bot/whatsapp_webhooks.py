"""Reads Twilio's WhatsApp webhooks: identity, meaning, delivery reports. Pure but for the clock; called by WhatsApp.

Parameters grow without notice (CHANNELS A2): unknown ones are passed over.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl

from bot.cleaning import clean, cleaned, event_id, find_location
from bot.errors import Unreadable
from bot.messages import (
    NOT_SAID,
    Attachment,
    AttachmentKind,
    ChannelName,
    DeliveryStatus,
    EventKey,
    Ignored,
    Inbound,
    InboundKind,
    Location,
    StatusReport,
)
from bot.whatsapp_errors import refusal_of
from bot.whatsapp_history import WRITTEN

ADDRESS_MAX = 200
PARAMETERS_MAX = 1000  # Twilio sends about thirty
MEDIA_MAX = 10  # Twilio's own bound on media of one message; WhatsApp sends one
MEXICAN = re.compile(r"whatsapp:\+52(1?)(\d{10})")
CONTACT_TYPES = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
KINDS = {
    "audio/ogg": AttachmentKind.VOICE,  # WhatsApp's own recordings; there is no flag for them (CHANNELS A2)
    "image/webp": AttachmentKind.STICKER,
    "audio": AttachmentKind.AUDIO,
    "image": AttachmentKind.PHOTO,
    "video": AttachmentKind.VIDEO,
}
# What does not stand here (queued, accepted, sending, scheduled, new ones) moves nothing (CHANNELS A2, status values).
STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
    "undelivered": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}

ARRIVING = ("receiving", "received")


class Form:
    """A form's parameters, several of a name and blank ones kept. `getlist` is what Twilio's validator asks for.

    Empty for a form of more than `PARAMETERS_MAX`: sorting and signing a stranger's megabyte would hold up the others.
    """

    def __init__(self, body: bytes) -> None:
        self._values: dict[str, list[str]] = {}
        if body.count(b"&") > PARAMETERS_MAX:
            return
        for name, value in parse_qsl(body.decode(errors="replace"), keep_blank_values=True):
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def getlist(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def find(self, *names: str) -> str | None:
        """The first of these parameters that is not blank, cleaned."""
        return next((text for name in names for value in self.getlist(name) if (text := cleaned(value))), None)


def peek_webhook(body: bytes) -> EventKey:
    """Never raises. Reports of one message share its id, so their key holds the status too (CHANNELS §0.12)."""
    form = Form(body)
    sid, status = form.find("MessageSid", "SmsMessageSid", "SmsSid"), _reported(form)
    wanted = ":".join((sid, status, form.find("ErrorCode") or "")) if sid and status else sid or ""
    return EventKey(event_id(wanted, body), (form.find("From") or "")[:ADDRESS_MAX])


def parse_webhook(body: bytes) -> Inbound | Ignored:
    """Twilio says when a message was sent only in its list: `sent_at` of any other is NOT_SAID. Raises Unreadable."""
    form = Form(body)
    sid, address = form.find("MessageSid", "SmsMessageSid", "SmsSid"), form.find("From")
    if not sid or not address:
        raise Unreadable("webhook: no MessageSid or From")
    refusal = _why_ignored(form, address)
    return Ignored(refusal) if refusal else _inbound(form, sid, address)


def parse_report(body: bytes, query: str) -> StatusReport | Ignored:
    """`query` is that of the callback's address, with our own reply's id. Raises Unreadable."""
    form = Form(body)
    sid, said = form.find("MessageSid", "SmsMessageSid", "SmsSid"), _reported(form)
    if not sid:
        raise Unreadable("status: no MessageSid")
    if not said:
        return Ignored("a report without status")
    status, code = STATUSES.get(said.lower()), form.find("ErrorCode")
    return StatusReport(
        external_id=sid,
        status=status,
        reply_id=Form(query.encode()).find("reply"),
        error_code=code,
        error=refusal_of(code, said) if status == DeliveryStatus.FAILED else None,
    )


def _reported(form: Form) -> str | None:
    """The status of what we sent. A citizen's message says `SmsStatus=received`, which reports nothing."""
    older = form.find("SmsStatus")
    return form.find("MessageStatus") or (older if older not in ARRIVING else None)


def _why_ignored(form: Form, address: str) -> str | None:
    if not address.startswith("whatsapp:"):
        return "not WhatsApp"
    if _reported(form):
        return "a delivery report at the messages' address"
    return "a reaction" if form.find("MessageType") == "reaction" else None


def _inbound(form: Form, sid: str, address: str) -> Inbound:
    button, text = form.find("ButtonPayload", "ListId"), clean((form.getlist("Body") or [""])[0])
    attachments, location = tuple(_attachments(form)), _location(form)
    has_content = bool(button or text.strip() or location or any(file.external_id for file in attachments))
    return Inbound(
        channel=ChannelName.WHATSAPP,
        kind=InboundKind.BUTTON if button else InboundKind.MESSAGE,
        address=address,
        external_id=sid,
        sent_at=_written_at(form) or NOT_SAID,
        text=text,
        attachments=attachments if has_content else (),
        location=location,
        button=button,
        reply_to=form.find("OriginalRepliedMessageSid"),
        profile_name=form.find("ProfileName"),
        aliases=tuple(_aliases(form, address)),
        is_forwarded="true" in (form.find("Forwarded"), form.find("FrequentlyForwarded")),
        unsupported=None if has_content else (form.find("MessageType") or "unknown")[:40],
    )


def _written_at(form: Form) -> datetime | None:
    try:
        written = datetime.fromisoformat(form.find(WRITTEN) or "")
    except ValueError:
        return None
    return written if written.tzinfo else None


def _attachments(form: Form) -> Iterator[Attachment]:
    """One that is counted without an address stands among them, and ends refused: staff see that there was one."""
    counted = form.find("NumMedia") or ""
    count = int(counted) if counted.isascii() and counted.isdecimal() and len(counted) < 3 else 0
    for number in range(MEDIA_MAX):
        name = f"MediaUrl{number}"
        url = form.find(name) or ""
        if url or number < count:
            mime_type = (form.find(f"MediaContentType{number}") or "").split(";")[0].strip().lower()
            own = url.rsplit("/", 1)[-1] if url else name
            yield Attachment(_kind(mime_type), url, unique_id=own, mime_type=mime_type or None)


def _kind(mime_type: str) -> AttachmentKind:
    if mime_type in CONTACT_TYPES:
        return AttachmentKind.CONTACT
    return KINDS.get(mime_type) or KINDS.get(mime_type.split("/")[0]) or AttachmentKind.DOCUMENT


def _location(form: Form) -> Location | None:
    latitude, longitude = form.find("Latitude"), form.find("Longitude")
    if not latitude or not longitude:
        return None
    label = ", ".join(part for part in (form.find("Label"), form.find("Address")) if part)
    try:
        return find_location(float(latitude), float(longitude), label)
    except ValueError:
        return None


def _aliases(form: Form, address: str) -> Iterator[str]:
    """Other addresses of the same person: the number, the business-scoped id, Mexico's two ways to write a number."""
    number, scoped = form.find("WaId"), form.find("ExternalUserId")
    known = [alias for alias in (address, _from_wa_id(number), scoped) if alias]
    twins = [twin for alias in known if (twin := _mexican_twin(alias))]
    yield from (alias[:ADDRESS_MAX] for alias in dict.fromkeys((*known, *twins)) if alias != address)


def _from_wa_id(number: str | None) -> str | None:
    """A WaId is a number without its plus, or a business-scoped id when there is no number (CHANNELS §0.7)."""
    if not number:
        return None
    return f"whatsapp:+{number}" if number.isdigit() else f"whatsapp:{number}"


def _mexican_twin(address: str) -> str | None:
    """WhatsApp still writes Mexico's mobiles with a 1 that the telephone network dropped (CHANNELS §0.8)."""
    match = MEXICAN.fullmatch(address)
    return f"whatsapp:+52{'' if match[1] else '1'}{match[2]}" if match else None
