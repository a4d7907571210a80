"""Twilio's webhooks as its server writes them (CHANNELS A2): pure functions from people and contents to parameters."""

import json

from canaliza.simulator.drafts import Point
from canaliza.simulator.people import Person
from canaliza.simulator.twilio_resource import API_VERSION
from canaliza.simulator.twilio_webhooks import Form


def inbound(person: Person, sid: str, content: Form, *, sender: str, account: str) -> Form:
    """A message of the person's to the office's `sender`."""
    context = {"ProfileName": person.name, "WaId": person.whatsapp_id}
    metadata = {"type": "whatsapp", "data": {"context": context}}
    return {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": person.name,
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": person.whatsapp_id,
        "SmsStatus": "received",
        "Body": "",
        "To": sender,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": account,
        "ChannelMetadata": json.dumps(metadata, ensure_ascii=False),
        "From": person.address,
        "ApiVersion": API_VERSION,
        **content,
    }


def medium(kind: str, caption: str) -> Form:
    """What is said of a file, of one item of an album too: WhatsApp sends each by itself."""
    types = {"photo": "image", "album": "image", "voice": "audio"}
    return {"Body": caption, "MessageType": types.get(kind, kind)}


def file(mime_type: str, url: str) -> Form:
    return {"NumMedia": "1", "MediaContentType0": mime_type, "MediaUrl0": url}


def location(point: Point) -> Form:
    form = {"MessageType": "location", "Latitude": str(point.latitude), "Longitude": str(point.longitude)}
    form |= {"Label": point.label} if point.label else {}
    return form | ({"Address": point.address} if point.address else {})


def button(label: str, data: str) -> Form:
    return {"Body": label, "MessageType": "button", "ButtonText": label, "ButtonPayload": data}
