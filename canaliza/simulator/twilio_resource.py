"""Twilio's message and media resources as its API writes them (twilio-oai, api v2010): pure."""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

API_VERSION = "2010-04-01"
ERRORS = {
    63003: "Channel could not find To address",
    63005: "Channel did not accept given content",
    63014: "Failed to send message to subscriber because it was blocked by a user action",
    63016: "Failed to send freeform message because you are outside the allowed window",
    63018: "Rate limit exceeded for channel",
    63019: "Media failed to download",
    63024: "Invalid message recipient",
}


@dataclass
class MessageResource:
    sid: str
    account_sid: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    media: list[str] = field(default_factory=list)
    status_callback: str | None = None
    media_url: str | None = None

    @property
    def path(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"

    def as_json(self) -> dict[str, Any]:
        return {
            "body": self.body,
            "num_segments": "1",
            "direction": self.direction,
            "from": self.sender,
            "date_updated": rfc2822(self.updated_at),
            "price": None,
            "error_message": ERRORS.get(self.error_code) if self.error_code else None,
            "uri": f"{self.path}.json",
            "account_sid": self.account_sid,
            "num_media": str(len(self.media)),
            "to": self.to,
            "date_created": rfc2822(self.created_at),
            "status": self.status,
            "sid": self.sid,
            "date_sent": rfc2822(self.sent_at) if self.sent_at else None,
            "messaging_service_sid": None,
            "error_code": self.error_code,
            "price_unit": None,
            "api_version": API_VERSION,
            "subresource_uris": {"media": f"{self.path}/Media.json"},
        }

    def media_json(self, media_sid: str, mime_type: str) -> dict[str, Any]:
        return {
            "sid": media_sid,
            "account_sid": self.account_sid,
            "parent_sid": self.sid,
            "content_type": mime_type,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.updated_at),
            "uri": f"{self.path}/Media/{media_sid}.json",
        }


def rfc2822(moment: datetime) -> str:
    return format_datetime(moment)
