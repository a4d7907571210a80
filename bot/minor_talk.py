"""A child writes: nothing personal is asked, one kind question, and a person of the office sees to it.

Source: facts/domain §2.3 (minors: guardian path and human review). Danger goes before this, as before everything.
"""

import re
from dataclasses import replace
from datetime import timedelta

from bot.burst import SMALL_TALK
from bot.choices import plain, yes_or_no
from bot.effects import AddToPetition, CallPerson, MarkMinor, Say
from bot.events import Said
from bot.known import Facts
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.told import before_question, folio_told, is_acknowledged, was_lately
from bot.turn import Texts, Turn

VERB = "guardian"
HOLDS = timedelta(hours=24)  # a telephone of the family is in other hands tomorrow
ANSWER_WORDS = 10
_YEARS = r"(?:[6-9]|1[0-7]|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete)"
_GRADE = r"(?:primero|segundo|tercero|cuarto|quinto|sexto|primer|tercer|[1-6](?:ro|do|to|er|o)?)"
_SCHOOL = (
    rf"(?: {_GRADE}(?: grado| ano)?(?: de(?: la)?)?)? (?:primaria|secundaria|telesecundaria|secu)\b(?! abierta| noct)"
)
# «Tengo 13 años viviendo aquí», «tengo 15 años sin agua» count something else: what may follow an age is listed.
_WAITED = r"sigo|seguimos|todavia|aun|nada|no (?:me|nos) (?:resuelven|contestan|pagan|entregan|solucionan|dan|han)"
_ON = r"soy|mi|mis|me|vivo|estudio|voy|pero|le|les|quiero|necesito|estoy en|por favor|ayuda|ayudenme"
CHILD = re.compile(
    rf"\btengo {_YEARS} anos(?: de edad| cumplidos)?(?:(?= y (?!{_WAITED}))|(?= (?:{_ON})\b)|$)"
    r"|\bsoy (?:un |una )?(?:menor(?: de edad)?|nino|nina)\b"
    rf"|\bsoy (?:alumn[oa] |estudiante )?de(?: la| el)?{_SCHOOL}"
    rf"|\b(?:voy|estoy) en(?: la)?{_SCHOOL}"
    rf"|\b(?:estudio|curso)(?: en)?(?: la)?{_SCHOOL}"
)


def mind(before: State, turn: Turn, text: str, facts: Facts, texts: Texts, *, is_quiet: bool) -> Turn:
    """The petition is marked; after its acknowledgement one question takes the place of all others."""
    is_told, is_known = bool(CHILD.search(plain(text))), was_lately(before.minor_since, facts.now, HOLDS)
    if not is_told and not is_known:
        return turn
    if is_told:
        turn = replace(turn, state=replace(turn.state, minor_since=facts.now))
    folio = folio_told(turn)
    if folio is None:
        return turn if is_quiet or is_known else _invited(turn, texts)
    if not is_told and not is_acknowledged(turn, folio):
        return turn
    petition = facts.find(folio)
    if petition is None or not petition.is_minor:
        turn = turn.then(MarkMinor(folio), CallPerson(folio, "minor"))
    is_first = is_told and (not is_known or (facts.draft is not None and is_acknowledged(turn, folio)))
    return _ask(turn, folio, texts) if is_first and not is_quiet else turn


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    _, folio, answer = choice.data.split(":", 2)
    if answer == "no":
        alone = Say("guardian.no", texts("guardian.no", folio=folio), folio=folio)
        return Turn(state.settle(), (CallPerson(folio, "minor_alone"), alone))
    return Turn(state.settle(), (Say("guardian.yes", texts("guardian.yes", folio=folio), folio=folio),))


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«Mi abuelita», «mi mamá ya sabe». None: something else, as the place or more of the matter."""
    folio = state.folio or ""
    if facts.place or facts.find(folio) is None or len(said.text.split()) > ANSWER_WORDS:
        return None
    noted = Say("guardian.noted", texts("guardian.noted", folio=folio), folio=folio)
    return Turn(state.settle(), (AddToPetition(folio), noted))


def _ask(turn: Turn, folio: str, texts: Texts) -> Turn:
    others = (e for e in turn.effects if not (isinstance(e, Say) and e.purpose.startswith("ask.")))
    choices = yes_or_no(f"{VERB}:{folio}", texts("choice.guardian"), texts("choice.no_guardian"))
    question = Say("ask.guardian", texts("ask.guardian"), choices, folio)
    asked = turn.state.settle().ask(Awaiting.GUARDIAN, folio, choices)
    return before_question(Turn(asked, tuple(others)), question)


def _invited(turn: Turn, texts: Texts) -> Turn:
    """A child who has not told anything yet."""
    others = tuple(e for e in turn.effects if not (isinstance(e, Say) and e.purpose in SMALL_TALK))
    return Turn(turn.state, (*others, Say("minor.welcome", texts("minor.welcome"))))
