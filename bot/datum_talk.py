"""What an agency asked the citizen: which message is the answer, and what is said to it."""

from dataclasses import replace
from datetime import timedelta

from bot import burst
from bot.effects import AddToPetition, Say
from bot.events import Said
from bot.known import Facts, PetitionFacts, Question
from bot.place_talk import SAME_TALK
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

SMALL = frozenset({"greeting", "thanks"})
ABOUT_THE_PETITION = frozenset({"status_query", "complaint_no_answer"})
SAME_DAY = timedelta(hours=24)  # what comes later may well be another matter
ANSWER_WORDS = 7


def is_answer(state: State, said: Said, facts: Facts) -> bool:
    """While it is open, whatever kind the words look like alone: «llámenme al 951…» asks for nobody."""
    question = _question(state, facts)
    return question is not None and question.is_open and facts.kind not in ABOUT_THE_PETITION


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """The message joins the petition, and so do those that follow in the same talk. None: it is something else."""
    question, petition = _question(state, facts), facts.find(state.folio)
    if question is None or petition is None or said.is_sticker or said.unsupported:
        return None
    if (said.text and facts.kind in SMALL) or not _belongs(question, petition, said, state, facts):
        return None
    noted = Say("datum.noted", texts("datum.noted", folio=petition.folio), folio=petition.folio)
    state = replace(state, latest=petition.folio, latest_group=said.group_id or state.latest_group)
    return burst.small_talk(Turn(state, (AddToPetition(petition.folio), noted)), facts)


def _question(state: State, facts: Facts) -> Question | None:
    """The one that the citizen was asked: what did not leave yet cannot be answered."""
    petition = facts.find(state.folio) if state.awaiting == Awaiting.DATUM else None
    return petition.question if petition and petition.question and petition.question.told_at else None


def _belongs(question: Question, petition: PetitionFacts, said: Said, state: State, facts: Facts) -> bool:
    is_little = not said.text or len(said.text.split()) <= ANSWER_WORDS
    if question.is_open:
        is_another = facts.kind == "petition" and facts.understood not in (None, petition.agency)
        is_late = question.told_at is not None and facts.now - question.told_at > SAME_DAY
        return is_little or not (is_another and is_late)
    since = facts.now - state.heard_at if state.heard_at else SAME_DAY
    return since <= burst.BREATH or (since <= SAME_TALK and (is_little or said.has_files))
