"""Whether somebody else reads what is sent here: asked after violence, and from a «no» on nothing is sent unasked.

Source: facts/domain §2.6 rule 5.
"""

import re
from dataclasses import replace

from bot.choices import is_followed, plain, yes_or_no
from bot.effects import AddToPetition, CallPerson, Hush, Reserve, Say
from bot.events import Said
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB = "safe"
ASKED_AFTER = frozenset({"violencia"})  # who hurts somebody often holds the telephone too
# «Porque él me revisa el celular»: who looks, and after it at what.
LOOKS = re.compile(r"\b(?:revisan?|leen?|checan?|agarran?|quitan?|ven?|tienen?)\b")
AT = re.compile(r"\b(?:cel|celular|telefono|mensajes|chat|whats|whatsapp|telegram)\b")
NOT_SAFE = frozenset({"revisan mi celular", "revisa mi celular", "no es seguro", "ya no es seguro"})
SAFE_AGAIN = frozenset({"ya es seguro", "es seguro", "si es seguro", "ya es seguro escribirme"})


def ask(before: State, turn: Turn, texts: Texts) -> Turn:
    """Asked once of an emergency, after number and folio; while that goes on the question stays open, unrepeated.

    Not while a person of the office is in the conversation: they ask what they see fit.
    """
    emergency, folio = turn.state.emergency, turn.state.emergency_folio
    if emergency not in ASKED_AFTER or before.is_unsafe or before.person_folio or folio is None:
        return turn
    if folio == before.emergency_folio:
        is_open = before.awaiting == Awaiting.SAFE
        return Turn(turn.state.ask(Awaiting.SAFE, folio, before.offered), turn.effects) if is_open else turn
    choices = yes_or_no(f"{VERB}:{folio}", texts("choice.safe"), texts("choice.unsafe"))
    question = Say("ask.safe", texts("ask.safe"), choices, folio)
    return Turn(turn.state.ask(Awaiting.SAFE, folio, choices), (*turn.effects, question))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    _, folio, answer = choice.data.split(":", 2)
    if answer == "no":
        return _hush(state, folio)
    safe = Say("safe.yes", texts("safe.yes"), folio=folio)
    return Turn(replace(state.settle(), is_unsafe=False), (safe,))


def told(state: State, said: Said, texts: Texts) -> Turn | None:
    """Said without being asked, in the words that were offered for it. None: something else."""
    words, folio = plain(said.text), state.emergency_folio or state.latest
    if state.is_unsafe and words in SAFE_AGAIN:
        return Turn(replace(state.settle(), is_unsafe=False), (Say("safe.yes", texts("safe.yes")),))
    return _hush(state, folio) if folio and words in NOT_SAFE else None


def heard(state: State, said: Said) -> Turn | None:
    """«Porque él me revisa el celular» is a no. None: something else."""
    return _hush(state, state.folio) if state.folio and is_followed(plain(said.text), LOOKS, AT) else None


def is_hushed(turn: Turn) -> bool:
    """The person said just now that it is not safe: not even a greeting is sent."""
    return any(isinstance(effect, Hush) for effect in turn.effects)


def withhold(turn: Turn, folio: str) -> Turn:
    """Nothing leaves unasked. For an answer a person finds another way; lesser news wait until they are asked for."""
    if not any(isinstance(effect, Reserve) for effect in turn.effects):
        return Turn(turn.state)
    kept = turn.saying(lambda say: replace(say, is_withheld=True)).then(CallPerson(folio, "unsafe"))
    return replace(kept, state=turn.state.settle())


def _hush(state: State, folio: str) -> Turn:
    """The words stay with the petition, where a person reads them; none is answered."""
    quiet = replace(state.settle(), is_unsafe=True)
    return Turn(quiet, (AddToPetition(folio), Hush(), CallPerson(folio, "unsafe")))
