"""The values that cross the border between a channel and the rest: what a citizen sent, what is to be sent.

Every channel parses into `Inbound` and sends `Outbound`; nothing of a provider's SDK goes further than its adapter.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from bot.errors import SendError

NOT_SAID = datetime.max.replace(tzinfo=UTC)


class ChannelName(StrEnum):
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    CONSOLE = "console"
    DESK = "desk"  # told to a person of the office: at a window, by telephone, on paper; nothing can be sent there


class InboundKind(StrEnum):
    MESSAGE = "message"
    EDIT = "edit"  # a new version of `external_id`
    BUTTON = "button"  # `button` holds the data of the pressed choice
    STOPPED = "stopped"  # the citizen blocked the channel
    RESUMED = "resumed"  # and unblocked it


class AttachmentKind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    CONTACT = "contact"


@dataclass(frozen=True)
class Attachment:
    """A file that the provider holds: `external_id` is what its adapter needs to fetch it (file id, media URL).

    `file_name`, `mime_type` and `size_bytes` are declared by the sender and prove nothing.
    """

    kind: AttachmentKind
    external_id: str
    unique_id: str
    file_name: str | None = None
    mime_type: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True)
class Location:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float
    label: str | None = None


@dataclass(frozen=True)
class Inbound:
    """One thing that a citizen did on a channel. `address` is the provider's, verbatim: replies go there.

    `sent_at` NOT_SAID: the provider does not say; when it was received stands for it.
    """

    channel: ChannelName
    kind: InboundKind
    address: str
    external_id: str
    sent_at: datetime
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    location: Location | None = None
    card: str = ""  # a shared contact's name and number, a line each
    button: str | None = None
    callback_id: str | None = None
    reply_to: str | None = None
    group_id: str | None = None
    profile_name: str | None = None
    language_code: str | None = None
    aliases: tuple[str, ...] = ()
    is_forwarded: bool = False
    unsupported: str | None = None  # the provider's name of a content that has no meaning here (poll, dice …)


@dataclass(frozen=True)
class Ignored:
    """An event that asks for nothing: a normal 2xx with a logged reason."""

    reason: str


@dataclass(frozen=True)
class EventKey:
    """What `receive` needs to store an event once and in order, read without understanding the rest of it.

    `provider_id` is unique per channel; `address` groups the events of one conversation; `order` is the provider's
    own order where it has one (Telegram's update_id), else None.
    """

    provider_id: str
    address: str
    order: int | None = None


@dataclass(frozen=True)
class Received:
    """A citizen's message as the provider lists it."""

    external_id: str
    sent_at: datetime


@dataclass(frozen=True)
class WebhookRequest:
    """A provider's HTTP request as the internet-facing app saw it. Header names are lower case.

    `query` and `path` are as they came: Twilio signs the whole address.
    """

    body: bytes
    headers: dict[str, str]
    query: str = ""
    path: str = ""


@dataclass(frozen=True)
class Choice:
    """One offered answer: a button where the channel has them, else a numbered line. `data` is at most 64 bytes."""

    label: str
    data: str


@dataclass(frozen=True)
class Template:
    """A text that WhatsApp has approved, by its id at Twilio (HX…), and what fills its {{1}}, {{2}} …, none empty."""

    content_sid: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutboundFile:
    """A file that leaves with a message. `url`: where a provider that fetches it finds it, for a while; `read`: its
    bytes, for one that takes them. `read` raises SendError."""

    name: str
    mime_type: str
    url: str = field(repr=False)
    read: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def is_photo(self) -> bool:
        return self.mime_type.startswith("image/")


@dataclass(frozen=True)
class Outbound:
    """One provider send: `text` already within the channel's limit.

    `template`: it leaves as that one, and `text` is how the citizen reads it. `file`: `text` stands below it.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    reply_to: str | None = None
    template: Template | None = None
    file: OutboundFile | None = None


@dataclass(frozen=True)
class Sent:
    """The provider accepted a send under `external_id`; accepted is not delivered."""

    external_id: str


class DeliveryStatus(StrEnum):
    """Ladder of a reply after acceptance. A status only moves up; FAILED stands beside the ladder."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True)
class StatusReport:
    """What a provider says about a reply. `status` is None when it means nothing to the ladder (queued, unknown).

    `error` says what to do about a failed one, as a refused send would: most of WhatsApp's refusals come only here.
    """

    external_id: str
    status: DeliveryStatus | None
    reply_id: str | None = None
    error_code: str | None = None
    error: SendError | None = None


@dataclass(frozen=True)
class FetchedFile:
    """A file copied from the provider: bytes written and what the provider said about it."""

    size_bytes: int
    sha256: str
    mime_type: str | None = None
    file_name: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
