"""One question about how the person was attended, after they say that it is solved: once a petition, a comment if they
like. Not asked of who wants no notices, where a person of the office writes, or where others may read."""

import re
from dataclasses import replace

from bot import service_words
from bot.choices import plain
from bot.effects import AskRating, Comment, Rate, Say
from bot.events import Said
from bot.known import Facts, Survey
from bot.messages import Choice
from bot.place_talk import SAME_TALK
from bot.solved_words import WITH_THANKS
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB = "rate"
MARKS = ("good", "fair", "bad")
ANSWER_WORDS, UNMARKED_WORDS = 4, 6
AGAIN = re.compile(r"\b(otra vez|de nuevo|sigue|siguen|volvio|vuelve|otro problema|otra cosa|ahora)\b")
WORDS = {  # how people say it; «más o menos» and «ni bien ni mal» are told apart from «bien» first
    "fair": ("regular", "mas o menos", "masomenos", "ahi mas o menos", "ni bien ni mal"),
    "good": ("bien", "buena", "bueno", "excelente", "perfecta", "perfecto", "amable", "rapida"),
    "bad": ("mal", "mala", "malo", "pesima", "pesimo", "fea", "feo", "lenta"),
}
NOT = frozenset({"no", "nada", "pero"})
OTHER_WISHES = frozenset({"status_query", "human", "cancel", "privacy", "interpreter"})
SMALL, SMALL_WORDS = frozenset({"greeting", "thanks"}), 3


def ask(state: State, turn: Turn, folio: str, facts: Facts, texts: Texts) -> Turn:
    """Add the question to a turn that concludes the petition."""
    petition = facts.find(folio)
    is_quiet = state.is_muted or state.is_unsafe or state.person_folio
    if is_quiet or petition is None or petition.is_sensitive or petition.survey:
        return turn
    choices = tuple(Choice(texts(f"choice.{mark}"), f"{VERB}:{folio}:{mark}") for mark in MARKS)
    question = Say("ask.rating", texts("ask.rating"), choices, folio)
    return Turn(turn.state.ask(Awaiting.RATING, folio, choices), (*turn.effects, AskRating(folio), question))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    _, folio, mark = choice.data.split(":", 2)
    return _rated(state, folio, mark, texts)


def pressed(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """The button is good as long as nothing was answered. None: another button."""
    verb, _, rest = (said.button or "").partition(":")
    folio, _, mark = rest.partition(":")
    petition = facts.find(folio) if verb == VERB and mark in MARKS else None
    return _rated(state, folio, mark, texts) if petition and petition.survey == Survey.ASKED else None


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«Muy bien», «más o menos», «tardaron muchísimo». None: the person speaks of something else."""
    mark = _mark(said) if state.awaiting == Awaiting.RATING else None
    if mark:
        return _rated(state, state.folio or "", mark, texts)
    return _commented(state, texts) if is_comment(state, said, facts) else None


def is_answer(state: State, said: Said, facts: Facts) -> bool:
    """To one of both questions, whatever kind the words look like alone."""
    is_mark = state.awaiting == Awaiting.RATING and _mark(said) is not None
    return is_mark or is_comment(state, said, facts)


def is_comment(state: State, said: Said, facts: Facts) -> bool:
    """What is written after a mark or in its place, unless it asks for something or surely tells of a matter."""
    is_asked = state.awaiting == Awaiting.COMMENT
    is_asked = is_asked or (state.awaiting == Awaiting.RATING and len(said.text.split()) <= UNMARKED_WORDS)
    if not is_asked or not said.text or facts.is_command or said.is_edit:
        return False
    is_late = state.heard_at is None or facts.now - state.heard_at > SAME_TALK
    petition = facts.find(state.folio)
    is_others = facts.understood not in (None, petition.agency if petition else None)
    is_matter = facts.kind == "petition" and (is_others or AGAIN.search(plain(said.text)) is not None)
    is_small = facts.kind in SMALL and len(said.text.split()) <= SMALL_WORDS
    is_small = is_small and not service_words.is_bad(plain(said.text))  # «tardaron muchísimo» sounds like thanks
    return not is_small and not is_late and not is_matter and not facts.mentioned and facts.kind not in OTHER_WISHES


def _commented(state: State, texts: Texts) -> Turn:
    folio = state.folio or ""
    return Turn(state.settle(), (Comment(folio), Say("rating.commented", texts("rating.commented"), folio=folio)))


def stop(state: State) -> State:
    """ALTO: neither question is open any more."""
    return state.settle() if state.awaiting in (Awaiting.RATING, Awaiting.COMMENT) else state


def _mark(said: Said) -> str | None:
    words = plain(said.text)
    telling = [word for word in words.split() if word not in WITH_THANKS]
    if not telling or len(telling) > ANSWER_WORDS or NOT & set(words.split()):
        return None
    return next((mark for mark, spoken in WORDS.items() if any(f" {one} " in f" {words} " for one in spoken)), None)


def _rated(state: State, folio: str, mark: str, texts: Texts) -> Turn:
    noted = Say("rating.noted", texts("rating.noted"), folio=folio)
    asked = replace(state.settle(), latest=folio).ask(Awaiting.COMMENT, folio)
    return Turn(asked, (Rate(folio, mark), noted))
