"""A call for help that says nothing of what happens: «911», «emergencia», «auxilio».

The number comes first, then one question; there is no folio, because there is no matter yet and what comes next opens
it. AYUDA is the word that the program offers for its help, which begins with the number too.
"""

import re

from bot.belonging import find_recent
from bot.choices import plain
from bot.effects import AddToPetition, Say
from bot.events import Said
from bot.known import Facts
from bot.state import State
from bot.turn import Texts, Turn

ALARM = "alarm"
CALLS = re.compile(
    r"(?:(?:hola|por favor|oigan?|es|una|muy|tengo|hay|esto) )*"
    r"(?:911|9 1 1|066|060|emergencias?|urgente|urgencia|urge|auxilio|socorro|sos|ayudenme|ayudeme|ayudenos"
    r"|(?:necesito|pido) (?:mucha )?ayuda|ayuda (?:urgente|por favor|ya|ayuda))"
    r"(?: (?:por favor|ya|urgente|emergencia|ayuda|auxilio|es|una|porfa|911))*"
)


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """Said of a petition at hand it is kept there too, as nobody's answer; an open question stays open."""
    if said.has_files or said.has_location or said.is_edit or not CALLS.fullmatch(plain(said.text)):
        return None
    recent = find_recent(state, facts)
    kept = (AddToPetition(recent.folio, is_question=True),) if recent else ()
    return Turn(state, (*kept, Say(ALARM, texts("alarm"))))
