"""A written conversation: who writes what and when, what the office does, what must come out. Values only.

Read from YAML by `reading`, played by `player`, judged by `verdict`; the format is told in docs/conversations.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bot.messages import ChannelName
from intake.errors import IntakeError


class ScriptError(IntakeError):
    """A file that cannot be played; the text names file, turn, what is wrong and what to do."""


class Verb(StrEnum):
    """What happens in a turn. The value beside it in the file is a text, a number or a name."""

    SAYS = "says"
    PHOTO = "photo"
    ALBUM = "album"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    PIN = "pin"
    CONTACT = "contact"
    PRESSES = "presses"
    FORGES = "forges"
    EDITS = "edits"
    SENDS = "sends"
    REACTS = "reacts"
    BLOCKS = "blocks"
    UNBLOCKS = "unblocks"
    WAITS = "waits"
    REFERS = "refers"
    ACCEPTS = "accepts"
    GIVES_BACK = "gives_back"
    ASKS = "asks"
    EXTENDS = "extends"
    ANSWERS = "answers"
    GUIDES = "guides"
    DISMISSES = "dismisses"
    JOINS = "joins"
    PARTS = "parts"
    ENTERS = "enters"
    WRITES = "writes"
    LEAVES = "leaves"
    TRANSCRIBES = "transcribes"
    INTERPRETER = "interpreter"
    DECLARES = "declares"
    CALLS_OFF = "calls_off"
    MEETS = "meets"


GENERAL = frozenset({Verb.DECLARES, Verb.CALLS_OFF, Verb.MEETS})  # of the office's, what is about no petition
OFFICES = frozenset(
    {Verb.REFERS, Verb.ACCEPTS, Verb.GIVES_BACK, Verb.ASKS, Verb.EXTENDS, Verb.ANSWERS, Verb.GUIDES, Verb.DISMISSES}
    | {Verb.JOINS, Verb.PARTS, Verb.ENTERS, Verb.WRITES, Verb.LEAVES, Verb.TRANSCRIBES, Verb.INTERPRETER}
    | GENERAL
)
WORDLESS = frozenset(
    {Verb.BLOCKS, Verb.UNBLOCKS, Verb.ACCEPTS, Verb.DISMISSES, Verb.PARTS, Verb.ENTERS, Verb.LEAVES, Verb.CALLS_OFF}
)
SILENT = frozenset({Verb.WAITS, Verb.REACTS, Verb.BLOCKS, Verb.UNBLOCKS})  # what nobody has to be answered for
FILES = frozenset({Verb.PHOTO, Verb.ALBUM, Verb.VOICE, Verb.VIDEO, Verb.DOCUMENT, Verb.STICKER})


class Way(StrEnum):
    """How the provider brings what a person sends."""

    IN_ORDER = "in_order"
    SHUFFLED = "shuffled"
    DOUBLED = "doubled"


@dataclass(frozen=True)
class ExpectedReply:
    """`purpose`: the catalogue's key. `buttons`: labels in order; None: not looked at."""

    purpose: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ExpectedPetition:
    """None, or nothing in a list: not looked at. `agency`: any of them will do; `without`: flags that must not be."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    municipality: str | None = None
    place: str | None = None
    agency: tuple[str, ...] = ()
    status: str | None = None
    flags: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    emergency: str | None = None
    files: int | None = None
    covered: int | None = None
    point: bool | None = None
    matters: int | None = None


@dataclass(frozen=True)
class Turn:
    """One thing that a person or the office does. `late`: how long after it was sent it (an album's last photo) comes.

    `who`: a person of this name; None: the one whom the conversation is about. `spelled`: how a Mexican number begins
    this time (CHANNELS §0.8). `petition`: the office's, 1 the first; None: the newest. `replies`: what comes back, in
    order; None: not looked at, but something must.
    """

    number: int
    verb: Verb
    value: str = ""
    after: timedelta = timedelta(0)
    late: timedelta = timedelta(0)
    who: str | None = None
    caption: str = ""
    label: str = ""
    to: str = ""
    quotes: str = ""
    is_forwarded: bool = False
    spelled: str = ""
    petition: int | None = None
    replies: tuple[ExpectedReply, ...] | None = None
    kind: str | None = None
    emergency: str | None = None

    @property
    def is_offices(self) -> bool:
        return self.verb in OFFICES


@dataclass(frozen=True)
class Wanted:
    """What the program does not do yet. `ways`: in which plays it fails, as «whatsapp» or «whatsapp shuffled»."""

    why: str
    ways: tuple[str, ...] = ()

    def is_about(self, channel: ChannelName, way: Way) -> bool:
        return not self.ways or any({*named.split()} <= {channel.value, way.value} for named in self.ways)


@dataclass(frozen=True)
class Script:
    path: Path
    about: str
    person: str
    channels: tuple[ChannelName, ...]
    starts: datetime
    turns: tuple[Turn, ...]
    petitions: tuple[ExpectedPetition, ...]
    wanted: Wanted | None = None
