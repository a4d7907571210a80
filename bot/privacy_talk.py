"""What a person may do with what is kept of them: have it handed over, ask who sees it."""

import re

from bot.choices import plain
from bot.messages import Choice
from bot.turn import Awaiting, HandOver, Said, Say, State, Texts, Turn

VERB = "data"
# «Mis datos», «mándenme mis datos»: never a text that asks for something else of them or who sees them.
HANDED_OVER = re.compile(
    r"(?:(?:quiero|quisiera|necesito|puedo)\s+)?"
    r"(?:(?:ver|tener|recibir|descargar|una copia de|copia de|manden?|manden?me|mande|denme|deme|dame)\s+)?"
    r"(?:todos\s+)?mis datos(?: personales)?(?:\s+por favor)?"
)


def heard(state: State, said: Said, texts: Texts) -> Turn:
    """A question about privacy is answered; the open question stays. Data is handed over only after a yes, and never
    where somebody else reads the chat."""
    if state.is_unsafe or not HANDED_OVER.fullmatch(plain(said.text)):
        return Turn(state, (Say("privacy", texts("privacy")),))
    choices = (
        Choice(texts("choice.own_data"), f"{VERB}:own:yes"),
        Choice(texts("choice.no_own_data"), f"{VERB}:own:no"),
    )
    question = Say("ask.own_data", texts("ask.own_data"), choices)
    return Turn(state.settle().ask(Awaiting.OWN_DATA, "", choices), (question,))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    """What is handed over is said by who makes the link (`handed_over`)."""
    if choice.data.endswith(":no"):
        return Turn(state.settle(), (Say("privacy.left", texts("privacy.left")),))
    return Turn(state.settle(), (HandOver(),))


def handed_over(link: str, minutes: int, texts: Texts) -> Say:
    return Say("privacy.export", texts("privacy.export", link=link, minutes=minutes))


def handed_over_enough(texts: Texts) -> Say:
    return Say("privacy.export_enough", texts("privacy.export_enough"))
