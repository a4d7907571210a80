"""A person of the office is in the conversation: the program keeps what the citizen writes and says nothing of it.

Only danger is still answered by the program, before anything of this is asked (`dialogue`).
"""

from dataclasses import replace
from datetime import datetime

from bot.burst import BREATH
from bot.effects import AddToPetition, Effect, OpenPetition, Say, SetPlace
from bot.events import PersonCame, PersonLeft, PersonWrote, Said
from bot.known import TELLING, Facts, PetitionFacts
from bot.state import State
from bot.told import was_lately
from bot.turn import Texts, Turn

SAYS = "takeover.says"  # purpose of what the person writes; a template may ask the citizen to write for it


def tell(state: State, event: PersonCame | PersonWrote | PersonLeft, texts: Texts) -> Turn:
    match event:
        case PersonCame():
            return Turn(replace(state, person_folio=event.folio, latest=event.folio), (_came(event, texts),))
        case PersonWrote():
            text = texts("takeover.says", text=event.text)
            return Turn(state, (Say(SAYS, text, folio=event.folio, fields=(("folio", event.folio),)),))
        case PersonLeft():
            # What was asked before two people talked is not what the next «sí» is about.
            left = Say("takeover.ends", texts("takeover.ends"), folio=event.folio)
            return Turn(replace(state.settle(), person_folio=None), (left,))


def hear(state: State, said: Said, facts: Facts) -> Turn:
    """The message joins the petition at hand; a matter that is told when none is open is a petition of its own."""
    petition = _at_hand(state, said, facts)
    if petition is None and (facts.kind in TELLING or said.has_files):
        place = facts.place.clave if facts.place else None
        opened = replace(state.settle(), latest=facts.new_folio, latest_agency=facts.agency, latest_group=said.group_id)
        return Turn(opened, (OpenPetition(facts.new_folio, place=place),))
    folio = petition.folio if petition else state.person_folio or ""
    goes_on = said.is_edit or was_lately(state.heard_at, facts.now, BREATH)
    return Turn(state, (AddToPetition(folio, goes_on=goes_on), *_pinned(petition, said, facts)))


def hush(turn: Turn, now: datetime) -> Turn:
    """The same without a word, so that no question is open that was not asked."""
    quiet = turn.silent()
    state = turn.state if quiet == turn else turn.state.settle()
    return replace(quiet, state=replace(state, heard_at=now))


def _came(event: PersonCame, texts: Texts) -> Say:
    if event.is_another:
        return Say("takeover.changes", texts("takeover.changes", folio=event.folio), folio=event.folio)
    return Say("takeover.begins", texts("takeover.begins", folio=event.folio), folio=event.folio)


def _at_hand(state: State, said: Said, facts: Facts) -> PetitionFacts | None:
    """What the message corrects or names, else the latest spoken of, else what the person came for: if it is open."""
    corrected = facts.find(facts.edited_folio) if said.is_edit else None
    candidates = (corrected, facts.named, facts.find(state.latest), facts.find(state.person_folio))
    return next((petition for petition in candidates if petition and petition.is_open), None)


def _pinned(petition: PetitionFacts | None, said: Said, facts: Facts) -> tuple[Effect, ...]:
    """A place on the map is the petition's when it has none; one that is only named may be anything."""
    if petition is None or petition.municipality or not said.has_location or facts.place is None:
        return ()
    return (SetPlace(petition.folio, clave=facts.place.clave),)
