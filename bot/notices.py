"""What the citizen is told without having asked: staff moved the petition, or many messages came at once."""

from dataclasses import replace

from bot import follow_up, reading_talk, safe_talk
from bot.effects import CallPerson, Say
from bot.events import Accepted, Answered, Asked, Extended, Guided, Joined, Parted, Recounted, Referred
from bot.state import Awaiting, State
from bot.takeover import SAYS
from bot.texts import written
from bot.turn import Texts, Turn

# What staff's moves have the citizen told, and what a template may name of it: the answer's text is too long for one.
NOTICES = frozenset(
    [f"notice.{name}" for name in ("referred remitted accepted sensitive asked extended ready answered guided".split())]
    + [f"notice.interpreter_{name}" for name in ("requested", "assigned", "appointment", "done")]
    + [f"notice.{name}" for name in ("joined", "joined_others", "parted")]
    + ["notice.meeting_invited", "notice.meeting_moved", "notice.meeting_cancelled", "notice.agreement_due"]
    + ["notice.recounted"]
    + [f"reminder.{name}" for name in ("term", "municipality", "description")]
) | {SAYS}
EVIDENCE = "answer.file"  # purpose of a message that carries a file of an answer
FIELDS = frozenset({"folio", "agency", "due", "lead"})
News = Referred | Accepted | Asked | Extended | Answered | Guided | Joined | Parted | Recounted


def tell(state: State, event: News, texts: Texts) -> Turn:
    if state.is_muted and isinstance(event, Referred | Accepted | Joined | Parted | Recounted):
        return Turn(state)
    if state.is_unsafe and isinstance(event, Asked):
        return Turn(state, (CallPerson(event.folio, "unsafe"),))
    turn = _tell(state, event, texts)
    return safe_talk.withhold(turn, event.folio) if state.is_unsafe else turn


def _tell(state: State, event: News, texts: Texts) -> Turn:
    match event:
        case Referred():
            return Turn(state, (_referred(event, texts),))
        case Accepted():
            key = "notice.sensitive" if event.is_sensitive else "notice.accepted"
            return Turn(state, (_notice(key, texts, event.folio, agency=event.agency),))
        case Asked():
            return _asked(state, event, texts)
        case Extended():
            return Turn(state, (_extended(event, texts),))
        case Answered():
            return _answered(state, event, texts)
        case Guided():
            said = _notice("notice.guided", texts, event.folio, text=event.text)
            if event.is_sensitive or state.is_unsafe:
                return reading_talk.announce(state, said, event.folio, texts)
            return Turn(replace(state, latest=event.folio), (said,))
        case Recounted():
            key = "notice.sensitive" if event.is_sensitive else "notice.recounted"
            return Turn(state, (_notice(key, texts, event.folio, due=event.due_on),))
        case Joined():
            return Turn(state, (_joined(event, texts),))
        case Parted():
            key = "notice.sensitive" if event.is_sensitive else "notice.parted"
            return Turn(state, (_notice(key, texts, event.folio),))


def kept_quietly(folio: str, texts: Texts) -> Say:
    """To somebody who writes without a pause: all of it is kept."""
    return Say("flood", texts("flood", folio=folio), folio=folio)


def _referred(event: Referred, texts: Texts) -> Say:
    """A sensitive matter's agency is not named in a notice (domain §2.6 rule 5)."""
    if event.is_sensitive:
        return _notice("notice.sensitive", texts, event.folio)
    key = "notice.remitted" if event.is_outside else "notice.referred"
    return _notice(key, texts, event.folio, agency=event.agency, due=event.due_on)


def _joined(event: Joined, texts: Texts) -> Say:
    if event.is_sensitive:
        return _notice("notice.sensitive", texts, event.folio)
    return _notice("notice.joined" if event.is_own else "notice.joined_others", texts, event.folio, lead=event.lead)


def _asked(state: State, event: Asked, texts: Texts) -> Turn:
    """The question takes the place of any other. A sensitive matter's is told to who asks for the folio (follow_up)."""
    if event.is_sensitive:
        return Turn(state, (_notice("notice.sensitive", texts, event.folio),))
    asked = _notice("notice.asked", texts, event.folio, agency=event.agency, text=event.text)
    return Turn(replace(state.settle(), latest=event.folio).ask(Awaiting.DATUM, event.folio), (asked,))


def _extended(event: Extended, texts: Texts) -> Say:
    if event.is_sensitive:
        return _notice("notice.sensitive", texts, event.folio)
    known = {"agency": event.agency, "text": event.text, "due": event.due_on}
    return _notice("notice.extended", texts, event.folio, **known)


def _answered(state: State, event: Answered, texts: Texts) -> Turn:
    """The answer itself, its files, its paper, then one question, which takes the place of any other that was open.
    What is reserved has no paper's link: whoever holds the telephone could open it."""
    answer = _notice("notice.answered", texts, event.folio, agency=event.agency, text=event.text)
    files = _files(event, texts)
    if event.is_sensitive or state.is_unsafe:
        return reading_talk.announce(state, answer, event.folio, texts, beside=files)
    return follow_up.ask_solved(
        Turn(replace(state, latest=event.folio), (answer, *files, *_paper(event, texts))), event.folio, texts
    )


def _files(event: Answered, texts: Texts) -> tuple[Say, ...]:
    """Each says whose it is: it may be looked at long after the answer, or alone."""
    count = len(event.files)
    return tuple(
        Say(
            EVIDENCE,
            texts("answer.file", folio=event.folio, number=number, count=count, name=file.name),
            folio=event.folio,
            evidence=file.number,
        )
        for number, file in enumerate(event.files, start=1)
    )


def _paper(event: Answered, texts: Texts) -> tuple[Say, ...]:
    if not event.paper:
        return ()
    known = {"link": event.paper, "until": event.paper_until}
    return (Say("answer.paper", texts("answer.paper", folio=event.folio, **known), folio=event.folio),)


def _notice(key: str, texts: Texts, folio: str, **values: object) -> Say:
    """A sensitive matter's notice has no other field than the folio."""
    text = texts(key, folio=folio, **values)
    known = {} if key == "notice.sensitive" else {n: str(written(v)) for n, v in values.items() if n in FIELDS}
    return Say(key, text, folio=folio, fields=(("folio", folio), *known.items()))
