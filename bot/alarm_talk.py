"""A call for help that says nothing of what happens: «911», «emergencia», «auxilio»; and where it is, said after it.

The number comes first, then one question; there is no folio, because there is no matter yet and what comes next opens
it. AYUDA is the word that the program offers for its help, which begins with the number too.
"""

import re

from bot.belonging import find_recent
from bot.choices import plain
from bot.effects import AddToPetition, Say, SetPlace
from bot.events import Said
from bot.known import Facts
from bot.place_talk import SAME_TALK, tells_where
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


def where(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«Estoy en San Bartolo», after the number of an emergency: of that one, and no word of what it is about."""
    petition, place = facts.find(state.emergency_folio), facts.place
    is_fresh = state.heard_at is not None and facts.now - state.heard_at <= SAME_TALK
    if petition is None or place is None or not petition.is_open or not is_fresh or state.latest != petition.folio:
        return None
    if said.has_files or said.is_edit or not tells_where(said.text, place):
        return None
    folio = petition.folio
    kept = (AddToPetition(folio, is_place=True), SetPlace(folio, clave=place.clave))
    return Turn(state, (*kept, Say("emergency.folio", texts("emergency.folio", folio=folio), folio=folio)))
