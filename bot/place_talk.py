"""The one question that most petitions still need: which municipality, and which of several with that name."""

import re
from dataclasses import replace
from datetime import timedelta

from bot import doubt_talk
from bot.choices import plain
from bot.effects import AddToPetition, Say, SetPlace
from bot.events import Said, Transcribed
from bot.known import Facts, PlaceOption, Told
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

OFFERED_AT_MOST = 3
ASKED_AT_MOST = 2  # then the citizen's own words are kept and a person finds the place
SAME_TALK = timedelta(minutes=30)  # «así está», a caption, an answer: about what was just spoken of; later, for itself
NEW_MATTER_WORDS = 5  # an answer to «¿de qué municipio?» is short; a longer text that names no place is something else
SMALL = frozenset({"greeting", "thanks", "spam"})

BARE_WORDS = 4
TOLD_BEFORE = re.compile(r"(?:pero |que |pues )*ya (?:(?:se|lo|los|les|le) )*(?:puse|dije|mande|escribi|di|conteste)\b")
FRESH = timedelta(hours=24)  # «corrijo…», «en la misma colonia» mean the petition of the last day
SAME_PLACE = re.compile(
    r"\b(?:(?:la |el )?mism[oa] (?:colonia|calle|municipio|pueblo|comunidad|lugar|cuadra|barrio|agencia|rumbo)"
    r"|(?:aqui|ahi) mismo)\b"
)
REFUSES = re.compile(
    r"(?:(?:no|mejor|pues|la verdad|yo) )*(?:no (?:les? )?(?:quiero|puedo|voy a) decir|prefiero no|me da miedo decir)"
)
DENIES = re.compile(
    r"(?:pero |oiga |perdon |disculpe |ay |uy |no |me equivoque |esta mal )*"
    r"no (?:es|era|fue|soy de|somos de|vivo en|estoy en)\b(?!.* (?:es|sino) )"
)
AHEAD = re.compile(  # «soy de Tlacolula»: nothing but where; what happens there comes next
    r"(?:(?:hola|buen[oa]s?|dias?|tardes|noches|mire|oiga|yo|pues) )*"
    r"(?:(?:soy|somos|escribo|le escribo|les escribo) de(?:sde)?|vivo en|vivimos en"
    r"|(?:mi|nuestro) (?:municipio|pueblo) es)\b(?P<rest>.*)"
)
HERE = re.compile(
    r"(?:(?:estoy|estamos|es|fue|aqui|vivo|vivimos|soy|somos) )*(?:(?:en|de|por) )?(?P<rest>\w+(?: \w+){0,6})"
)
OF_PLACES = frozenset("de del la el los las en y aqui municipio comunidad pueblo agencia distrito oaxaca oax".split())
POINTING_WORDS = 10
POINTS = re.compile(  # it begins with a place; «el poste de enfrente de la escuela…» begins with a thing
    r"^(?:(?:pues|mire|bueno|es|esta|estamos|queda|vivo|vivimos|nomas|mero|ahi|aqui|alla|aca|por|en|donde) )*"
    r"(?:le (?:dicen|llaman|decimos)|a un lado de|atras de|adelante de|enfrente de|rumbo a|junto al?|cerca del?"
    r"|(?:ahi|aqui|alla|aca) (?:por|cerca|donde|junto|frente|atras|entre))\b"
)
STREETS = re.compile(
    r"^(?:(?:y|es|queda|esta|pues|mero|ahi|aqui|fue) )*(?:en|por|sobre|entre) (?:las? |el |los )?"
    r"(?:colonia|col|calles?|barrio|paraje|agencia|comunidad|rancheria|carretera|crucero|fraccionamiento|fracc|privada"
    r"|avenida|av|esquina|kilometro|km|seccion|manzana|unidad)\b"
)
HAPPENS = re.compile(  # «en la esquina tiran basura» tells what happens there
    r"\b(?:hay|hubo|tiran?|venden?|asaltan?|chocan?|choco|pelean?|golpean?|pegan?|amenazan?|mato|matan|muert[oa]s?"
    r"|cadaver|drogas?|basura|baches?|fugas?|incendi[oa]|queman?|inunda|huele|cayo|rompio|balacera|\w{3,}(?:aron|ieron))\b"
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
    if facts.place and is_denied(said):
        return denied(Turn(state, (AddToPetition(folio, is_place=True),)), folio, facts.place, texts)
    if facts.place:
        return _answered(state, folio, facts.place, said, facts, texts)
    if said.has_files or not said.text:
        return None
    if facts.place_options and (words <= NEW_MATTER_WORDS or facts.kind not in SMALL):
        return _ask_which(Turn(state), folio, facts.place_options, texts)
    if facts.kind in SMALL:
        return None
    if facts.kind in ("petition", "info") and words > NEW_MATTER_WORDS and not _points(state, said, facts):
        return None
    return _not_found(state, said, folio, facts, texts)


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


def ahead(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """A place in words and nothing else, before any petition: kept as one sent on the map is. None: more is told."""
    found = AHEAD.fullmatch(plain(said.text))
    if not found or facts.place is None or said.has_files or said.has_location:
        return None
    if not _is_only(found["rest"], facts.place):
        return None
    asked = Say("place.ahead", texts("place.ahead", place=facts.place.name))
    return Turn(replace(state, pending_place=facts.place.clave), (asked,))


def tells_where(text: str, place: PlaceOption) -> bool:
    """«Estoy en San Bartolo», «aquí en Etla»: the place and nothing else."""
    words = plain(text)
    found = HERE.fullmatch(words)
    if found is None:
        return False
    is_begun = words.startswith(("en ", "estoy en ", "estamos en ", "aqui en ", "es en ")) and not HAPPENS.search(words)
    return (is_begun and not LACKS.search(words)) or _is_only(found["rest"], place)


def _is_only(rest: str, place: PlaceOption) -> bool:
    others = set(rest.split()) - OF_PLACES - set(plain(place.name).split())
    return len(others) <= 1  # «Xoxo»: one word may be another name of it


def denied(turn: Turn, folio: str, place: PlaceOption, texts: Texts) -> Turn:
    """«No es Ocotlán»: the place that was noted is asked for anew."""
    question = Say("ask.municipality", texts("municipality.which", place=place.name), folio=folio)
    return Turn(turn.state.ask(Awaiting.MUNICIPALITY, folio), (*turn.effects, question))


def same_as_before(told: Told, facts: Facts) -> PlaceOption | None:
    """«En la misma colonia…»: the municipality of what the person told last, lately enough to be meant."""
    before = next((p for p in facts.petitions if p.folio != told.folio), None)
    if before is None or before.clave is None or facts.now - before.opened_at > FRESH or told.read.place_options:
        return None
    is_same = SAME_PLACE.search(plain(told.text)) is not None and told.read.place is None
    return PlaceOption(before.clave, before.municipality or "", "") if is_same else None


def is_only_where(text: str) -> bool:
    """«En la colonia Vicente Guerrero», «a un lado del panteón»: it goes on with what was told."""
    return _is_pointing(text) and not HAPPENS.search(plain(text))


def _is_pointing(text: str) -> bool:
    words = plain(text)
    is_short = len(words.split()) <= POINTING_WORDS
    return is_short and bool(STREETS.match(words) or POINTS.search(words)) and not LACKS.search(words)


def is_denied(said: Said) -> bool:
    return DENIES.match(plain(said.text)) is not None


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


def _answered(state: State, folio: str, place: PlaceOption, said: Said, facts: Facts, texts: Texts) -> Turn:
    """Whatever else a longer answer tells joins the petition; what was in doubt before it is then read anew."""
    if len(said.text.split()) <= NEW_MATTER_WORDS and not said.has_location:
        return _placed_at_last(state, folio, place, facts, texts)
    words = plain(said.text)
    is_where = is_only_where(said.text) or bool(AHEAD.match(words) and not HAPPENS.search(words))
    is_matter = facts.kind == "petition" and facts.understood is not None and not is_where  # «por el panteón» is none
    tells_more = is_matter or bool(LACKS.search(words))
    turn = placed(state, folio, place, texts) if tells_more else _placed_at_last(state, folio, place, facts, texts)
    return replace(turn, effects=(AddToPetition(folio, is_place=not tells_more), *turn.effects))


def _points(state: State, said: Said, facts: Facts) -> bool:
    """«Pues ahí por donde le dicen El Aguacatal»: a place in the person's own words, whatever it sounds like."""
    is_late = state.heard_at is not None and facts.now - state.heard_at > SAME_TALK
    return not is_late and _is_pointing(said.text)


def _ask_which(turn: Turn, folio: str, options: tuple[PlaceOption, ...], texts: Texts) -> Turn:
    """At most three, told apart by district, and a way out (facts/domain §4: two names are exact homonyms)."""
    shown = [Choice(_label(option), f"place:{folio}:{option.clave}") for option in options[:OFFERED_AT_MOST]]
    choices = (*shown, Choice(texts("choice.other"), f"other:{folio}:"))
    question = Say("ask.which_municipality", texts("ask.which_municipality"), choices, folio)
    return Turn(turn.state.ask(Awaiting.WHICH_MUNICIPALITY, folio, choices), (*turn.effects, question))


def _label(option: PlaceOption) -> str:
    return f"{option.name} ({option.district})" if option.district else option.name


def _not_found(state: State, said: Said, folio: str, facts: Facts, texts: Texts) -> Turn:
    """The person's own words are kept where they may be a place."""
    is_nothing = _names_nothing(said, facts)
    kept = (AddToPetition(folio, is_place=True), *(() if is_nothing else (SetPlace(folio, words=said.text),)))
    is_refused = REFUSES.match(plain(said.text)) is not None
    if is_refused or (state.awaiting == Awaiting.MUNICIPALITY and state.times_asked >= ASKED_AT_MOST):
        key = "municipality.later" if is_nothing else "municipality.left"
        left = texts("municipality.later", folio=folio) if is_nothing else texts("municipality.left", folio=folio)
        return Turn(state.settle(), (*kept, Say(key, left, folio=folio)))
    told = texts("ask.municipality.near") if is_nothing else texts("ask.municipality.again")
    again = Say("ask.municipality.again", told, folio=folio)
    return Turn(state.ask(Awaiting.MUNICIPALITY, folio), (*kept, again))


def _names_nothing(said: Said, facts: Facts) -> bool:
    """«Sí», «no sé», «ya lo puse», «2»."""
    words = plain(said.text)
    is_bare = facts.kind in ("yes", "no") or TOLD_BEFORE.match(words) is not None or REFUSES.match(words) is not None
    return (is_bare and len(said.text.split()) <= BARE_WORDS) or not any(letter.isalpha() for letter in said.text)
