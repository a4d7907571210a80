"""What a person is about to send, whatever the channel."""

from dataclasses import dataclass
from typing import Literal

from canaliza.simulator.files import Upload

FileKind = Literal["photo", "voice", "document", "video", "sticker", "album"]


@dataclass(frozen=True)
class Point:
    """Degrees, WGS 84; with a label it is a named place."""

    latitude: float
    longitude: float
    label: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class ContactCard:
    phone_number: str
    first_name: str
    is_own: bool = False


@dataclass(frozen=True)
class Draft:
    """`text` is the caption where there are files. An album has several; the caption stands on its first item.

    `last_after_s`: the last item of an album leaves so much later, as over a weak line.
    `other`: a Telegram content without a meaning of its own here, as {"poll": {…}}.
    """

    text: str = ""
    kind: FileKind | None = None
    uploads: tuple[Upload, ...] = ()
    duration_s: int = 1
    point: Point | None = None
    contact: ContactCard | None = None
    other: dict[str, object] | None = None
    reply_to: str | None = None
    is_forwarded: bool = False
    last_after_s: float = 0.0


@dataclass(frozen=True)
class SentItem:
    """One thing that left the phone: the bubble's id and the event (update_id, sid) that carries it."""

    message_id: str
    event: str


class NotPossible(Exception):
    """The phone cannot do this; the text says why, in the words of the page."""
