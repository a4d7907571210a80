"""Several problems in one petition: the person says whether they are several, and each goes its way under one folio."""

import re
from dataclasses import replace

from bot.choices import plain
from bot.effects import KeepWhole, PartMatters, Say
from bot.events import Said
from bot.known import Told
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB = "matters"
FURTHER = re.compile(
    r"\b(tambien|ademas|aparte|por otro lado|por otra parte|otra cosa|otro asunto|otro problema|de paso|por cierto"
    r"|primero|segundo|tercero|numero uno|numero dos)\b"
)
WORDS_AT_MOST = 8
SEVERAL = frozenset("2 3 dos tres varios varias aparte distintos distintas diferentes separados separadas".split())
NOT_ONE = re.compile(r"\bno (?:es lo mismo )?(?:son )?(?:2|3|dos|tres|vari[oa]s)\b")  # «¿es lo mismo? no, son 2 cosas»
ONE = frozenset("uno una solo sola mismo misma".split())


def ask(turn: Turn, told: Told, texts: Texts) -> Turn:
    """Add the question where several matters were understood, the person counts them too, and nothing else is asked.

    Who tells of one problem at length is not asked whether it is several: the officer sees what the mind thinks.
    """
    if not told.read.several or turn.state.awaiting or not FURTHER.search(plain(told.text)):
        return turn
    choices = (
        Choice(texts("choice.several"), f"{VERB}:{told.folio}:several"),
        Choice(texts("choice.one"), f"{VERB}:{told.folio}:one"),
    )
    question = Say("ask.matters", texts("ask.matters"), choices, told.folio)
    return Turn(turn.state.ask(Awaiting.MATTERS, told.folio, choices), (*turn.effects, question))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    _, folio, answer = choice.data.split(":", 2)
    return _settled(state, folio, texts, are_several=answer == "several")


def heard(state: State, said: Said, texts: Texts) -> Turn | None:
    """«Son dos cosas», «no, es lo mismo». None: the person speaks of something else."""
    words = set(plain(said.text).split())
    if NOT_ONE.search(plain(said.text)) and len(words) <= WORDS_AT_MOST:
        return _settled(state, state.folio or "", texts, are_several=True)
    if not said.text or len(said.text.split()) > WORDS_AT_MOST or bool(words & SEVERAL) == bool(words & ONE):
        return None
    return _settled(state, state.folio or "", texts, are_several=bool(words & SEVERAL))


def _settled(state: State, folio: str, texts: Texts, *, are_several: bool) -> Turn:
    settled = replace(state.settle(), latest=folio)
    if are_several:
        said = Say("matters.parted", texts("matters.parted", folio=folio), folio=folio)
        return Turn(settled, (PartMatters(folio), said))
    return Turn(settled, (KeepWhole(folio), Say("matters.kept", texts("matters.kept", folio=folio), folio=folio)))
