"""One stored event, and what the program says to it when it is asked again. For `retelling`.

Asked again is the dialogue, a pure function, with the event, the state and the facts of that time (`basis`): what comes
out is exact, and differs from what was said only where program or sentences have changed since. Not computed anew, but
told as it was: what the mind read. What today's mind would read stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.dialogue import step
from bot.effects import Effect, Say
from bot.errors import Unreadable
from bot.messages import Ignored, Inbound
from bot.state import State
from bot.turn import Turn
from intake.office import Office
from intake.petitions.folio import hide_folios
from intake.tables.incoming import InboundEvent, Message
from intake.thinking.basis import Basis, unpack
from intake.thinking.messages import TEXT_MAX
from intake.thinking.process import said_of


@dataclass(frozen=True)
class Sentence:
    """One thing that is said. `purpose`: the catalogue's key; `choices`: labels of its buttons."""

    purpose: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """What the mind made of a text. `ranking`: names of agencies with their probabilities, best first."""

    kind: str
    emergency: str | None
    place: str | None
    ranking: tuple[tuple[str, float], ...]
    model_version: str | None


@dataclass(frozen=True)
class Remembered:
    """Of the conversation's state. `asked`: the open question, about the petition `folio`; `person`: one was in it."""

    asked: str | None
    folio: str | None
    latest: str | None
    person: bool


@dataclass(frozen=True)
class Done:
    """An effect other than a sentence; `name`: its class's."""

    name: str
    folio: str
    detail: str


@dataclass(frozen=True)
class Retold:
    """One event. `note`: why it made no message. `said`: what was answered then.

    `again` None: it cannot be asked again; then nothing from `before` on is known. `today`: what the mind would read
    now, where that is something else. `folio`: the petition that it belongs to.
    """

    event_id: int
    at: datetime
    text: str
    state: str
    note: str | None
    folio: str | None
    version: int
    read: Read | None
    today: Read | None
    before: Remembered | None
    after: Remembered | None
    effects: tuple[Done, ...]
    said: tuple[Sentence, ...]
    again: tuple[Sentence, ...] | None

    @property
    def is_other(self) -> bool:
        """Today's program would say something else."""
        return self.again is not None and _compared(self.again) != _compared(self.said)


def tell_again(
    office: Office, event: InboundEvent, message: Message | None, said: tuple[Sentence, ...], folio: str | None
) -> Retold:
    """`said`: what was answered then; `folio`: of the petition that the message belongs to."""
    basis = unpack(message.basis) if message else None
    turn = _again(office, event, basis) if basis else None
    return Retold(
        event_id=event.id,
        at=event.received_at,
        text=message.text if message else "",
        state=event.state,
        note=event.note,
        folio=folio,
        version=message.version if message else 1,
        read=_read(office, message, basis) if message else None,
        today=_today(office, message, basis) if message and basis else None,
        before=_remembered(basis.state) if basis and turn else None,
        after=_remembered(turn.state) if turn else None,
        effects=_effects(office, turn) if turn else (),
        said=said,
        again=_sentences(turn) if turn else None,
    )


def _again(office: Office, event: InboundEvent, basis: Basis) -> Turn | None:
    """None: the channel is not configured any more, or its adapter does not read the event as it did."""
    try:
        parsed = office.channel(event.channel).parse(event.body)
    except (KeyError, Unreadable):
        return None
    if isinstance(parsed, Ignored):
        return None
    return step(basis.state, said_of(_cut(parsed)), basis.facts, office.texts)


def _cut(inbound: Inbound) -> Inbound:
    return replace(inbound, text=inbound.text[:TEXT_MAX])


def _sentences(turn: Turn) -> tuple[Sentence, ...]:
    says = (effect for effect in turn.effects if isinstance(effect, Say))
    return tuple(Sentence(say.purpose, say.text, tuple(c.label for c in say.choices)) for say in says)


def _compared(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Where a long text was cut, its white space is not what it was."""
    return [replace(one, text=" ".join(one.text.split())) for one in sentences]


def _read(office: Office, message: Message, basis: Basis | None) -> Read:
    place = basis.facts.place if basis else None
    ranking = basis.ranking if basis else ()
    named = tuple((office.jurisdiction.name_agency(key), probability) for key, probability in ranking)
    return Read(
        message.kind,
        message.emergency,
        place.name if place else None,
        named,
        basis.model_version if basis else None,
    )


def _today(office: Office, message: Message, basis: Basis) -> Read | None:
    """None: kind, danger and first agency would be the same."""
    found = office.reader.read(hide_folios(message.text, office.jurisdiction.folio_series), explains=False)
    emergency = found.emergency.kind.value if found.emergency else None
    first = found.suggestions[0].agency if found.suggestions else None
    was = basis.ranking[0][0] if basis.ranking else None
    if (found.kind.value, emergency, first) == (message.kind, message.emergency, was):
        return None
    ranking = tuple((office.jurisdiction.name_agency(s.agency), s.probability) for s in found.suggestions[:1])
    return Read(found.kind.value, emergency, None, ranking, found.model_version)


def _remembered(state: State) -> Remembered:
    asked = state.awaiting.value if state.awaiting else None
    return Remembered(asked, state.folio, state.latest, state.person_folio is not None)


def _effects(office: Office, turn: Turn) -> tuple[Done, ...]:
    return tuple(
        Done(type(effect).__name__, getattr(effect, "folio", None) or "", _detail(office, effect))
        for effect in turn.effects
        if not isinstance(effect, Say)
    )


def _detail(office: Office, effect: Effect) -> str:
    """What an effect names besides its petition: a municipality, an agency, the citizen's words."""
    clave = getattr(effect, "clave", None) or getattr(effect, "place", None)
    if clave and (place := office.reader.find_municipality(clave)):
        return place.nombre
    agency = getattr(effect, "agency", None)
    return office.jurisdiction.name_agency(agency) if agency else getattr(effect, "words", None) or ""
