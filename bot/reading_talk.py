"""An answer that is reserved: that it is there is said without a word of it, and it is read out when that is safe.

Source: facts/domain §2.4 (no sensitive answer through a third party's chat unasked) and §2.6 rule 5.
"""

from dataclasses import replace

from bot.choices import yes_or_no
from bot.effects import ReadOut, Reserve, Say
from bot.events import Said
from bot.follow_up import ask_solved
from bot.known import Facts, PetitionFacts
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB = "read"


def announce(state: State, answer: Say, folio: str, texts: Texts, *, beside: tuple[Say, ...] = ()) -> Turn:
    """The notice takes the place of any other question. `beside`: what is read out with the answer, after it."""
    choices = _choices(folio, texts)
    notice = Say("notice.ready", texts("notice.ready", folio=folio), choices, folio, fields=(("folio", folio),))
    asked = replace(state.settle(), latest=folio).ask(Awaiting.READING, folio, choices)
    return Turn(asked, (notice, Reserve(answer), *map(Reserve, beside)))


def ask(turn: Turn, facts: Facts, texts: Texts) -> Turn:
    """After how one petition goes, to whom asked for that one."""
    told = [e.folio for e in turn.effects if isinstance(e, Say) and e.purpose == "status.detail"]
    petition = facts.find(told[0]) if len(told) == 1 else None
    if petition is None or not petition.has_reserved:
        return turn
    folio, choices = petition.folio, _choices(petition.folio, texts)
    question = Say("ask.reading", texts("ask.reading", folio=folio), choices, folio)
    return Turn(turn.state.settle().ask(Awaiting.READING, folio, choices), (*turn.effects, question))


def chosen(state: State, choice: Choice, facts: Facts, texts: Texts) -> Turn:
    _, folio, answer = choice.data.split(":", 2)
    petition = facts.find(folio)
    if petition and answer == "yes":
        return _read_out(state, petition, texts)
    later = Say("reading.later", texts("reading.later", folio=folio), folio=folio)
    return Turn(state.settle(), (later,))


def pressed(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """The button of an earlier notice is good as long as the answer is there. None: another button."""
    verb, _, rest = (said.button or "").partition(":")
    petition = facts.find(rest.removesuffix(":yes")) if verb == VERB else None
    return _read_out(state, petition, texts) if petition and petition.has_reserved else None


def _read_out(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    turn = Turn(replace(state.settle(), latest=petition.folio), (ReadOut(petition.folio),))
    if petition.is_answered:
        return ask_solved(turn, petition.folio, texts)
    return turn.then(Say("reading.done", texts("reading.done"), folio=petition.folio))


def _choices(folio: str, texts: Texts) -> tuple[Choice, ...]:
    return yes_or_no(f"{VERB}:{folio}", texts("choice.read"), texts("choice.read_later"))
