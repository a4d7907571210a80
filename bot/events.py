"""What can happen in a conversation: what the citizen does, what the office does, what falls due."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.known import PlaceOption


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
class AnswerFile:
    """A file that an agency gives with its answer. `number`: by which intake knows it."""

    number: int
    name: str


@dataclass(frozen=True)
class Answered:
    """`files`: what goes after the answer's text, in order. `paper`: the address of the answer as a document, until a
    day; empty: there is none to be had."""

    folio: str
    agency: str
    text: str
    is_sensitive: bool = False
    files: tuple[AnswerFile, ...] = ()
    paper: str = ""
    paper_until: date | None = None


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


@dataclass(frozen=True)
class MeetingInvited:
    """The petition is at the table of a meeting, and its person agreed to be told."""

    folio: str
    when: datetime
    where: str
    is_sensitive: bool = False


@dataclass(frozen=True)
class MeetingMoved:
    """They were invited, and it is at another time or place; `when` None: it is not held."""

    folio: str
    when: datetime | None
    where: str
    is_sensitive: bool = False


@dataclass(frozen=True)
class Recounted:
    """The calendar changed, and with it the day by which there must be an answer."""

    folio: str
    due_on: date
    is_sensitive: bool = False


@dataclass(frozen=True)
class AgreementDue:
    """What that meeting agreed on is to be done by `due_on`."""

    folio: str
    due_on: date
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
    | MeetingInvited
    | MeetingMoved
    | Recounted
    | AgreementDue
)
