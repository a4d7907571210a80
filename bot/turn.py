"""The values of one turn of the dialogue: what is remembered, what happened, what is known, what is to be done."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.messages import Choice


class Awaiting(StrEnum):
    """The one question that is open with the citizen."""

    DESCRIPTION = "description"
    MUNICIPALITY = "municipality"
    WHICH_MUNICIPALITY = "which_municipality"
    DOUBT = "doubt"
    MATTERS = "matters"
    DATUM = "datum"
    SAME = "same"
    REPEATED = "repeated"
    LANGUAGE = "language"
    DAMAGE = "damage"
    HURT = "hurt"
    WHERE = "where"
    SOLVED = "solved"
    DISPUTE = "dispute"
    RATING = "rating"
    COMMENT = "comment"
    WITHDRAWAL = "withdrawal"
    SAFE = "safe"
    READING = "reading"
    OWN_DATA = "own_data"
    RIGHTS = "rights"
    GUARDIAN = "guardian"
    LINK = "link"


PLACE_HOLDS = timedelta(hours=24)
TELLING = frozenset({"petition", "info", "correction"})  # kinds that tell of a matter


@dataclass(frozen=True)
class State:
    """What a conversation remembers. `folio` is what `awaiting` is about, `latest` the petition last spoken of.

    `emergency` and `emergency_folio` are the kind and the petition of the latest emergency. `strangers`: folios that
    are not this citizen's and were asked for since `strangers_since`. `person_folio`: the petition about which a person
    of the office is in the conversation; None: nobody is, the program answers. `is_waiting`: something was queued that
    leaves only after a while. `is_muted`: the person wants the answer and nothing else that they did not ask for.
    `is_unsafe`: somebody else reads what is sent here, so nothing is sent unasked. `set_aside`: the petition to which
    something may belong that is kept apart until the person says so; None: nothing is. `told_contingency`: the one
    whose official notice the person has. `anonymous_since`, `minor_since`: when the person last said that nobody is to
    know who they are, or that they are a child; `papers_told_at`: when they were told that no papers are needed.
    """

    is_welcomed: bool = False
    awaiting: Awaiting | None = None
    folio: str | None = None
    offered: tuple[Choice, ...] = ()
    times_asked: int = 0
    latest: str | None = None
    latest_agency: str | None = None
    latest_group: str | None = None
    emergency: str | None = None
    emergency_folio: str | None = None
    heard_at: datetime | None = None
    strangers: int = 0
    strangers_since: datetime | None = None
    pending_place: str | None = None
    is_muted: bool = False
    is_waiting: bool = False
    person_folio: str | None = None
    is_unsafe: bool = False
    set_aside: str | None = None
    told_contingency: int = 0
    anonymous_since: datetime | None = None
    minor_since: datetime | None = None
    papers_told_at: datetime | None = None

    def ask(self, awaiting: Awaiting, folio: str, offered: tuple[Choice, ...] = ()) -> "State":
        times = self.times_asked + 1 if (self.folio, self.awaiting) == (folio, awaiting) else 1
        return replace(self, awaiting=awaiting, folio=folio, offered=offered, times_asked=times)

    def place_ahead(self, now: datetime) -> str | None:
        """INEGI key of the place that was sent before any word, for a day: next month's matter may be elsewhere."""
        is_fresh = self.heard_at is not None and now - self.heard_at <= PLACE_HOLDS
        return self.pending_place if is_fresh else None

    def settle(self) -> "State":
        """No question is open any more."""
        return replace(self, awaiting=None, folio=None, offered=(), times_asked=0)


TIMES = ("heard_at", "strangers_since", "anonymous_since", "minor_since", "papers_told_at")


def state_to_json(state: State) -> dict[str, Any]:
    values = asdict(state)
    for name in TIMES:
        values[name] = values[name].isoformat() if values[name] else None
    return values


def state_from_json(values: dict[str, Any]) -> State:
    """The state as stored; what is missing (an older version's row) has its default, what is unknown is left out."""
    known = {name: value for name, value in values.items() if name in State.__dataclass_fields__}
    if known.get("awaiting"):
        known["awaiting"] = Awaiting(known["awaiting"])
    for name in TIMES:
        known[name] = datetime.fromisoformat(known[name]) if known.get(name) else None
    known["offered"] = tuple(Choice(**choice) for choice in known.get("offered") or ())
    return State(**known)


@dataclass(frozen=True)
class PlaceOption:
    """A municipality as it is offered: INEGI key, official name, district."""

    clave: str
    name: str
    district: str


@dataclass(frozen=True)
class Doubt:
    """The question between competing authorities. `choices`: what the person may say, and the agency it speaks for."""

    ask: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Patience:
    """How long the machine lets a person write before it answers: after a message, more after each further piece.

    `usual` zero: it answers at once.
    """

    usual: timedelta = timedelta(0)

    @property
    def first(self) -> timedelta:
        """After the first message of a burst that may be one."""
        return self.usual / 2

    @property
    def complete(self) -> timedelta:
        """After what says all that is needed, and before small talk."""
        return self.usual / 4

    @property
    def longest(self) -> timedelta:
        """Since the burst began."""
        return self.usual * 9


@dataclass(frozen=True)
class Question:
    """What an agency asks the citizen. `told_at`: when it left, None before; `is_open`: nothing came yet."""

    agency: str
    text: str
    told_at: datetime | None
    is_open: bool = True


class Survey(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"


@dataclass(frozen=True)
class PetitionFacts:
    """One petition as the dialogue may speak of it. `word`: the catalogue's name of its status; times are local.

    `has_reserved`: an answer waits until it is safe to read it. `survey` is known where a petition may be
    concluded. `is_minor`: a child told it. `follows`: the folio with which it is attended.
    """

    folio: str
    word: str
    opened_at: datetime
    due_on: date
    summary: str = ""
    agency: str | None = None
    municipality: str | None = None
    is_open: bool = True
    is_in_triage: bool = True
    is_answered: bool = False
    is_sensitive: bool = False
    is_placed: bool = False
    has_reserved: bool = False
    survey: Survey | None = None
    is_anonymous: bool = False
    is_minor: bool = False
    doubt: Doubt | None = None
    question: Question | None = None
    follows: str | None = None


@dataclass(frozen=True)
class Mention:
    """A folio in the citizen's text. `petition` None: no such folio. Not `is_own`: only its word may be said."""

    folio: str
    petition: PetitionFacts | None = None
    is_own: bool = False


@dataclass(frozen=True)
class Said:
    """What the citizen did: text, a pressed choice, files (a voice note is one), a place on the map."""

    text: str = ""
    button: str | None = None
    has_files: bool = False
    has_voice: bool = False
    has_location: bool = False
    is_sticker: bool = False
    is_edit: bool = False
    unsupported: str | None = None
    group_id: str | None = None


@dataclass(frozen=True)
class Understood:
    """A text as the mind understands it: the likely agency's key, its name when that is likely enough to be said, names
    of the agencies of several matters, the municipality or those that it may be, what would have to be asked."""

    agency: str | None = None
    understood: str | None = None
    several: tuple[str, ...] = ()
    place: PlaceOption | None = None
    place_options: tuple[PlaceOption, ...] = ()
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Told:
    """What a petition tells: by one message, or by all messages of a burst as if they had come as one."""

    folio: str
    since: datetime
    due_on: date
    text: str = ""
    has_voice: bool = False
    read: Understood = Understood()


@dataclass(frozen=True)
class Referred:
    """An officer sent a matter to an agency. `is_outside`: not of the state executive (remisión)."""

    folio: str
    agency: str
    due_on: date
    is_outside: bool = False
    is_sensitive: bool = False


@dataclass(frozen=True)
class Accepted:
    folio: str
    agency: str
    is_sensitive: bool = False


@dataclass(frozen=True)
class Asked:
    """The agency needs a datum of the citizen before it can answer."""

    folio: str
    agency: str
    text: str
    is_sensitive: bool = False


@dataclass(frozen=True)
class Extended:
    """The agency has until `due_on`, for the reason in `text`."""

    folio: str
    agency: str
    text: str
    due_on: date
    is_sensitive: bool = False


@dataclass(frozen=True)
class Answered:
    folio: str
    agency: str
    text: str
    is_sensitive: bool = False


@dataclass(frozen=True)
class Guided:
    """An officer answered without referring (orientation) or told the citizen something."""

    folio: str
    text: str
    is_sensitive: bool = False


@dataclass(frozen=True)
class InterpreterMoved:
    """What became of the wish for an interpreter: requested (again), assigned, appointment, done.

    `when`, `where`: of an appointment, as the officer wrote it.
    """

    folio: str
    state: str
    when: datetime | None = None
    where: str = ""
    is_sensitive: bool = False


@dataclass(frozen=True)
class Joined:
    """The petition is attended together with `lead`, which tells of the same. `is_own`: the same person's."""

    folio: str
    lead: str
    is_own: bool = False
    is_sensitive: bool = False


@dataclass(frozen=True)
class Parted:
    """It is attended by itself again."""

    folio: str
    is_sensitive: bool = False


class Reminder(StrEnum):
    DATUM = "datum"  # the open question was not answered
    SET_ASIDE = "aside"  # nor what is kept apart belongs to
    TERM = "term"  # the day by which there must be an answer is near


@dataclass(frozen=True)
class Due:
    """The time for a reminder has come."""

    reminder: Reminder
    folio: str


@dataclass(frozen=True)
class PersonCame:
    """An officer entered the conversation. `is_another`: in the place of one who was in it."""

    folio: str
    is_another: bool = False


@dataclass(frozen=True)
class PersonWrote:
    folio: str
    text: str


@dataclass(frozen=True)
class PersonLeft:
    """The officer left, or had not written for so long that the program answers again."""

    folio: str


@dataclass(frozen=True)
class Transcribed:
    """An officer wrote down a voice note, which names the place of a petition that had none."""

    folio: str
    place: PlaceOption
    is_sensitive: bool = False


Event = (
    Said
    | Referred
    | Accepted
    | Asked
    | Extended
    | Answered
    | Guided
    | Joined
    | Parted
    | Due
    | PersonCame
    | PersonWrote
    | PersonLeft
    | Transcribed
    | InterpreterMoved
)


@dataclass(frozen=True)
class Contingency:
    """A mass event that the office has declared: its official notice, whose it is and from when (local time)."""

    id: int
    text: str
    source: str
    at: datetime


@dataclass(frozen=True)
class OpenedLink:
    """A link to another chat that was opened in this one. `channel`: of the chat that asked for it; None: forged, over
    or used."""

    code: str
    channel: str | None


@dataclass(frozen=True)
class Facts:
    """What the rest of the system knows when the event happens. `now` is local time.

    `is_command`: the kind was not guessed, the text is one of the words that the help offers. `doubt`: what would have
    to be asked if this text were a petition by itself. `several`: names of the agencies of a text's several matters.
    `rights_due_on`: when a request about one's own data would be due. `is_rush`: messages come faster than they are
    worked through. `unsaid`: what waits to leave still, oldest first; `draft`: the petition whose acknowledgement is
    among it, with what the message at hand adds to it. `quoted`: the petition of the message that this one answers;
    `asked_about`: the one whose matter a question names. `pinned`: the text read with the place that was sent ahead.
    `alike`: the open petition of theirs that the text may be about; `repeated`: the one that told this before in nearly
    the same words. `set_aside`: what is kept apart as a petition by itself; `is_of_it`: the message goes on with it.
    `language`: the name of the one that the text names.
    `has_identity`: an identity paper's number stands in the text, or in what the burst's petition tells;
    `shows_papers`: the message's files, or those just before it, show such a paper by what is said of them. `channel`:
    of this chat; `link`: what was opened in it; `linked_to`: the channel of the chat that is linked with it, known when
    the text speaks of channels.
    """

    now: datetime
    kind: str = "petition"
    is_command: bool = False
    emergency: str | None = None
    agency: str | None = None
    understood: str | None = None
    several: tuple[str, ...] = ()
    place: PlaceOption | None = None
    place_options: tuple[PlaceOption, ...] = ()
    petitions: tuple[PetitionFacts, ...] = ()
    mentioned: tuple[Mention, ...] = ()
    edited_folio: str | None = None
    new_folio: str = ""
    due_on: date = date.max
    rights_due_on: date = date.max
    doubt: Doubt | None = None
    is_rush: bool = False
    patience: Patience = Patience()
    unsaid: "tuple[Say, ...]" = ()
    draft: Told | None = None
    quoted: str | None = None
    asked_about: str | None = None
    pinned: Understood | None = None
    alike: str | None = None
    repeated: str | None = None
    set_aside: Told | None = None
    is_of_it: bool = False
    language: str | None = None
    contingency: Contingency | None = None
    has_identity: bool = False
    shows_papers: bool = False
    channel: str = ""
    link: OpenedLink | None = None
    linked_to: str | None = None

    @property
    def read(self) -> Understood:
        """The message by itself."""
        return Understood(self.agency, self.understood, self.several, self.place, self.place_options, self.doubt)

    @property
    def named(self) -> PetitionFacts | None:
        """The citizen's own petition whose folio stands in the text."""
        return next((mention.petition for mention in self.mentioned if mention.is_own and mention.petition), None)

    def find(self, folio: str | None) -> PetitionFacts | None:
        """The citizen's own petition with that folio."""
        return next((p for p in self.petitions if p.folio == folio), None)


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
    """The message at hand, with its files, belongs to this petition. `is_place`: it only tells where that is."""

    folio: str
    is_place: bool = False


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
    """

    purpose: str
    text: str
    choices: tuple[Choice, ...] = ()
    folio: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    after: timedelta = timedelta(0)
    is_withheld: bool = False


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
)


@dataclass(frozen=True)
class Turn:
    state: State
    effects: tuple[Effect, ...] = ()

    def then(self, *effects: Effect) -> "Turn":
        return replace(self, effects=(*self.effects, *effects))

    def saying(self, change: Callable[[Say], Say]) -> "Turn":
        """The same, each sentence changed."""
        return replace(self, effects=tuple(change(e) if isinstance(e, Say) else e for e in self.effects))

    def silent(self) -> "Turn":
        """The same without a word."""
        return replace(self, effects=tuple(effect for effect in self.effects if not isinstance(effect, Say)))


class Texts(Protocol):
    """The message catalogue: the sentence of a key with its values filled in. Raises KeyError for an unknown key."""

    def __call__(self, key: str, **values: object) -> str: ...
