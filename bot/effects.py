"""What a turn has done: values that intake carries out, in their order, in one transaction."""

from dataclasses import dataclass
from datetime import timedelta

from bot.messages import Choice


@dataclass(frozen=True)
class OpenPetition:
    """`has_pin`: the place was sent ahead, as a message of its own, which belongs to it too. `is_set_aside`: it is made
    of what was kept apart, not of the message at hand."""

    folio: str
    place: str | None = None
    emergency: str | None = None
    has_pin: bool = False
    is_set_aside: bool = False


@dataclass(frozen=True)
class OpenRights:
    """A request about one's own data, with its own folio and term. `right`: one of `privacy_talk.RIGHTS`."""

    folio: str
    right: str


@dataclass(frozen=True)
class AddToPetition:
    """The message at hand, with its files, belongs to this petition. `is_place`: it only tells where that is.
    `is_question`: it asks something, so it is no answer to what an agency waits for. `goes_on`: it belongs to what was
    said before, so where an agency has its answer it is none to another one's question."""

    folio: str
    is_place: bool = False
    is_question: bool = False
    goes_on: bool = False


@dataclass(frozen=True)
class SetAside:
    """The message at hand is kept apart until the person says where it belongs. `is_more`: with what already is."""

    is_more: bool = False


@dataclass(frozen=True)
class Join:
    """What was kept apart belongs to this petition."""

    folio: str


@dataclass(frozen=True)
class Repeat:
    """The message at hand says again what this petition tells; it is kept apart too, in case that it is another one."""

    folio: str


@dataclass(frozen=True)
class SetPlace:
    """`clave` of a municipality, or the citizen's own words when no municipality could be told."""

    folio: str
    clave: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class SettleDoubt:
    """The person said whose the matter is, in a choice's words."""

    folio: str
    agency: str
    words: str


@dataclass(frozen=True)
class PartMatters:
    """The person says that these are several matters: parted where the mind would."""

    folio: str


@dataclass(frozen=True)
class KeepWhole:
    """The person says that it is one matter: nobody is asked to part it."""

    folio: str


@dataclass(frozen=True)
class CallPerson:
    folio: str
    reason: str


@dataclass(frozen=True)
class NeedInterpreter:
    """Asked for, or more is known of it: the name of the language, the town as it was told."""

    folio: str
    language: str | None = None
    town: str | None = None


@dataclass(frozen=True)
class NoteDamage:
    """What is known of a contingency's damage; what is None is not told. `contingency`: the petition belongs to it.

    `what`: one of `damage_talk.WHAT`; `words`, `where`: the person's own.
    """

    folio: str
    contingency: int | None = None
    what: str | None = None
    words: str | None = None
    is_hurt: bool | None = None
    where: str | None = None


@dataclass(frozen=True)
class Withdraw:
    folio: str


@dataclass(frozen=True)
class Conclude:
    """The citizen says that the answer solves the matter."""

    folio: str


@dataclass(frozen=True)
class Reopen:
    folio: str


@dataclass(frozen=True)
class AskRating:
    """The citizen is asked how they were attended: not again about this petition."""

    folio: str


@dataclass(frozen=True)
class Rate:
    """`mark`: one of `rating_talk.MARKS`."""

    folio: str
    mark: str


@dataclass(frozen=True)
class Comment:
    """The message at hand says more about how they were attended."""

    folio: str


@dataclass(frozen=True)
class HideIdentity:
    """Nobody sees who told it: no agency at all, staff only with a reason."""

    folio: str


@dataclass(frozen=True)
class ShowIdentity:
    """The person takes that back."""

    folio: str


@dataclass(frozen=True)
class MarkMinor:
    """A child told it: a person of the office sees to it."""

    folio: str


@dataclass(frozen=True)
class OfferLink:
    """Give the person a link by which the chat on that channel becomes theirs too."""

    channel: str


@dataclass(frozen=True)
class JoinChats:
    """The person confirmed, in the chat where the link was opened, that both chats are theirs."""

    code: str


@dataclass(frozen=True)
class SignIn:
    """One more at that meeting, without a name."""

    meeting: int


@dataclass(frozen=True)
class PartChats:
    """Each chat is a person of its own again."""


@dataclass(frozen=True)
class RestrictFiles:
    """The files of the message at hand, or those that came just before it, show an identity paper."""


@dataclass(frozen=True)
class Say:
    """Queue a reply. `purpose` is the catalogue's key; `text` may be longer than a channel takes at once.

    `fields`: what a notice was filled with, by name, for the template that may have to carry it. `after`: how long it
    waits for what the person may still write, which takes it back. `is_withheld`: it never leaves; a person tells it.
    `evidence`: the number of the file that goes with it.
    """

    purpose: str
    text: str
    choices: tuple[Choice, ...] = ()
    folio: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    after: timedelta = timedelta(0)
    is_withheld: bool = False
    evidence: int | None = None


@dataclass(frozen=True)
class TakeBack:
    """What waited to be said (`Facts.unsaid`) is not said: the person wrote more."""


@dataclass(frozen=True)
class Reserve:
    """Keep what `say` would tell until the citizen says that it is safe to read it."""

    say: Say


@dataclass(frozen=True)
class ReadOut:
    """Say all that is reserved of the petition."""

    folio: str


@dataclass(frozen=True)
class Hush:
    """Nothing more that is on its way to this conversation leaves."""


@dataclass(frozen=True)
class HandOver:
    """Give the person all that is kept of them, by a link that soon ends."""


Effect = (
    OpenPetition
    | AddToPetition
    | SetAside
    | Join
    | Repeat
    | SetPlace
    | SettleDoubt
    | PartMatters
    | KeepWhole
    | CallPerson
    | NeedInterpreter
    | NoteDamage
    | Withdraw
    | Conclude
    | Reopen
    | AskRating
    | Rate
    | Comment
    | Say
    | TakeBack
    | Reserve
    | ReadOut
    | Hush
    | HandOver
    | OpenRights
    | HideIdentity
    | ShowIdentity
    | MarkMinor
    | RestrictFiles
    | OfferLink
    | JoinChats
    | PartChats
    | SignIn
)
