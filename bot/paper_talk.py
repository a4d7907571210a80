"""Identity papers that nobody asked for: they are covered, and the person is told that none are needed.

Source: facts/domain §2.3 (no CURP, no photo of an INE unless the matter needs it; one sent unasked is masked and
restricted). What an agency asked for is not unasked.
"""

from dataclasses import replace
from datetime import timedelta

from bot.effects import RestrictFiles, Say
from bot.known import Facts
from bot.state import State
from bot.told import before_question, folio_told, was_lately
from bot.turn import Texts, Turn

TOLD, ASKED_FOR = "privacy.not_needed", "datum.noted"
ONCE_IN = timedelta(hours=24)


def mind(before: State, turn: Turn, facts: Facts, texts: Texts, *, is_quiet: bool) -> Turn:
    says = [effect for effect in turn.effects if isinstance(effect, Say)]
    if not (facts.has_identity or facts.shows_papers) or any(say.purpose == ASKED_FOR for say in says):
        return turn
    if facts.shows_papers:
        turn = turn.then(RestrictFiles())
    is_unsaid = any(say.purpose == TOLD for say in facts.unsaid)
    is_told = was_lately(before.papers_told_at, facts.now, ONCE_IN)
    if is_quiet or not says or (is_told and not is_unsaid):
        return turn
    noted = before_question(turn, Say(TOLD, texts("privacy.not_needed"), folio=folio_told(turn)))
    return replace(noted, state=replace(noted.state, papers_told_at=facts.now))
