"""What the citizen is told without having asked: staff moved the petition, or many messages came at once."""

from dataclasses import replace

from bot import follow_up, reading_talk, safe_talk
from bot.texts import written
from bot.turn import Accepted, Answered, Guided, Referred, Say, State, Texts, Turn

# What staff's moves have the citizen told, and what a template may name of it: the answer's text is too long for one.
NOTICES = frozenset(
    f"notice.{name}" for name in ("referred", "remitted", "accepted", "sensitive", "ready", "answered", "guided")
)
FIELDS = frozenset({"folio", "agency", "due"})


def tell(state: State, event: Referred | Accepted | Answered | Guided, texts: Texts) -> Turn:
    turn = _tell(state, event, texts)
    return safe_talk.withhold(turn, event.folio) if state.is_unsafe else turn


def _tell(state: State, event: Referred | Accepted | Answered | Guided, texts: Texts) -> Turn:
    match event:
        case Referred():
            return Turn(state, (_referred(event, texts),))
        case Accepted():
            key = "notice.sensitive" if event.is_sensitive else "notice.accepted"
            return Turn(state, (_notice(key, texts, event.folio, agency=event.agency),))
        case Answered():
            return _answered(state, event, texts)
        case Guided():
            said = _notice("notice.guided", texts, event.folio, text=event.text)
            if event.is_sensitive or state.is_unsafe:
                return reading_talk.announce(state, said, event.folio, texts)
            return Turn(replace(state, latest=event.folio), (said,))


def kept_quietly(folio: str, texts: Texts) -> Say:
    """To somebody who writes without a pause: all of it is kept."""
    return Say("flood", texts("flood", folio=folio), folio=folio)


def _referred(event: Referred, texts: Texts) -> Say:
    """A sensitive matter's agency is not named in a notice (domain §2.6 rule 5)."""
    if event.is_sensitive:
        return _notice("notice.sensitive", texts, event.folio)
    key = "notice.remitted" if event.is_outside else "notice.referred"
    return _notice(key, texts, event.folio, agency=event.agency, due=event.due_on)


def _answered(state: State, event: Answered, texts: Texts) -> Turn:
    """The answer itself, then one question, which takes the place of any other that was open."""
    answer = _notice("notice.answered", texts, event.folio, agency=event.agency, text=event.text)
    if event.is_sensitive or state.is_unsafe:
        return reading_talk.announce(state, answer, event.folio, texts)
    return follow_up.ask_solved(Turn(replace(state, latest=event.folio), (answer,)), event.folio, texts)


def _notice(key: str, texts: Texts, folio: str, **values: object) -> Say:
    """A sensitive matter's notice has no other field than the folio."""
    text = texts(key, folio=folio, **values)
    known = {} if key == "notice.sensitive" else {n: str(written(v)) for n, v in values.items() if n in FIELDS}
    return Say(key, text, folio=folio, fields=(("folio", folio), *known.items()))
