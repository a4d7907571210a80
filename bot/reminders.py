"""What is said unasked so that a petition goes on: one reminder of what is missing, one before its term ends.

None about a sensitive matter (the phone may be in other hands), none while a person of the office writes, none to who
wrote ALTO: they get the answer and what they ask for. When a reminder is due is `intake.timers`' to say.
"""

import re
from dataclasses import replace

from bot import rating_talk, same_talk
from bot.choices import plain
from bot.effects import Say
from bot.events import Due, Reminder, Said
from bot.follow_up import status_line
from bot.known import Facts, PetitionFacts
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

STOP, RESUME = frozenset({"alto", "baja", "parar", "stop"}), frozenset({"avisos"})
ENOUGH = re.compile(  # «ya no me manden mensajes»: said of the notices, not of a petition
    r"(?:por favor |favor de )?(?:ya )?(?:no|dejen? de) (?:(?:quiero|deseo)(?: que)? )?(?:me )?"
    r"(?:manden?|mandar(?:me)?|envien?|enviar(?:me)?|recibir|lleguen?|esten mandando)"
    r" (?:mas |tantos )?(?:mensajes|avisos|notificaciones|nada)(?: mas| por favor)*"
)
MISSING = {  # questions without whose answer a petition may go astray, and what reminds of them
    Awaiting.MUNICIPALITY: "reminder.municipality",
    Awaiting.WHICH_MUNICIPALITY: "reminder.municipality",
    Awaiting.DESCRIPTION: "reminder.description",
}


def heard(state: State, said: Said, texts: Texts) -> Turn | None:
    """ALTO and AVISOS. None for everything else."""
    words = plain(said.text)
    if words in STOP or ENOUGH.fullmatch(words):
        return Turn(replace(rating_talk.stop(state), is_muted=True), (Say("stopped", texts("stopped")),))
    if words in RESUME:
        return Turn(replace(state, is_muted=False), (Say("resumed", texts("resumed")),))
    return None


def remind(state: State, event: Due, facts: Facts, texts: Texts) -> Turn:
    if event.reminder == Reminder.SET_ASIDE:
        return same_talk.lapse(state, facts, texts)
    petition = facts.find(event.folio)
    is_quiet = state.is_muted or state.is_unsafe or state.person_folio
    if petition is None or is_quiet or not _is_under_way(petition):
        return Turn(state)
    return _of_term(state, petition, texts) if event.reminder == Reminder.TERM else _of_datum(state, petition, texts)


def _is_under_way(petition: PetitionFacts) -> bool:
    return petition.is_open and not petition.is_answered and not petition.is_sensitive


def _of_term(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    values = {"folio": petition.folio, "status": status_line(petition, texts), "due": petition.due_on}
    fields = (("folio", petition.folio),)
    return Turn(state, (Say("reminder.term", texts("reminder.term", **values), folio=petition.folio, fields=fields),))


def _of_datum(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    """The question that is open still, or the place when another question came between; never beside another one."""
    is_open = state.awaiting in MISSING and state.folio == petition.folio
    if not is_open and (state.awaiting or petition.is_placed):
        return Turn(state)
    asked = Awaiting.DESCRIPTION if is_open and state.awaiting == Awaiting.DESCRIPTION else Awaiting.MUNICIPALITY
    key, fields = MISSING[asked], (("folio", petition.folio),)
    said = Say(key, texts(key, folio=petition.folio), folio=petition.folio, fields=fields)
    return Turn(replace(state.ask(asked, petition.folio), latest=petition.folio), (said,))
