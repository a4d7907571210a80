"""What an agency asked the citizen: which message is the answer, and what is said to it."""

import re
from dataclasses import replace
from datetime import timedelta

from bot import aside_talk, burst
from bot.effects import AddToPetition, Say
from bot.events import Said
from bot.known import Facts, PetitionFacts, Question
from bot.place_talk import SAME_TALK
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

NOTED, OTHER = "datum.noted", "datum.other"
SMALL = frozenset({"greeting", "thanks"})
ABOUT_THE_PETITION = frozenset({"status_query", "complaint_no_answer"})
SAME_DAY = timedelta(hours=24)  # what comes later may well be another matter
ANSWER_WORDS = 7
FIGURES = re.compile(r"\d{3}")


def is_answer(state: State, said: Said, facts: Facts) -> bool:
    """While it is open, whatever kind the words look like alone: «llámenme al 951…» asks for nobody."""
    asked = _asked(state, said, facts)
    return asked is not None and asked[1].is_open and facts.kind not in ABOUT_THE_PETITION


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """The message joins the petition, and so do those that follow in the same talk. None: it is something else."""
    asked = _asked(state, said, facts)
    if asked is None or said.is_sticker or said.unsupported or _asks_back(said, facts):
        return None
    petition, question = asked
    goes_on = _goes_on(petition, facts)
    if (said.text and (facts.kind in SMALL or aside_talk.is_only_read(said))) or not _belongs(
        question, petition, said, state, facts
    ):
        return None
    noted = Say(NOTED, texts("datum.noted", folio=petition.folio), folio=petition.folio)
    state = replace(state.settle().ask(Awaiting.DATUM, petition.folio), latest=petition.folio)
    state = replace(state, latest_group=said.group_id or state.latest_group)
    turn = Turn(state, (AddToPetition(petition.folio, goes_on=goes_on), noted))
    is_answer = question.is_open and not goes_on
    if is_answer or any(say.purpose == OTHER for say in facts.unsaid):
        turn = _ask_other(turn, question if is_answer else None, facts, texts)
    return burst.small_talk(turn, facts)


def owing(turn: Turn, facts: Facts) -> Facts:
    """Whoever is thanked for an answer is told in the same turn who waits still: what was to be said of it is over."""
    if not any(isinstance(effect, Say) and effect.purpose == NOTED for effect in turn.effects):
        return facts
    return replace(facts, unsaid=tuple(say for say in facts.unsaid if say.purpose != OTHER))


def _goes_on(petition: PetitionFacts, facts: Facts) -> bool:
    """The thanks for an answer of the petition wait still: the next question was not read yet."""
    is_meant = facts.quoted == petition.folio
    return not is_meant and any((say.purpose, say.folio) == (NOTED, petition.folio) for say in facts.unsaid)


def _asks_back(said: Said, facts: Facts) -> bool:
    """And says nothing: «es el 45210, ¿a qué hora vienen?» answers."""
    return aside_talk.is_question(said, facts) and FIGURES.search(said.text) is None


def _ask_other(turn: Turn, answered: Question | None, facts: Facts, texts: Texts) -> Turn:
    """One message answers one agency, whatever it says: what another one waits for is asked again, once an answer."""
    others = [(one.told_at, p.folio, one) for p in facts.petitions if (one := _next(p, answered))]
    if not others:
        return turn
    _, folio, other = min(others, key=lambda row: row[0] or facts.now)
    say = Say(OTHER, texts("datum.other", folio=folio, agency=other.agency, text=other.text), folio=folio)
    return Turn(turn.state.ask(Awaiting.DATUM, folio), (*turn.effects, say))


def _next(petition: PetitionFacts, answered: Question | None) -> Question | None:
    """The one of a petition to which the next message is an answer: the newest (`take_answer`), else it would go to
    another agency than the one that is named. A sensitive matter's are told to who asks for the folio (`follow_up`)."""
    asked = () if petition.is_sensitive else (petition.question, *petition.waiting)
    return next((one for one in asked if one and one.is_open and one.told_at and one != answered), None)


def _asked(state: State, said: Said, facts: Facts) -> tuple[PetitionFacts, Question] | None:
    """What the citizen was asked, and of which petition: what did not leave yet cannot be answered.

    While the thanks for an answer wait, and for the rest of an album, the message goes on with what it answered.
    """
    if state.awaiting != Awaiting.DATUM:
        return None
    unsaid = next((say.folio for say in facts.unsaid if say.purpose == NOTED), None)
    is_of_album = said.group_id is not None and said.group_id == state.latest_group
    meant = facts.named or facts.find(facts.quoted or unsaid or (state.latest if is_of_album else state.folio))
    question = meant.question if meant else None
    return (meant, question) if meant and question and question.told_at else None


def _belongs(question: Question, petition: PetitionFacts, said: Said, state: State, facts: Facts) -> bool:
    is_little = not said.text or len(said.text.split()) <= ANSWER_WORDS
    if question.is_open:
        is_another = facts.kind == "petition" and facts.understood not in (None, petition.agency)
        is_late = question.told_at is not None and facts.now - question.told_at > SAME_DAY
        return is_little or not (is_another and is_late)
    since = facts.now - state.heard_at if state.heard_at else SAME_DAY
    return since <= burst.BREATH or (since <= SAME_TALK and (is_little or said.has_files))
