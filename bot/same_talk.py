"""Whether what a person writes is of a petition of theirs or another problem: asked only in doubt, never of danger.

Until they say so it is kept apart without a folio; whatever else comes first, or a while without a word, opens its own.
What they told before in the same words is of that petition, unless they say that this time it is another problem.
"""

import re
from dataclasses import replace

from bot import burst, follow_up, opening, place_talk
from bot.choices import find_choice, plain
from bot.effects import Join, OpenPetition, Repeat, Say, SetAside, SetPlace
from bot.events import Said
from bot.known import Facts, PetitionFacts, Told
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.told import added
from bot.turn import Texts, Turn

VERB = "same"
QUESTION = "ask.same"
ANSWER_WORDS = 8
SAME = frozenset("mismo misma mismos mismas".split())
OTHER = frozenset("otro otra otros otras aparte distinto distinta diferente nuevo nueva".split())
BARE = SAME | OTHER | frozenset("si no es son el la lo un una de que uno 1 2 problema asunto cosa por favor".split())
ANOTHER = re.compile(
    r"\b(otra cosa|otro asunto|otro problema|otra peticion|otra queja|otro reporte|otro tema|por otro lado"
    r"|por otra parte|cambiando de tema)\b"
)


def ask(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """None where there is no doubt: the text is about no open petition, or says itself that it is about another."""
    petition = facts.find(facts.alike)
    if petition is None or state.is_unsafe or petition.is_sensitive or ANOTHER.search(plain(said.text)):
        return None
    apart = replace(state, set_aside=petition.folio, latest_group=said.group_id)
    return _ask(Turn(apart, (SetAside(),)), petition, facts, texts)


def repeated(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """Told how that petition goes; an open question stays open. None: it was not told before."""
    petition = facts.find(facts.repeated)
    if petition is None or said.has_files:
        return None
    told = texts(
        "petition.repeated",
        folio=petition.folio,
        status=follow_up.status_line(petition, texts),
        due=petition.due_on,
    )
    state = replace(state, latest=petition.folio)
    if state.awaiting and state.awaiting != Awaiting.REPEATED:
        return Turn(state, (Repeat(petition.folio), Say("petition.repeated", told, folio=petition.folio)))
    choices = (Choice(texts("choice.another"), f"{VERB}:{petition.folio}:other"),)
    say = Say("petition.repeated", f"{told} {texts('repeated.other')}", choices, petition.folio)
    return Turn(state.ask(Awaiting.REPEATED, petition.folio, choices), (Repeat(petition.folio), say))


def hear(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """While something is kept apart. None: neither an answer nor more of it, so it is a petition by itself."""
    petition, is_unasked = facts.find(state.set_aside), any(say.purpose == QUESTION for say in facts.unsaid)
    if petition and _is_more(state, said, facts, is_unasked=is_unasked):
        more = replace(state, latest_group=said.group_id or state.latest_group)
        return _ask(Turn(more, (SetAside(is_more=True),)), petition, facts, texts)
    choice = None if is_unasked else _answer(state, said, facts)
    return chosen(state, choice, said, facts, texts) if choice else None


def chosen(state: State, choice: Choice, said: Said, facts: Facts, texts: Texts) -> Turn:
    """Words beside the answer are kept with what they are about."""
    told, petition = facts.set_aside, facts.find(choice.data.split(":")[1])
    if told is None:
        return Turn(state.settle(), (Say("button.old", texts("button.old")),))
    is_bare = said.button is not None or set(plain(said.text).split()) <= BARE
    words = () if is_bare else (SetAside(is_more=True),)
    if petition and choice.data.endswith(":yes"):
        turn = _joined(replace(state.settle(), set_aside=None, latest=petition.folio), petition, told, texts)
    else:
        turn = opening.acknowledge(let_go(state, told), told, facts, texts)
    return replace(turn, effects=(*words, *turn.effects))


def let_go(state: State, told: Told) -> Turn:
    """What was kept apart is a petition of its own."""
    is_asked = state.awaiting in (Awaiting.SAME, Awaiting.REPEATED)
    opened = replace(
        state.settle() if is_asked else state, set_aside=None, latest=told.folio, latest_agency=told.read.agency
    )
    place = told.read.place.clave if told.read.place else None
    return Turn(opened, (OpenPetition(told.folio, place=place, is_set_aside=True),))


def known_by(told: Told, facts: Facts) -> Facts:
    """With that petition among the person's own: what else is said now may be about it."""
    place = told.read.place.name if told.read.place else None
    petition = PetitionFacts(
        told.folio, "received", told.since, told.due_on, municipality=place, is_placed=place is not None
    )
    return replace(facts, petitions=(petition, *facts.petitions))


def lapse(state: State, facts: Facts, texts: Texts) -> Turn:
    """Nobody answered. Without a word where a person of the office writes, or somebody else reads."""
    told = facts.set_aside
    if state.set_aside is None or told is None:
        return Turn(replace(state, set_aside=None))
    turn = let_go(state, told)
    if state.person_folio or state.is_unsafe:
        return turn
    if turn.state.awaiting:
        return turn.then(opening.acknowledgement(told, facts, texts))
    return opening.acknowledge(turn, told, facts, texts)


def _ask(turn: Turn, petition: PetitionFacts, facts: Facts, texts: Texts) -> Turn:
    folio = petition.folio
    choices = (
        Choice(texts("choice.same"), f"{VERB}:{folio}:yes"),
        Choice(texts("choice.another"), f"{VERB}:{folio}:no"),
    )
    question = Say(QUESTION, texts("ask.same", folio=folio, summary=petition.summary), choices, folio)
    asked = Turn(turn.state.settle().ask(Awaiting.SAME, folio, choices), (*turn.effects, question))
    return burst.hold(asked, facts.patience.first)


def _is_more(state: State, said: Said, facts: Facts, *, is_unasked: bool) -> bool:
    """A correction, the rest of an album, what is written on in one breath before the question could be read."""
    if facts.is_of_it or (said.group_id and said.group_id == state.latest_group):
        return True
    return is_unasked and not (said.button or said.is_edit or said.unsupported or facts.is_command or facts.mentioned)


def _answer(state: State, said: Said, facts: Facts) -> Choice | None:
    """Pressed, also after another question came between; or said, while this one is open."""
    offered = [Choice("", f"{VERB}:{state.set_aside}:{answer}") for answer in ("yes", "no")]
    if said.button:
        return next((choice for choice in offered if choice.data == said.button), None)
    if state.awaiting != Awaiting.SAME or said.has_files or not said.text:
        return None
    if choice := find_choice(state.offered, said.text, None, facts.kind):
        return choice
    words = set(plain(said.text).split())
    is_same = bool(words & SAME)
    if len(said.text.split()) > ANSWER_WORDS or is_same == bool(words & OTHER):
        return None
    return offered[0 if is_same and "no" not in words else 1]


def _joined(state: State, petition: PetitionFacts, told: Told, texts: Texts) -> Turn:
    turn = Turn(state, (Join(petition.folio), added(petition.folio, texts)))
    if petition.is_placed:
        return turn
    if told.read.place:
        return turn.then(SetPlace(petition.folio, clave=told.read.place.clave))
    return place_talk.ask(turn, petition.folio, told.read.place_options, texts)
