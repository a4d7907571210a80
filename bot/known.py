"""What is known when something happens: the facts of a turn, made by intake from rows and readings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.effects import Say

TELLING = frozenset({"petition", "info", "correction"})  # kinds that tell of a matter


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
    concluded. `clave`: of the municipality. `may_reopen`: it was closed in a way that can be undone. `is_minor`: a
    child told it. `follows`: the folio with which it is attended. `waiting`: what further agencies asked and wait for,
    beside `question`. `wants_person`: staff are called to it already.
    """

    folio: str
    word: str
    opened_at: datetime
    due_on: date
    summary: str = ""
    agency: str | None = None
    municipality: str | None = None
    clave: str | None = None
    is_open: bool = True
    is_in_triage: bool = True
    is_answered: bool = False
    may_reopen: bool = False
    is_sensitive: bool = False
    is_placed: bool = False
    has_reserved: bool = False
    survey: Survey | None = None
    is_anonymous: bool = False
    is_minor: bool = False
    wants_person: bool = False
    doubt: Doubt | None = None
    question: Question | None = None
    waiting: tuple[Question, ...] = ()
    follows: str | None = None


@dataclass(frozen=True)
class Mention:
    """A folio in the citizen's text. `petition` None: no such folio. Not `is_own`: only its word may be said."""

    folio: str
    petition: PetitionFacts | None = None
    is_own: bool = False


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
class Contingency:
    """A mass event that the office has declared: its official notice, whose it is and from when (local time)."""

    id: int
    text: str
    source: str
    at: datetime


class Door(StrEnum):
    """What becomes of a check-in at a meeting. KNOWN: this chat has signed in; NONE: no meeting has that code."""

    OPEN = "open"
    KNOWN = "known"
    EARLY = "early"
    OVER = "over"
    FULL = "full"
    NONE = "none"


@dataclass(frozen=True)
class CheckIn:
    """The code of a meeting stands in the text. `meeting`: its number; None: there is none."""

    door: Door
    meeting: int | None = None
    title: str = ""


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
    the text speaks of channels. `check_in`: the text is a meeting's code and nothing else.
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
    check_in: CheckIn | None = None

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
