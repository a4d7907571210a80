"""People write in pieces. What answers a piece waits a while; when more comes it is taken back and said of the whole.

So five messages, or an album and its place, are one petition with one acknowledgement.
"""

from dataclasses import replace
from datetime import timedelta

from bot.effects import Say, TakeBack
from bot.events import Said
from bot.known import Facts, Told
from bot.state import State
from bot.turn import Turn

ACKNOWLEDGEMENT = "petition.received"
BREATH = timedelta(seconds=20)  # what follows within it is said in one breath
SMALL_TALK = frozenset({"greeting", "thanks", "help.short"})  # not owed to anybody who went on writing
WORDS_ENOUGH, WORDS_WITH_PLACE = 8, 4


def find_draft(said: Said, facts: Facts) -> Told | None:
    """The petition that was not acknowledged yet and that the message goes on with: all but orders and buttons do."""
    if said.button or said.is_sticker or said.unsupported or facts.mentioned:
        return None
    return None if said.is_edit or facts.is_command else facts.draft


def wait(told: Told, facts: Facts) -> timedelta:
    """Before the acknowledgement of what was told so far."""
    patience = facts.patience
    so_far = patience.usual if facts.draft else patience.first
    pause = patience.complete if _is_whole(told, facts) else so_far
    return max(timedelta(0), min(pause, told.since + patience.longest - facts.now))


def _is_whole(told: Told, facts: Facts) -> bool:
    """It says what and where; a first message that is long enough is seldom followed by another one."""
    words = len(told.text.split())
    if told.read.place:
        return told.has_voice or words >= WORDS_WITH_PLACE
    return facts.draft is None and words >= WORDS_ENOUGH


def hold(turn: Turn, pause: timedelta) -> Turn:
    """Everything that the turn says waits."""
    if not pause:
        return turn
    later = turn.saying(lambda say: replace(say, after=pause))
    return replace(later, state=replace(turn.state, is_waiting=True))


def small_talk(turn: Turn, facts: Facts) -> Turn:
    """Who says «buenas» often goes on, and then is answered to that; «buenas», «oigan» is somebody who writes in
    pieces."""
    return hold(turn, facts.patience.first if facts.unsaid else facts.patience.complete)


def take_back(state: State, turn: Turn, facts: Facts, *, is_urgent: bool = False) -> Turn:
    """What waited is said now, before the turn's own words (after them when those are urgent), but for small talk, what
    the turn says itself, and a question that is not open any more."""
    if not facts.unsaid:
        return turn
    new = {(e.purpose, e.folio) for e in turn.effects if isinstance(e, Say)}
    is_same_question = (turn.state.awaiting, turn.state.folio) == (state.awaiting, state.folio)
    owed = tuple(
        say
        for say in facts.unsaid
        if say.purpose not in SMALL_TALK
        and (say.purpose, say.folio) not in new
        and (is_same_question or not say.purpose.startswith("ask."))
    )
    said = (*turn.effects, *owed) if is_urgent else (*owed, *turn.effects)
    return Turn(turn.state, (TakeBack(), *said))
