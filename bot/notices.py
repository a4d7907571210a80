"""What the citizen is told when staff moved the petition: sent on, accepted, answered."""

from dataclasses import replace

from bot.messages import Choice
from bot.turn import Accepted, Answered, Awaiting, Guided, Referred, Say, State, Texts, Turn


def tell(state: State, event: Referred | Accepted | Answered | Guided, texts: Texts) -> Turn:
    match event:
        case Referred():
            return Turn(state, (_referred(event, texts),))
        case Accepted():
            key = "notice.sensitive" if event.is_sensitive else "notice.accepted"
            return Turn(state, (Say(key, texts(key, folio=event.folio, agency=event.agency), folio=event.folio),))
        case Answered():
            return _answered(state, event, texts)
        case Guided():
            text = texts("notice.guided", folio=event.folio, text=event.text)
            return Turn(replace(state, latest=event.folio), (Say("notice.guided", text, folio=event.folio),))


def _referred(event: Referred, texts: Texts) -> Say:
    """A sensitive matter's agency is not named in a notice (domain §2.6 rule 5)."""
    if event.is_sensitive:
        return Say("notice.sensitive", texts("notice.sensitive", folio=event.folio), folio=event.folio)
    key = "notice.remitted" if event.is_outside else "notice.referred"
    return Say(key, texts(key, folio=event.folio, agency=event.agency, due=event.due_on), folio=event.folio)


def _answered(state: State, event: Answered, texts: Texts) -> Turn:
    """The answer itself, then one question, which takes the place of any other that was open."""
    folio = event.folio
    choices = (
        Choice(texts("choice.solved"), f"solved:{folio}:yes"),
        Choice(texts("choice.unsolved"), f"solved:{folio}:no"),
    )
    answer = Say(
        "notice.answered", texts("notice.answered", folio=folio, agency=event.agency, text=event.text), folio=folio
    )
    question = Say("ask.solved", texts("ask.solved", folio=folio), choices, folio)
    state = replace(state.settle(), latest=folio).ask(Awaiting.SOLVED, folio, choices)
    return Turn(state, (answer, question))
