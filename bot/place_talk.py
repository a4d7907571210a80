"""The one question that most petitions still need: which municipality, and which of several with that name."""

import re
from dataclasses import replace
from datetime import timedelta

from bot import doubt_talk
from bot.choices import plain
from bot.effects import AddToPetition, Say, SetPlace
from bot.events import Said, Transcribed
from bot.known import Facts, PlaceOption
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

OFFERED_AT_MOST = 3
ASKED_AT_MOST = 2  # then the citizen's own words are kept and a person finds the place
SAME_TALK = timedelta(minutes=30)  # «así está», a caption, an answer: about what was just spoken of; later, for itself
NEW_MATTER_WORDS = 5  # an answer to «¿de qué municipio?» is short; a longer text that names no place is something else

POINTING_WORDS = 10
POINTS = re.compile(  # it begins with a place; «el poste de enfrente de la escuela…» begins with a thing
    r"^(?:(?:pues|mire|bueno|es|esta|estamos|queda|vivo|vivimos|nomas|mero|ahi|aqui|alla|aca|por|en|donde) )*"
    r"(?:le (?:dicen|llaman|decimos)|a un lado de|atras de|adelante de|enfrente de|rumbo a|junto al?|cerca del?"
    r"|(?:ahi|aqui|alla|aca) (?:por|cerca|donde|junto|frente|atras|entre))\b"
)
LACKS = re.compile(  # who says that tells of a problem, wherever it is
    r"\b(no (?:hay|han?|me|nos|sirven?|pasan?|llegan?|tengo|tenemos)|faltan?|necesit\w+|quier\w+|roba\w*|se \w+)\b"
)


def ask(turn: Turn, folio: str, options: tuple[PlaceOption, ...], texts: Texts) -> Turn:
    """Add the question to a turn: between the candidates that the text left open, else openly."""
    if options:
        return _ask_which(turn, folio, options, texts)
    question = Say("ask.municipality", texts("ask.municipality"), folio=folio)
    return Turn(turn.state.ask(Awaiting.MUNICIPALITY, folio), (*turn.effects, question))


def is_answer(state: State, said: Said, facts: Facts) -> bool:
    """A short text with a place in it while the place is asked for: an answer, whatever kind it looks like alone."""
    is_asked = state.awaiting in (Awaiting.MUNICIPALITY, Awaiting.WHICH_MUNICIPALITY)
    is_named = facts.place is not None or bool(facts.place_options)
    return is_asked and is_named and len(said.text.split()) <= NEW_MATTER_WORDS


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """An answer to the question. None: the citizen speaks of something else."""
    folio, words = state.folio or "", len(said.text.split())
    if _is_another(state, said, facts):
        return None
    if facts.place:
        turn = _placed_at_last(state, folio, facts.place, facts, texts)
        return turn if words <= NEW_MATTER_WORDS and not said.has_location else _with_message(turn, folio, said)
    if said.has_files or not said.text or facts.kind in ("greeting", "thanks", "spam"):
        return None
    if facts.place_options:
        return _ask_which(Turn(state), folio, facts.place_options, texts)
    if facts.kind in ("petition", "info") and words > NEW_MATTER_WORDS and not _points(state, said, facts):
        return None
    return _not_found(state, said, folio, texts)


def _is_another(state: State, said: Said, facts: Facts) -> bool:
    """A longer text that surely is another agency's, once the talk is over: a matter of its own, with its own place.

    In the same talk it is an answer: «soy de Zaachila, ahí por el panteón» sounds like the municipality's.
    """
    is_sure = facts.kind == "petition" and facts.understood is not None and facts.agency != state.latest_agency
    is_over = state.heard_at is not None and facts.now - state.heard_at > SAME_TALK
    return is_sure and is_over and not said.has_location and len(said.text.split()) > NEW_MATTER_WORDS


def chosen(state: State, choice: Choice, facts: Facts, texts: Texts) -> Turn:
    verb, folio, clave = choice.data.split(":", 2)
    if verb == "other":
        question = Say("ask.municipality.again", texts("ask.municipality.again"), folio=folio)
        return Turn(state.ask(Awaiting.MUNICIPALITY, folio), (question,))
    return _placed_at_last(state, folio, PlaceOption(clave, choice.label, ""), facts, texts)


def placed(state: State, folio: str, place: PlaceOption, texts: Texts) -> Turn:
    said = Say("municipality.noted", texts("municipality.noted", place=place.name, folio=folio), folio=folio)
    state = state.settle() if state.folio == folio else state
    return Turn(replace(state, latest=folio), (SetPlace(folio, clave=place.clave), said))


def transcribed(state: State, event: Transcribed, texts: Texts) -> Turn:
    """As if the citizen had written the place. In silence when it may be read by others, or a person talks to them."""
    turn = placed(state, event.folio, event.place, texts)
    return turn.silent() if event.is_sensitive or state.person_folio else turn


def _placed_at_last(state: State, folio: str, place: PlaceOption, facts: Facts, texts: Texts) -> Turn:
    """The place was asked for; now the next question may come."""
    petition = facts.find(folio)
    return doubt_talk.ask(placed(state, folio, place, texts), folio, petition.doubt if petition else None, texts)


def _with_message(turn: Turn, folio: str, said: Said) -> Turn:
    added = AddToPetition(folio, is_place=not LACKS.search(plain(said.text)))
    return replace(turn, effects=(added, *turn.effects))


def _points(state: State, said: Said, facts: Facts) -> bool:
    """«Pues ahí por donde le dicen El Aguacatal»: a place in the person's own words, whatever it sounds like."""
    words, is_late = plain(said.text), state.heard_at is not None and facts.now - state.heard_at > SAME_TALK
    is_short = len(words.split()) <= POINTING_WORDS
    return is_short and not is_late and bool(POINTS.search(words)) and not LACKS.search(words)


def _ask_which(turn: Turn, folio: str, options: tuple[PlaceOption, ...], texts: Texts) -> Turn:
    """At most three, told apart by district, and a way out (facts/domain §4: two names are exact homonyms)."""
    shown = [Choice(_label(option), f"place:{folio}:{option.clave}") for option in options[:OFFERED_AT_MOST]]
    choices = (*shown, Choice(texts("choice.other"), f"other:{folio}:"))
    question = Say("ask.which_municipality", texts("ask.which_municipality"), choices, folio)
    return Turn(turn.state.ask(Awaiting.WHICH_MUNICIPALITY, folio, choices), (*turn.effects, question))


def _label(option: PlaceOption) -> str:
    return f"{option.name} ({option.district})" if option.district else option.name


def _not_found(state: State, said: Said, folio: str, texts: Texts) -> Turn:
    kept = SetPlace(folio, words=said.text)
    if state.awaiting == Awaiting.MUNICIPALITY and state.times_asked >= ASKED_AT_MOST:
        done = Say("municipality.left", texts("municipality.left", folio=folio), folio=folio)
        return Turn(state.settle(), (AddToPetition(folio, is_place=True), kept, done))
    again = Say("ask.municipality.again", texts("ask.municipality.again"), folio=folio)
    return Turn(state.ask(Awaiting.MUNICIPALITY, folio), (AddToPetition(folio, is_place=True), kept, again))
