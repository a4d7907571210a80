"""What a person says beside a petition that is on its way or was answered: what comes next, who has it, that nobody
came, that it is mended by now, that it came back, that the answer is not understood. None opens a petition."""

from dataclasses import replace
from datetime import timedelta

from bot import after_words, channel_talk, follow_up, solved_words
from bot.choices import plain, yes_or_no
from bot.effects import AddToPetition, CallPerson, Say
from bot.events import Said
from bot.known import Facts, PetitionFacts
from bot.place_talk import FRESH, SAME_TALK
from bot.state import Awaiting, State
from bot.told import added
from bot.turn import Texts, Turn

QUESTION_WORDS, REMARK_WORDS, BACK_WORDS, FEW, VERY_FEW = 6, 7, 12, 6, 4
ASKED_AT_MOST, MORE_THAN_NO = 2, 2  # «no es urgente» is more than a no
BACK_HOLDS = timedelta(days=90)  # later it may be another leak: a petition of its own
BESIDE = frozenset(  # questions that what is said here does not answer
    {None, Awaiting.SOLVED, Awaiting.MUNICIPALITY, Awaiting.WHICH_MUNICIPALITY, Awaiting.DOUBT, Awaiting.MATTERS}
)
ASKING = frozenset({"petition", "info", "privacy"})  # «¿quién va a venir?» looks like a question about one's data
REMARKS = frozenset({"petition", "info", "correction", "cancel"})


def mind(state: State, said: Said, facts: Facts) -> Facts:
    """«Ya es viernes y no ha venido nadie» of a petition that was sent on: no one is missing."""
    petition = facts.find(state.latest)
    is_sent_on = petition is not None and (petition.agency is not None or not petition.is_in_triage)
    if facts.emergency is None or not is_sent_on or said.has_files:
        return facts
    is_calm = after_words.is_calm(plain(said.text), is_datum=state.awaiting == Awaiting.DATUM)
    return replace(facts, emergency=None) if is_calm else facts


def before_choice(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«No entendí» and «ok» are neither a no nor a yes to whether an answer solves the matter."""
    petition = facts.find(state.folio) if state.awaiting == Awaiting.SOLVED else None
    words = plain(said.text)
    is_agreed = after_words.AGREES.fullmatch(words) is not None
    if petition is None or not petition.is_answered or not (_is_bare(said, facts) or is_agreed):
        return None
    if after_words.is_unclear(words) or set(said.text.strip()) == {"?"}:
        return _question(state, petition, texts)
    if is_agreed and not said.is_edit and state.times_asked < ASKED_AT_MOST:
        return _ask_again(state, petition, texts)
    return None


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """An open question stays open. None: something else."""
    words = plain(said.text)
    if not words or not _is_bare(said, facts):
        return None
    if state.awaiting == Awaiting.DATUM:
        return _beside_datum(state, words, facts, texts)
    petition = facts.find(state.latest)
    if petition is None or (petition.is_open and state.awaiting not in BESIDE):
        return None
    if after_words.MANY.fullmatch(words):
        return follow_up.status(state, facts, texts)
    if not petition.is_open:
        return _came_back(state, words, petition, facts, texts)
    if petition.is_answered:
        return _after_answer(state, said, words, petition, facts, texts)
    return _on_its_way(state, said, words, petition, facts, texts)


def _is_bare(said: Said, facts: Facts) -> bool:
    is_other = said.has_files or said.has_location or said.is_edit or said.button is not None
    return not is_other and not facts.is_command and not facts.mentioned


def _beside_datum(state: State, words: str, facts: Facts, texts: Texts) -> Turn | None:
    """«Ahorita se lo mando», «¿dónde lo veo?»: no answer to an agency."""
    petition = facts.find(state.folio)
    if petition is None or petition.question is None or not petition.question.is_open:
        return None
    if after_words.LATER.fullmatch(words):
        later = Say("datum.later", texts("datum.later", folio=petition.folio), folio=petition.folio)
        return Turn(state, (later,))
    is_asking = after_words.ASKS_OF_DATUM.match(words) is not None and len(words.split()) <= QUESTION_WORDS
    if after_words.UNCLEAR.fullmatch(words) or is_asking:
        return _question(state, petition, texts)
    return None


def _on_its_way(
    state: State, said: Said, words: str, petition: PetitionFacts, facts: Facts, texts: Texts
) -> Turn | None:
    folio = petition.folio
    if after_words.NEXT.fullmatch(words):
        return _next(state, petition, texts)
    if after_words.GOES.fullmatch(words):
        return follow_up.status_of(state, petition, texts)
    if after_words.CHANGE.fullmatch(words):
        told = Say("change", texts("change", folio=folio), folio=folio)
        return Turn(replace(state.settle(), latest=folio).ask(Awaiting.DESCRIPTION, folio), (told,))
    complaints = (after_words.NOBODY_CAME, after_words.DAY_WENT, after_words.PRESSES)
    if any(shape.fullmatch(words) for shape in complaints):
        return follow_up.complaint(state, facts, texts)
    if after_words.NOT_THEIRS.fullmatch(words):
        doubted = Say("agency.doubted", texts("agency.doubted", folio=folio), folio=folio)
        return Turn(state, (AddToPetition(folio), CallPerson(folio, "agency"), doubted))
    if facts.now - petition.opened_at <= SAME_TALK and after_words.SENT.fullmatch(words):
        return Turn(state, (Say("thanks", texts("thanks")),))
    if after_words.DONE.fullmatch(words):
        turn = follow_up.ask_withdrawal(state, petition, texts, is_solved=True)
        return replace(turn, effects=(AddToPetition(folio), *turn.effects))
    if _is_kept(words, facts) and not state.awaiting:
        return Turn(state, (AddToPetition(folio), added(folio, texts)))
    is_of_it = facts.understood in (None, petition.agency) or facts.agency == state.latest_agency
    is_asked = _asks(state, said, words, petition, facts) or (is_of_it and channel_talk.is_of_an_office(said.text))
    return _question(state, petition, texts) if is_asked else None


def _is_kept(words: str, facts: Facts) -> bool:
    """It says something of the petition, and asks for nothing."""
    is_said = after_words.OTHERS_TOO.fullmatch(words) is not None or solved_words.is_news(words.split())
    return is_said or (facts.kind == "no" and MORE_THAN_NO < len(words.split()) <= REMARK_WORDS)


def _next(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    """Nothing is to be done, but for the question that is open."""
    folio, due, status = petition.folio, petition.due_on, follow_up.status_line(petition, texts)
    if state.awaiting and state.folio == folio:
        told = texts("next.asked", folio=folio, status=status, due=due)
    else:
        told = texts("next", folio=folio, status=status, due=due)
    return Turn(state, (Say("next", told, folio=folio),))


def _after_answer(
    state: State, said: Said, words: str, petition: PetitionFacts, facts: Facts, texts: Texts
) -> Turn | None:
    if after_words.NOBODY_CAME.fullmatch(words) or after_words.DAY_WENT.fullmatch(words):
        return follow_up.dispute(state, petition.folio, texts)
    is_hard = facts.kind == "help" and len(words.split()) <= QUESTION_WORDS and _sounds_asking(said, words)
    if after_words.is_unclear(words) or is_hard or _asks(state, said, words, petition, facts):
        return _question(state, petition, texts)
    if state.awaiting == Awaiting.SOLVED and _is_remark(said, words, petition, facts):
        return follow_up.ask_whether_solved(state, petition, added(petition.folio, texts), texts)
    return None


def _came_back(state: State, words: str, petition: PetitionFacts, facts: Facts, texts: Texts) -> Turn | None:
    """It was solved and is not any more: the program promises that it is seen to («si el problema vuelve»)."""
    count = len(words.split())
    is_others = facts.understood not in (None, petition.agency) and count > FEW
    is_fresh = petition.may_reopen and facts.now - petition.opened_at <= BACK_HOLDS
    if not is_fresh or not after_words.BACK.search(words) or count > BACK_WORDS or is_others:
        return None
    if facts.place and facts.place.name != petition.municipality:
        return None
    return follow_up.dispute(state, petition.folio, texts, is_back=after_words.AGAIN.search(words) is not None)


def _asks(state: State, said: Said, words: str, petition: PetitionFacts, facts: Facts) -> bool:
    """A short question that surely is about nothing else: «¿y cuándo van a venir?»."""
    is_over = state.heard_at is None or facts.now - state.heard_at > FRESH
    if is_over or facts.kind not in ASKING or facts.place or facts.place_options:
        return False
    is_of_it = facts.understood in (None, petition.agency)
    is_of_it = is_of_it or len(words.split()) <= VERY_FEW  # too little to tell whose
    return is_of_it and len(words.split()) <= QUESTION_WORDS and _sounds_asking(said, words)


def _sounds_asking(said: Said, words: str) -> bool:
    is_signed = "?" in said.text and after_words.ASKS_WITH_SIGN.match(words) is not None
    return is_signed or after_words.ASKS.match(words) is not None


def _is_remark(said: Said, words: str, petition: PetitionFacts, facts: Facts) -> bool:
    """«Llegó poquita», «más o menos»: too little to be a problem of its own."""
    if facts.kind not in REMARKS or "?" in said.text or facts.place or len(words.split()) > REMARK_WORDS:
        return False
    return facts.understood in (None, petition.agency) or after_words.PARTLY.match(words) is not None


def _question(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    return follow_up.question_noted(state, petition, texts)


def _ask_again(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    """Once: a second «ok» is taken for what it may mean."""
    folio = petition.folio
    choices = yes_or_no(f"solved:{folio}", texts("choice.solved"), texts("choice.unsolved"))
    question = Say("ask.solved", texts("ask.solved.came", folio=folio), choices, folio)
    return Turn(state.ask(Awaiting.SOLVED, folio, choices), (question,))
