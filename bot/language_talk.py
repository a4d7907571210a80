"""Whoever needs an interpreter: in which language and from which town, and what the office does about it.

Source: facts/domain §5: the town names the variant; nothing is inferred from it, nothing is translated by a machine.
"""

import re
from dataclasses import replace

from bot import place_talk
from bot.choices import plain
from bot.effects import AddToPetition, CallPerson, NeedInterpreter, Say, SetPlace
from bot.events import InterpreterMoved, Said
from bot.known import Facts
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

ANSWER_WORDS = 12  # «somos mixes de Totontepec, en la sierra»; a longer one joins the petition with all it says
OWN_WORDS = 5  # of a language that no list has: «la de mi pueblo»
TOWN = re.compile(r"^(?:(?:y|es|soy|somos|de|del|en|pueblo|municipio|variante|lengua|la|el)\b[\s,]*)+", re.IGNORECASE)
_NEED = r"(?:necesit|quier|quisier|ocup|pid|pedimos|solicit|hace falta|mand|consig|busc|urge|apoy|ayud)\w*"
_PERSON = r"(?:interprete|traductora?|quien (?:me|nos|le|les) (?:traduzca|interprete))"
ASKED = re.compile(
    rf"\b{_NEED}(?:\s\w+){{0,4}}\s{_PERSON}s?\b"
    r"|\bno (?:hablo|habla|hablamos|hablan|entiendo|entiende|entendemos|entienden) (?:bien )?(?:el )?"
    r"(?:espanol|castellano|castilla)\b"
)
ONLY = re.compile(r"\b(?:solo|solamente|puro|pura|nomas|nada mas) (?:habl|entiend)\w+\b")


def is_asked(text: str, facts: Facts) -> bool:
    """Inside a matter: an interpreter is asked for, or somebody is said to speak no Spanish or one language alone."""
    words = plain(text)
    return bool(ASKED.search(words) or (facts.language and ONLY.search(words)))


def ask(turn: Turn, folio: str, facts: Facts, texts: Texts) -> Turn:
    """The need is noted with the language that the text names; of language and town only what is missing is asked.

    Both are the one question that stays open: the town answers for the petition's place where it has none.
    """
    asked = texts("interpreter", folio=folio)
    if facts.language:
        asked = texts("interpreter.town", folio=folio, language=facts.language)
    said = Say("interpreter", asked, folio=folio)
    state = turn.state.settle().ask(Awaiting.LANGUAGE, folio)
    return Turn(replace(state, latest=folio), (*turn.effects, NeedInterpreter(folio, facts.language), said))


def is_answer(state: State, said: Said, facts: Facts) -> bool:
    """While it is asked: the name of a language alone sounds like the wish for an interpreter."""
    return state.awaiting == Awaiting.LANGUAGE and facts.kind == "interpreter" and not facts.is_command


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """Language and town, or one of them, in whatever words; a voice note is heard by a person. None: something else."""
    folio, words = state.folio or "", len(said.text.split())
    petition = facts.find(folio)
    if petition is None or said.is_sticker or said.unsupported:
        return None
    if said.has_voice:
        told = Say("interpreter.heard", texts("interpreter.heard", folio=folio), folio=folio)
        return Turn(replace(state.settle(), latest=folio), (AddToPetition(folio), told))
    is_bare = facts.kind in ("yes", "no") and not facts.language
    is_small = is_bare or facts.kind in ("greeting", "thanks") or said.has_files or said.has_location
    if not said.text or is_small or (words > OWN_WORDS and not facts.language and not facts.place):
        return None
    if words > ANSWER_WORDS and facts.kind == "petition" and not facts.language:
        return None
    town = facts.place.name if facts.place else _town(said.text) if words <= ANSWER_WORDS else None
    effects = (NeedInterpreter(folio, facts.language, town),)
    added = (AddToPetition(folio),) if words > ANSWER_WORDS else ()
    turn = Turn(replace(state.settle(), latest=folio), (*added, *effects))
    if facts.place and not petition.is_placed:
        turn = turn.then(SetPlace(folio, clave=facts.place.clave))
    turn = turn.then(_noted(folio, facts.language, town, texts))
    return turn if facts.place or petition.is_placed else place_talk.ask(turn, folio, facts.place_options, texts)


def _noted(folio: str, language: str | None, town: str | None, texts: Texts) -> Say:
    told = ", ".join(filter(None, (language, town)))
    return Say("interpreter.noted", texts("interpreter.noted", folio=folio, told=told), folio=folio)


def _town(text: str) -> str:
    """The person's own words, without the small ones before them."""
    return " ".join(TOWN.sub("", text.strip()).split()) or text.strip()


def tell(state: State, event: InterpreterMoved, texts: Texts) -> Turn:
    """What became of it. After ALTO only the appointment, which was asked for; a reserved matter's is asked for."""
    is_appointment = event.state == "appointment"
    if state.is_unsafe:
        return Turn(state, (CallPerson(event.folio, "unsafe"),) if is_appointment else ())
    if state.is_muted and not is_appointment:
        return Turn(state)
    key = "notice.sensitive" if event.is_sensitive else f"notice.interpreter_{event.state}"
    text = texts(key, folio=event.folio, when=event.when, where=event.where)
    return Turn(
        replace(state, latest=event.folio), (Say(key, text, folio=event.folio, fields=(("folio", event.folio),)),)
    )
