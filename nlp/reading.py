"""The values that the mind hands over: one `Reading` for each text."""

from dataclasses import dataclass
from enum import StrEnum

PRESSING = 0.4  # probability of harm by waiting from which a petition goes first: 4 % of unseen ones, most rightly


class MessageKind(StrEnum):
    GREETING = "greeting"
    PETITION = "petition"
    STATUS_QUERY = "status_query"
    CORRECTION = "correction"
    THANKS = "thanks"
    HUMAN = "human"
    CANCEL = "cancel"
    PRIVACY = "privacy"
    HELP = "help"
    YES = "yes"
    NO = "no"
    COMPLAINT_NO_ANSWER = "complaint_no_answer"
    SPAM = "spam"
    INTERPRETER = "interpreter"
    INFO = "info"


class EmergencyKind(StrEnum):
    VIOLENCIA = "violencia"
    SUICIDIO = "suicidio"
    DESAPARICION = "desaparicion"
    INCENDIO = "incendio"
    ACCIDENTE_MEDICO = "accidente_medico"
    DESASTRE = "desastre"
    DELITO_EN_CURSO = "delito_en_curso"
    MENOR_EN_RIESGO = "menor_en_riesgo"


class Urgency(StrEnum):
    """TODAY: nobody is in danger, but waiting some days does harm that cannot be made good."""

    TODAY = "today"
    USUAL = "usual"


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of the original text and the text there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Suggestion:
    """`agency` is a key of the jurisdiction's catalogue; probability in [0, 1], over all agencies it would sum to 1."""

    agency: str
    probability: float
    because: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Emergency:
    kind: EmergencyKind
    probability: float


@dataclass(frozen=True)
class Municipality:
    """A municipality of the jurisdiction: INEGI key, official name, region, district, seat in degrees."""

    clave: str
    nombre: str
    region: str
    distrito: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True)
class PlaceReading:
    """Municipalities that a text may name, best first, at most five. `chosen` only when there is no doubt."""

    candidates: tuple[Municipality, ...]
    chosen: Municipality | None


@dataclass(frozen=True)
class Reading:
    """What one text says. `suggestions` best first, at least three; `model_version` None when no model is loaded.

    `is_command`: the kind was told by a fixed word, not by the model. `is_sure`: the first suggestion is as probable as
    its agency's promised precision asks for. `question`: the id of the one that would settle a doubt. `urgency`: the
    probability that it should be read today.
    """

    kind: MessageKind
    kind_probability: float
    emergency: Emergency | None
    suggestions: tuple[Suggestion, ...]
    place: PlaceReading | None
    model_version: str | None
    is_command: bool = False
    is_sure: bool = False
    question: str | None = None
    urgency: float = 0.0
