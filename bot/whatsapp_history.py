"""A message of Twilio's list, told as its webhook would have told it. Called when a webhook never came.

The list knows text, media and who wrote; a place, a pressed button and the profile's name are gone with the webhook.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

INBOUND = "inbound"
WRITTEN = "DateCreated"  # a parameter of ours: no webhook says when, the list does


class Listed(Protocol):
    """As Twilio's library gives it."""

    sid: str | None
    from_: str | None
    to: str | None
    body: str | None
    date_created: datetime | None


class ListedMedia(Protocol):
    sid: str | None
    content_type: str | None


def as_webhook(message: Listed, media: Sequence[ListedMedia], media_folder: str) -> bytes:
    """The form. `media_folder`: the address under which the account's files of this message stand."""
    form = [
        ("MessageSid", message.sid or ""),
        ("From", message.from_ or ""),
        ("To", message.to or ""),
        ("Body", message.body or ""),
        ("NumMedia", str(len(media))),
        (WRITTEN, message.date_created.isoformat() if message.date_created else ""),
    ]
    for number, one in enumerate(media):
        form.append((f"MediaUrl{number}", f"{media_folder}/{one.sid}"))
        form.append((f"MediaContentType{number}", one.content_type or "application/octet-stream"))
    return urlencode(form).encode()
