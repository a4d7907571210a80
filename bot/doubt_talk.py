"""The question that settles whose a matter is, asked after folio and place while two authorities compete."""

from datetime import timedelta

from bot.effects import AddToPetition, Say, SettleDoubt
from bot.events import Said
from bot.known import Doubt, Facts
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB = "doubt"
ANSWER_WORDS = 5
SAME_DAY = timedelta(hours=24)  # later a petition is told for itself, whatever was asked last


def ask(turn: Turn, folio: str, doubt: Doubt | None, texts: Texts) -> Turn:
    """Add the question to a turn that leaves no other one open."""
    if doubt is None or turn.state.awaiting:
        return turn
    shown = [Choice(label, f"{VERB}:{folio}:{agency}") for label, agency in doubt.choices]
    choices = (*shown, Choice(texts("choice.unknown"), f"{VERB}:{folio}:"))
    question = Say("ask.doubt", doubt.ask, choices, folio)
    return Turn(turn.state.ask(Awaiting.DOUBT, folio, choices), (*turn.effects, question))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    """«No sé» leaves the matter to the officer."""
    _, folio, agency = choice.data.split(":", 2)
    noted = Say("doubt.noted", texts("doubt.noted", folio=folio), folio=folio)
    settled = (SettleDoubt(folio, agency, choice.label),) if agency else ()
    return Turn(state.settle(), (*settled, noted))


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """An answer in the person's own words joins the petition, whose text is then read anew. None: something else."""
    folio = state.folio or ""
    if facts.kind in ("greeting", "thanks", "spam") or facts.find(folio) is None or _is_another(state, said, facts):
        return None
    added = Say("doubt.noted", texts("doubt.noted", folio=folio), folio=folio)
    return Turn(state.settle(), (AddToPetition(folio), added))


def _is_another(state: State, said: Said, facts: Facts) -> bool:
    """A longer text that surely is of an authority that was not in question, or of whichever on another day."""
    if facts.understood is None or len(said.text.split()) <= ANSWER_WORDS:
        return False
    is_another_day = state.heard_at is not None and facts.now - state.heard_at > SAME_DAY
    in_question = {choice.data.rsplit(":", 1)[1] for choice in state.offered}
    return facts.agency not in in_question or (is_another_day and facts.kind == "petition")
