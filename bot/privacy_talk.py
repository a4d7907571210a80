"""What a person may do with what is kept of them: ask who sees it, have it handed over, ask for one of their rights.

Source: facts/domain §2.3 and §2.4; what is to be confirmed there is said to be so here.
"""

import re
from dataclasses import replace

from bot.choices import is_followed, plain, yes_or_no
from bot.effects import HandOver, OpenRights, Say
from bot.events import Said
from bot.known import Facts
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB, RIGHTS_VERB = "data", "rights"
_WRITTEN = r"(?:lo )?que (?:les |le )?(?:he )?(?:escrito|escribi|mandado|mande|dije|puse|conte)"
DATA = re.compile(rf"\b(?:datos|informacion|nombre|numero|telefono|mis mensajes|mis fotos|{_WRITTEN})\b")
# Looked for in this order, with `DATA` after it, in a text that the mind takes for one about privacy. Nothing happens
# before a yes.
RIGHTS = {
    right: re.compile(pattern)
    for right, pattern in (
        ("cancellation", r"\b(?:borr|elimin|cancel|suprim|quit|den? de baja)"),
        ("rectification", r"\b(?:correg|corrij|correccion|rectific|actualic|actualiz)"),
        ("opposition", r"\b(?:me opongo|oposicion|dejen de usar|ya no usen|no usen|no quiero que usen)"),
        ("access", r"\b(?:derecho de acceso|acceso a|acceder a)"),
    )
}
# «Mis datos», «mándenme mis datos»: never a text that asks for something else of them or who sees them.
HANDED_OVER = re.compile(
    r"(?:(?:quiero|quisiera|necesito|puedo)\s+)?"
    r"(?:(?:ver|tener|recibir|descargar|una copia de|copia de|manden?|manden?me|mande|denme|deme|dame)\s+)?"
    r"(?:todos\s+)?mis datos(?: personales)?(?:\s+por favor)?"
)


def heard(state: State, said: Said, texts: Texts) -> Turn:
    """A question about privacy is answered; the open question stays. Data is handed over only after a yes, and never
    where somebody else reads the chat."""
    words = plain(said.text)
    right = next((name for name, shape in RIGHTS.items() if is_followed(words, shape, DATA)), None)
    if right:
        return _ask_right(state, right, texts)
    if state.is_unsafe or not HANDED_OVER.fullmatch(words):
        return Turn(state, (Say("privacy", texts("privacy")),))
    choices = yes_or_no(f"{VERB}:own", texts("choice.own_data"), texts("choice.no_own_data"))
    question = Say("ask.own_data", texts("ask.own_data"), choices)
    return Turn(state.settle().ask(Awaiting.OWN_DATA, "", choices), (question,))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    """What is handed over is said by who makes the link (`handed_over`)."""
    if choice.data.endswith(":no"):
        return Turn(state.settle(), (Say("privacy.left", texts("privacy.left")),))
    return Turn(state.settle(), (HandOver(),))


def chosen_right(state: State, choice: Choice, facts: Facts, texts: Texts) -> Turn:
    _, right, answer = choice.data.split(":", 2)
    if answer == "no":
        return Turn(state.settle(), (Say("rights.left", texts("rights.left")),))
    folio = facts.new_folio
    told = texts("rights.opened", folio=folio, now=facts.now, due=facts.rights_due_on)
    opened = OpenRights(folio, right), Say("rights.opened", told, folio=folio)
    return Turn(replace(state.settle(), latest=folio), opened)


def handed_over(link: str, minutes: int, texts: Texts) -> Say:
    return Say("privacy.export", texts("privacy.export", link=link, minutes=minutes))


def handed_over_enough(texts: Texts) -> Say:
    return Say("privacy.export_enough", texts("privacy.export_enough"))


def data_blocked(folio: str, texts: Texts) -> Say:
    """The answer to a cancellation that was granted: the last thing that is said before the address is gone."""
    return Say("rights.blocked", texts("rights.blocked", folio=folio))


def came_again(texts: Texts) -> Say:
    """To whom writes after that: nothing of before is known here."""
    return Say("rights.came_again", texts("rights.came_again"))


def _ask_right(state: State, right: str, texts: Texts) -> Turn:
    """What it means in plain words, then a yes or a no."""
    choices = yes_or_no(f"{RIGHTS_VERB}:{right}", texts("choice.rights"), texts("choice.no_rights"))
    question = Say("ask.rights", texts(f"rights.{right}"), choices)
    return Turn(state.settle().ask(Awaiting.RIGHTS, "", choices), (question,))
