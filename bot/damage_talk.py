"""A contingency (quake, hurricane): the official notice first, then a short form on the damage after folio and term.

What is damaged, whether anybody is hurt, where exactly: one question each, any of them may be skipped, and each answer
is kept at once. Danger has its own words before any of this. Source: facts/domain §2.6 rule 10.
"""

import re
from dataclasses import replace

from bot.choices import plain
from bot.effects import AddToPetition, CallPerson, NoteDamage, OpenPetition, Say, SetPlace
from bot.events import Said
from bot.known import Facts
from bot.messages import Choice
from bot.place_talk import SAME_TALK
from bot.place_talk import ask as ask_place
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERBS = frozenset({"damage", "hurt", "where"})
WHAT = ("house_total", "house_partial", "building", "services", "other")
FORM = frozenset({Awaiting.DAMAGE, Awaiting.HURT, Awaiting.WHERE})
DISASTER, HURT = "desastre", "accidente_medico"  # kinds of emergency
OF_THE_EVENT = frozenset({DISASTER, HURT, "incendio"})
SKIPPED = frozenset("saltar|salto|pasar|paso|siguiente|omitir|no se|prefiero no decir".split("|"))
_HARM = r"(?:herid|lastimad|golpead|atrapad|sangr|fractur|inconscient|sepultad|muert)\w*"
HARMED = re.compile(rf"\b{_HARM}")
NOBODY_HARMED = re.compile(rf"\b(?:no (?:hay|hubo|tenemos)|sin|ningun\w*|nadie)\b(?:\s\w+){{0,3}}\s{_HARM}")
NOBODY = re.compile(r"\b(?:no|nadie|ningun\w*|bien)\b")
YES = frozenset({"si", "sip", "claro"})


def announce(turn: Turn, facts: Facts, texts: Texts, *, is_last: bool = False) -> Turn:
    """The official notice, before all that is said to a new petition; once to a person. `is_last`: after the words of
    an emergency. It does not wait for what the person may still write."""
    current = facts.contingency
    is_opened = any(isinstance(effect, OpenPetition) for effect in turn.effects)
    if current is None or not is_opened or turn.state.told_contingency == current.id:
        return turn
    words = texts("contingency.notice", text=current.text, source=current.source, now=current.at)
    notice = Say("contingency.notice", words)
    effects = (*turn.effects, notice) if is_last else (notice, *turn.effects)
    return Turn(replace(turn.state, told_contingency=current.id), effects)


def ask(turn: Turn, folio: str, facts: Facts, texts: Texts) -> Turn:
    """Begin the form; the petition belongs to the contingency from now on, whatever is answered."""
    choices = tuple(Choice(texts(f"choice.damage_{what}"), f"damage:{folio}:{what}") for what in WHAT)
    choices = (*choices, _skip("damage", folio, texts))
    question = Say("ask.damage", texts("ask.damage"), choices, folio)
    current = facts.contingency.id if facts.contingency else None
    state = turn.state.settle().ask(Awaiting.DAMAGE, folio, choices)
    return Turn(state, (*turn.effects, NoteDamage(folio, contingency=current), question))


def find_form(state: State, facts: Facts) -> str | None:
    """The petition of the open form, while danger that an event brings is told in answer to it: no second folio."""
    is_fresh = state.heard_at is not None and facts.now - state.heard_at <= SAME_TALK
    return state.folio if state.awaiting in FORM and is_fresh and facts.emergency in OF_THE_EVENT else None


def mind(state: State, said: Said, facts: Facts) -> Facts:
    """Who answers that somebody is hurt tells of an injury, whatever danger else their few words sound like."""
    is_told = state.awaiting == Awaiting.HURT and facts.emergency is not None and _is_harm(plain(said.text))
    return replace(facts, emergency=HURT) if is_told else facts


def in_danger(before: State, turn: Turn, said: Said, facts: Facts, texts: Texts) -> Turn:
    """After an emergency's own words: notice and form of a new disaster; what answers an open form leads on in it."""
    folio = turn.state.emergency_folio or ""
    if folio == find_form(before, facts):
        return _lead_on(before, turn, folio, said, facts, texts)
    is_new = any(isinstance(effect, OpenPetition) for effect in turn.effects)
    if facts.contingency is None or facts.emergency != DISASTER or not is_new or before.person_folio:
        return turn
    return ask(announce(turn, facts, texts, is_last=True), folio, facts, texts)


def _lead_on(before: State, turn: Turn, folio: str, said: Said, facts: Facts, texts: Texts) -> Turn:
    if before.awaiting == Awaiting.DAMAGE and said.text:
        return _ask_hurt(turn.then(NoteDamage(folio, words=said.text)), folio, texts)
    if before.awaiting == Awaiting.HURT:
        is_hurt = True if facts.emergency == HURT else _is_hurt(said.text)
        return _ask_where(turn.then(NoteDamage(folio, is_hurt=is_hurt)), folio, facts, texts)
    return Turn(turn.state.ask(before.awaiting or Awaiting.WHERE, folio, before.offered), turn.effects)


def is_answer(state: State, said: Said) -> bool:
    return state.awaiting in FORM and plain(said.text) in SKIPPED


def chosen(state: State, choice: Choice, facts: Facts, texts: Texts) -> Turn:
    verb, folio, answer = choice.data.split(":", 2)
    if verb == "damage":
        noted = (NoteDamage(folio, what=answer),) if answer else ()
        return _ask_hurt(Turn(state, noted), folio, texts)
    if verb == "hurt":
        return _hurt(Turn(state), folio, {"yes_hurt": True, "no_hurt": False}.get(answer), facts, texts)
    return _done(Turn(state), folio, facts, texts)


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """An answer in one's own words, written or spoken, joins the petition. None: something else, or much later."""
    folio, is_over = state.folio or "", state.heard_at is not None and facts.now - state.heard_at > SAME_TALK
    if is_over or facts.find(folio) is None or facts.kind in ("greeting", "thanks", "status_query"):
        return None
    if plain(said.text) in SKIPPED:
        return _next(Turn(state), state.awaiting, folio, facts, texts)
    added = Turn(state, (AddToPetition(folio),))
    if state.awaiting == Awaiting.WHERE and (said.text or said.has_location or said.has_voice):
        return _where(added, folio, said, facts, texts)
    if not said.text and not said.has_voice:
        return None
    if state.awaiting == Awaiting.HURT:
        return _hurt(added, folio, _is_hurt(said.text), facts, texts)
    return _ask_hurt(added.then(NoteDamage(folio, words=said.text)) if said.text else added, folio, texts)


def _next(turn: Turn, awaiting: Awaiting | None, folio: str, facts: Facts, texts: Texts) -> Turn:
    if awaiting == Awaiting.DAMAGE:
        return _ask_hurt(turn, folio, texts)
    return _ask_where(turn, folio, facts, texts) if awaiting == Awaiting.HURT else _done(turn, folio, facts, texts)


def _ask_hurt(turn: Turn, folio: str, texts: Texts) -> Turn:
    """The choices are no plain yes and no: «sí, estamos bien» must not call an ambulance."""
    choices = (
        Choice(texts("choice.hurt"), f"hurt:{folio}:yes_hurt"),
        Choice(texts("choice.unhurt"), f"hurt:{folio}:no_hurt"),
        _skip("hurt", folio, texts),
    )
    question = Say("ask.hurt", texts("ask.hurt"), choices, folio)
    return Turn(turn.state.ask(Awaiting.HURT, folio, choices), (*turn.effects, question))


def _is_hurt(text: str) -> bool | None:
    """None when the words do not say."""
    words = plain(text)
    if HARMED.search(words):
        return _is_harm(words)
    if NOBODY.search(words):
        return False
    return True if words.split()[:1] in ([yes] for yes in YES) else None


def _is_harm(words: str) -> bool:
    return HARMED.search(words) is not None and NOBODY_HARMED.search(words) is None


def _hurt(turn: Turn, folio: str, is_hurt: bool | None, facts: Facts, texts: Texts) -> Turn:
    """Somebody hurt is an emergency: its number first, a person is called, and then the last question."""
    if is_hurt:
        danger = (
            Say(f"emergency.{HURT}", texts(f"emergency.{HURT}"), folio=folio),
            NoteDamage(folio, is_hurt=True),
            CallPerson(folio, "emergency"),
            Say("emergency.folio", texts("emergency.folio", folio=folio), folio=folio),
        )
        turn = Turn(replace(turn.state, emergency=HURT, emergency_folio=folio), (*turn.effects, *danger))
    elif is_hurt is not None:
        turn = turn.then(NoteDamage(folio, is_hurt=False))
    return _ask_where(turn, folio, facts, texts)


def _ask_where(turn: Turn, folio: str, facts: Facts, texts: Texts) -> Turn:
    petition, choices = facts.find(folio), (_skip("where", folio, texts),)
    asked = texts("ask.where") if petition and petition.is_placed else texts("ask.where_all")
    question = Say("ask.where", asked, choices, folio)
    return Turn(turn.state.ask(Awaiting.WHERE, folio, choices), (*turn.effects, question))


def _where(turn: Turn, folio: str, said: Said, facts: Facts, texts: Texts) -> Turn:
    if said.text:
        turn = turn.then(NoteDamage(folio, where=said.text))
    petition = facts.find(folio)
    if facts.place and petition and not petition.is_placed:
        turn = turn.then(SetPlace(folio, clave=facts.place.clave))
    return _done(turn, folio, facts, texts)


def _done(turn: Turn, folio: str, facts: Facts, texts: Texts) -> Turn:
    """Thanks; and the municipality, when it is known neither by now: without it the petition may go astray."""
    said = Say("damage.noted", texts("damage.noted", folio=folio), folio=folio)
    done = Turn(replace(turn.state.settle(), latest=folio), (*turn.effects, said))
    petition = facts.find(folio)
    if facts.place or petition is None or petition.is_placed:
        return done
    return ask_place(done, folio, facts.place_options, texts)


def _skip(verb: str, folio: str, texts: Texts) -> Choice:
    return Choice(texts("choice.skip"), f"{verb}:{folio}:")
