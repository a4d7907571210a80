"""The dialogue's states as one picture, found by asking the dialogue itself: `step` is called in each state with what
people and the office do, and where that leads is an arrow. Written into docs/dialogue.md by `documents`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue import step
from bot.events import Answered, Asked, Event, Guided, Said
from bot.known import Contingency, Doubt, Facts, OpenedLink, PetitionFacts, PlaceOption, Question, Told, Understood
from bot.state import Awaiting, State
from bot.texts import Catalogue

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("America/Mexico_City"))
FOLIO, NEW, AGENCY = "JG-2026-004K7Q-3", "JG-2026-00WXYZ-2", "CEABIEN"
DUE = date(2026, 12, 9)
TOWN = PlaceOption("20043", "Juchitán de Zaragoza", "Istmo")
TWINS = (PlaceOption("20208", "San Juan Mixtepec", "Mixteca"), PlaceOption("20209", "San Juan Mixtepec", "Sierra Sur"))
FREE, ANY = "free", "any"
LABELS_MAX = 4


@dataclass(frozen=True)
class Doing:
    """One thing that somebody does: in words, and as the dialogue gets it."""

    words: str
    event: Event
    facts: Facts


def draw(texts: Catalogue) -> str:
    """The picture in Mermaid's language; the same for the same program and sentences."""
    arrows = _arrows(texts)
    lines = ["stateDiagram-v2", "    direction LR", f"    {FREE}: no question is open", f"    {ANY}: whatever is open"]
    lines += [f"    {name.value}: {name.value.replace('_', ' ')}" for name in Awaiting]
    lines += [f"    {source} --> {target}: {_joined(words)}" for (source, target), words in arrows.items()]
    return "\n".join(lines) + "\n"


def list_unreached(texts: Catalogue) -> set[Awaiting]:
    """Questions that no arrow leads to: the picture is not whole."""
    return {*Awaiting} - {Awaiting(target) for _, target in _arrows(texts) if target not in (FREE, ANY)}


def _arrows(texts: Catalogue) -> dict[tuple[str, str], list[str]]:
    """By source and target, what leads from one to the other. What leads from everywhere to one place stands once."""
    found: dict[tuple[str, str], list[str]] = {}
    states: dict[str, State] = {FREE: State(is_welcomed=True, heard_at=NOW)}
    waiting, from_anywhere = [FREE], dict[str, set[str]]()
    while waiting:
        source = waiting.pop(0)
        for doing in _doings(states[source]):
            after = step(states[source], doing.event, doing.facts, texts).state
            target = after.awaiting.value if after.awaiting else FREE
            if target not in states:
                states[target] = replace(after, latest=after.folio or FOLIO)
                waiting.append(target)
            if target != source:
                found.setdefault((source, target), []).append(doing.words)
        for doing in _at_any_time():
            after = step(states[source], doing.event, doing.facts, texts).state
            from_anywhere.setdefault(doing.words, set()).add(after.awaiting.value if after.awaiting else FREE)
    for words, targets in from_anywhere.items():
        for target in sorted(targets):
            found.setdefault((ANY, target), []).append(words)
    return found


def _doings(state: State) -> Iterator[Doing]:
    return _openings() if state.awaiting is None else _answers(state)


def _openings() -> Iterator[Doing]:
    """What opens a question when none is."""
    told = "no hay agua en la colonia, también falta la luz"
    yield Doing("petition without a place", Said(told), _facts())
    yield Doing("petition from a name that several have", Said(told), _facts(place_options=TWINS))
    yield Doing("photo without a word", Said(has_files=True), _facts())
    yield Doing("several matters", Said(told), _facts(place=TOWN, several=("CFE", "Agua")))
    doubt = Doubt("¿Qué agua es?", (("La red", AGENCY), ("El río", "CONAGUA")))
    yield Doing("two agencies compete", Said(told), _facts(place=TOWN, doubt=doubt))
    yield Doing("may be of an open petition", Said(told), _facts(place=TOWN, alike=FOLIO))
    yield Doing("tells the same again", Said(told), _facts(place=TOWN, repeated=FOLIO))
    yield Doing("a child writes", Said("tengo 13 años y mi escuela no tiene agua"), _facts(place=TOWN))
    yield Doing("opens a link from the other chat", Said("enlace"), _facts(link=OpenedLink("A1", "whatsapp")))
    yield Doing("wish for an interpreter", Said("quiero hablar en mi lengua"), _facts("interpreter"))
    current = Contingency(1, "Hubo un sismo.", "Protección Civil", NOW)
    yield Doing("petition in a contingency", Said(told), _facts(place=TOWN, contingency=current))
    yield Doing("violence", Said("me pega"), _facts(emergency="violencia"))
    yield Doing("the agency asks for a datum", Asked(FOLIO, AGENCY, "¿Qué calle?"), _facts())
    yield Doing("the answer comes", Answered(FOLIO, AGENCY, "Ya quedó."), _facts())
    yield Doing("a reserved answer comes", Guided(FOLIO, "Venga.", is_sensitive=True), _facts())
    yield Doing("CANCELAR", Said("cancelar"), _facts("cancel", is_command=True))
    yield Doing("MIS DATOS", Said("mis datos"), _facts("privacy"))
    yield Doing("asks to have data erased", Said("borren mis datos"), _facts("privacy"))


def _answers(state: State) -> Iterator[Doing]:
    """Every offered choice, and an answer in one's own words, with and without a place."""
    for choice in state.offered:
        yield Doing(f"«{choice.label}»", Said(button=choice.data), _facts(state=state))
    yield Doing("names the municipality", Said("en Juchitán"), _facts(state=state, place=TOWN))
    yield Doing("own words", Said("la de mi pueblo"), _facts(state=state))
    yield Doing("voice note", Said(has_files=True, has_voice=True), _facts(state=state))


def _at_any_time() -> Iterator[Doing]:
    yield Doing("danger: its number first", Said("nos asaltan"), _facts(emergency="delito_en_curso"))


def _facts(kind: str = "petition", *, state: State | None = None, **known: Any) -> Facts:
    folio = (state.folio if state else None) or FOLIO
    asks = Question(AGENCY, "¿Qué calle?", NOW) if state and state.awaiting == Awaiting.DATUM else None
    own = PetitionFacts(folio, "received", NOW - timedelta(minutes=5), DUE, question=asks)
    answered = replace(own, is_answered=bool(state and state.awaiting == Awaiting.SOLVED))
    if state and state.set_aside:
        known["set_aside"] = Told(NEW, NOW, DUE, "no hay agua", read=Understood(agency=AGENCY, place=TOWN))
    return Facts(NOW, kind, agency=AGENCY, petitions=(answered,), new_folio=NEW, **known)


def _joined(words: list[str]) -> str:
    shown = [*dict.fromkeys(words)]
    return " · ".join(shown[:LABELS_MAX]) + (" · …" if len(shown) > LABELS_MAX else "")
