"""What can go wrong at a provider, as one tree; the error says what to do next, so the caller needs one `if`.

ChannelError
├── Unreadable        an event that its adapter cannot parse: dead letter, visible to staff
├── SendError         retryable / citizen_stopped / ambiguous, with the provider's code
└── FetchError        a file could not be copied: retryable or not
"""

from dataclasses import dataclass


class ChannelError(Exception):
    """Root of the tree."""


class Unreadable(ChannelError):
    """The event's shape is not the provider's documented one."""


@dataclass
class SendError(ChannelError):
    """A send that did not end in acceptance.

    `retryable`: surely not sent, may be tried again after `retry_after_s` (None: the caller's own back-off).
    `ambiguous`: perhaps sent. `citizen_stopped`: blocked, deactivated or not a user of the channel.
    `window_closed`: WhatsApp's 24-hour window. `channel_broken`: credentials or account; nothing can be sent now.
    """

    code: str
    detail: str
    retryable: bool = False
    retry_after_s: float | None = None
    citizen_stopped: bool = False
    ambiguous: bool = False
    window_closed: bool = False
    channel_broken: bool = False
    migrated_to: str | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass
class FetchError(ChannelError):
    """A file that could not be copied; `retryable` when another try may succeed."""

    code: str
    detail: str
    retryable: bool = False

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"
