"""A petition without a name: asked for in one's own words, at any moment, explained once, taken back as easily.

Source: facts/domain §1.3 (identity only with consent) and §2.3 (name or «prefiero no decirlo»). The channel's provider
and the office's rows know the number still, so that the answer can come back: that is said.
"""

import re
from dataclasses import replace
from datetime import timedelta

from bot.choices import plain
from bot.effects import HideIdentity, OpenPetition, Say, ShowIdentity
from bot.events import Said
from bot.known import Facts, PetitionFacts
from bot.state import State
from bot.told import before_question, folio_told, is_acknowledged, was_lately
from bot.turn import Texts, Turn

HOLDS = timedelta(hours=24)  # of the wish, for what is told after it; next month's matter may need a name
REST_WORDS = 4  # beside the wish: more of them tell a matter
_WHO = r"(?:mi nombre|mi identidad|quien soy|quien (?:lo |les )?(?:dijo|denuncio|reporto|escribio))"
WISH = re.compile(
    rf"\b(?:sin|no (?:quiero|queremos|quisiera|voy a|puedo|deseo|me gustaria|pienso)) "
    rf"(?:dar|decir|dejar|poner|mencionar|revelar)(?:les|le)? {_WHO}\b"
    rf"|\bno (?:den|digan|dejen|pongan|mencionen|revelen|compartan|vayan a decir|vayan a dar|salga|aparezca) {_WHO}\b"
    r"|\b(?:que no (?:se )?sepan?|que nadie sepa|sin que (?:se |nadie )?sepan?) (?:que )?(?:quien|fui|soy)\b"
    r"|\b(?:guarden|oculten|protejan|cuiden|omitan|reserven|tapen) (?:mi nombre|mi identidad)\b"
    r"|\bno (?:quiero|quisiera|queremos) que (?:se |nadie )?(?:sepan?|supieran?|enteren?|vean?|tengan?|conozcan?)"
    r" (?:(?:de )?quien|mi nombre|mi identidad)\b"
    r"|\b(?:que no|que nadie|sin que) (?:se )?(?:sepan?|vean?) (?:mi nombre|mi identidad)\b"
    r"|\bprefiero no (?:dar|decir) mi nombre\b"
    r"|\b(?:de (?:forma|manera) anonima|anonimamente|en (?:el )?anonimato|en anonimo|mi anonimato)\b"
    r"|\b(?:ser|seguir|quedar|quedarme|permanecer|mantenerme|como|es|sea|soy|hacerlo) (?:un |una )?anonim[oa]\b"
    r"|\b(?:denuncia|peticion|queja|reporte|reportar|denunciar|aviso)(?: \w+)? anonim[oa]\b"
    r"|^anonim[oa]$"
)
TAKEN_BACK = re.compile(
    r"\bya (?:pueden|puede) (?:dar|decir|poner|usar) mi nombre\b"
    r"|\bsi (?:pueden|puede|quiero) (?:dar|decir|poner|usar) mi nombre\b"
    r"|\b(?:ya no (?:quiero (?:que )?)?|que ya no )(?:sea|ser|es|siga) (?:mas )?anonim[oa]\b"
)


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """The wish alone, or that it is taken back. None: something else, which may hold the wish too (`mind`)."""
    words, petition = plain(said.text), _at_hand(state, facts)
    if TAKEN_BACK.search(words):
        return _taken_back(state, petition, texts)
    wish = WISH.search(words)
    if not wish or not _is_alone(words, wish, said, facts):
        return None
    state = replace(state, anonymous_since=facts.now)
    if petition is None:
        return Turn(state, (Say("anonymous.ahead", texts("anonymous.ahead")),))
    return Turn(state, (HideIdentity(petition.folio), _noted(petition.folio, texts)))


def mind(turn: Turn, text: str, facts: Facts, texts: Texts, *, is_quiet: bool) -> Turn:
    """The petition that a message opens or joins, when the wish stands in it or was said not long before."""
    words, folio = plain(text), folio_told(turn)
    is_wished = bool(WISH.search(words)) and not TAKEN_BACK.search(words)
    if is_wished:
        turn = replace(turn, state=replace(turn.state, anonymous_since=facts.now))
    if folio is None or any(isinstance(effect, HideIdentity) for effect in turn.effects):
        return turn
    is_new, known = is_acknowledged(turn, folio), facts.find(folio)
    if not is_wished and not (is_new and was_lately(turn.state.anonymous_since, facts.now, HOLDS)):
        return turn
    turn = _hidden(turn, folio)
    is_known = known is not None and known.is_anonymous and not is_new
    return turn if is_quiet or is_known else before_question(turn, _noted(folio, texts))


def _hidden(turn: Turn, folio: str) -> Turn:
    """Right after the petition is there."""
    at = next(
        (n for n, e in enumerate(turn.effects, 1) if isinstance(e, OpenPetition) and e.folio == folio),
        len(turn.effects),
    )
    return replace(turn, effects=(*turn.effects[:at], HideIdentity(folio), *turn.effects[at:]))


def _is_alone(words: str, wish: re.Match[str], said: Said, facts: Facts) -> bool:
    if said.has_files or said.has_location or said.is_edit:
        return False
    rest = f"{words[: wish.start()]} {words[wish.end() :]}".split()
    return facts.kind == "privacy" or len(rest) <= REST_WORDS


def _at_hand(state: State, facts: Facts) -> PetitionFacts | None:
    named = facts.named or facts.find(facts.quoted) or facts.find(state.latest)
    return named if named and named.is_open else None


def _noted(folio: str, texts: Texts) -> Say:
    return Say("anonymous.noted", texts("anonymous.noted", folio=folio), folio=folio)


def _taken_back(state: State, petition: PetitionFacts | None, texts: Texts) -> Turn:
    state = replace(state, anonymous_since=None)
    if petition is None:
        return Turn(state, (Say("anonymous.over", texts("anonymous.over")),))
    folio = petition.folio
    return Turn(
        state, (ShowIdentity(folio), Say("anonymous.ended", texts("anonymous.ended", folio=folio), folio=folio))
    )
