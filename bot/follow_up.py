"""After the folio: how it goes, whether the answer solved it, withdrawing it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import rating_talk, service_words, solved_words
from bot.choices import find_choice, plain, yes_or_no
from bot.effects import AddToPetition, CallPerson, Conclude, Reopen, Say, Withdraw
from bot.events import Said
from bot.known import Facts, Mention, PetitionFacts, Question
from bot.messages import Choice
from bot.state import Awaiting, State
from bot.told import added
from bot.turn import Texts, Turn

LISTED_AT_MOST = 5
WITHDRAWN = re.compile(r"\b(?:cierr|cancel|retir|quit|borr|elimin)\w*(?:la|las|lo|los)\b")
WITHDRAWAL_HOLDS = timedelta(hours=24)


def status(state: State, facts: Facts, texts: Texts) -> Turn:
    """How petitions go: those named in the text, else the citizen's own, newest first."""
    if facts.mentioned:
        return _asked_for(state, facts, texts)
    if not facts.petitions:
        return Turn(state, (Say("status.none", texts("status.none")),))
    meant = facts.petitions[0] if len(facts.petitions) == 1 else facts.find(facts.asked_about)
    return status_of(state, meant, texts) if meant else Turn(state, (_listed(facts.petitions, texts),))


def status_of(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    return Turn(_asks_again(replace(state, latest=petition.folio), petition), (_detail(petition, texts),))


def question_noted(state: State, petition: PetitionFacts, texts: Texts) -> Turn:
    """It goes to the petition and to a person; it is no answer to an agency."""
    told = texts("question.noted", folio=petition.folio, due=petition.due_on)
    noted = Say("question.noted", told, folio=petition.folio)
    return Turn(state, (AddToPetition(petition.folio, is_question=True), CallPerson(petition.folio, "question"), noted))


def _asked_for(state: State, facts: Facts, texts: Texts) -> Turn:
    """Own folios always; of others a word each, and only so many an hour: nobody finds folios by guessing."""
    named = facts.mentioned[:LISTED_AT_MOST]
    counted = state.guess(facts.now, sum(not mention.is_own for mention in named))
    if counted.is_guessing:
        named = tuple(mention for mention in named if mention.is_own)
    said = tuple(_mentioned(mention, texts) for mention in named)
    if len(named) == 1 and named[0].is_own and named[0].petition:
        counted = _asks_again(counted, named[0].petition, is_named=True)
    return Turn(counted, said or (Say("status.enough", texts("status.enough")),))


def complaint(state: State, facts: Facts, texts: Texts) -> Turn | None:
    """Silence, or an answer that does not solve. None when there is no petition that it could be about."""
    petition = _meant(state, facts)
    if not petition:
        return None
    if petition.is_answered:
        return dispute(state, petition.folio, texts)
    said = Say(
        "complaint",
        texts("complaint", folio=petition.folio, status=status_line(petition, texts)),
        folio=petition.folio,
    )
    return Turn(
        replace(state, latest=petition.folio),
        (AddToPetition(petition.folio), CallPerson(petition.folio, "silence"), said),
    )


def bad_service(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«Tardaron muchísimo», «qué mal servicio»: no thanks and no new matter, and no word on whether it is solved. None:
    something else, or the question about the attention is open, which it answers."""
    if said.has_files or not service_words.is_bad(plain(said.text)):
        return None
    if state.awaiting in (Awaiting.DISPUTE, Awaiting.DATUM) or rating_talk.is_answer(state, said, facts):
        return None
    petition = _meant(state, facts) or facts.find(state.latest)
    if petition is None:
        return Turn(state, (Say("service.which", texts("service.which")),))
    if not petition.is_answered and petition.is_open and service_words.is_of_waiting(plain(said.text)):
        return complaint(state, facts, texts)
    noted = Say("service.noted", texts("service.noted", folio=petition.folio), folio=petition.folio)
    if petition.is_answered:
        turn = ask_whether_solved(state, petition, noted, texts)
    else:
        turn = Turn(state, (AddToPetition(petition.folio), noted))
    return replace(turn, effects=(*turn.effects[:1], CallPerson(petition.folio, "attention"), *turn.effects[1:]))


def find_withdrawable(state: State, facts: Facts) -> PetitionFacts | None:
    """The open petition that «cancelar» means: the named one, else the latest spoken of, else the newest."""
    named = [m.petition for m in facts.mentioned if m.is_own]
    candidates = named or [facts.find(state.latest), *facts.petitions]
    return next((petition for petition in candidates if petition and petition.is_open), None)


def ask_withdrawal(state: State, petition: PetitionFacts | None, texts: Texts, *, is_solved: bool = False) -> Turn:
    """Cancelling stops the open question; a petition is withdrawn only after a yes. `is_solved`: they say that what
    they asked for is done, before anybody answered."""
    if not petition:
        return Turn(state.settle(), (Say("cancel.nothing", texts("cancel.nothing")),))
    folio = petition.folio
    yes = texts("choice.close") if is_solved else texts("choice.withdraw")
    choices = yes_or_no(f"withdraw:{folio}", yes, texts("choice.keep"))
    asked = texts("ask.withdrawal.solved", folio=folio) if is_solved else texts("ask.withdrawal", folio=folio)
    question = Say("ask.withdrawal", asked, choices, folio)
    return Turn(state.settle().ask(Awaiting.WITHDRAWAL, folio, choices), (question,))


def insisted(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«Ciérrenla, por favor», once it was asked: a yes. None: it was not asked, or they say something else."""
    words = plain(said.text)
    is_meant = WITHDRAWN.search(words) is not None and not re.search(r"\bno\b", words)
    is_other = any(mention.folio != state.folio for mention in facts.mentioned)
    if state.awaiting != Awaiting.WITHDRAWAL or not state.folio or not is_meant or is_other:
        return None
    return _withdrawn(state, state.folio, texts)


def is_lapsed(state: State, choice: Choice, said: Said, facts: Facts) -> bool:
    """A «sí» that is written long after the question: whether it means to withdraw a petition is asked again."""
    return _is_late(state, facts) and not said.button and choice.data.endswith(":yes")


def forget(state: State, said: Said, facts: Facts) -> State:
    """Whoever speaks of something else long after the question is not asked it any more: the «sí» after a new «hola»
    means something else too."""
    if not _is_late(state, facts) or find_choice(state.offered, said.text, said.button, facts.kind):
        return state
    return state.settle()


def _is_late(state: State, facts: Facts) -> bool:
    is_late = state.heard_at is not None and facts.now - state.heard_at > WITHDRAWAL_HOLDS
    return is_late and state.awaiting == Awaiting.WITHDRAWAL


def chosen(state: State, choice: Choice, facts: Facts, texts: Texts) -> Turn:
    verb, folio, answer = choice.data.split(":", 2)
    if verb == "solved":
        return _solved(state, folio, facts, texts) if answer == "yes" else dispute(state, folio, texts)
    if answer == "yes":
        return _withdrawn(state, folio, texts)
    return Turn(state.settle(), (Say("kept", texts("kept", folio=folio), folio=folio),))


def _withdrawn(state: State, folio: str, texts: Texts) -> Turn:
    return Turn(state.settle(), (Withdraw(folio), Say("withdrawn", texts("withdrawn", folio=folio), folio=folio)))


def dispute(state: State, folio: str, texts: Texts, *, is_back: bool = False) -> Turn:
    """Reopened at once; what is missing is asked afterwards, and an abandoned chat is still reopened. `is_back`: it was
    solved and the problem came back."""
    told = texts("solved.back", folio=folio) if is_back else texts("solved.no", folio=folio)
    asked = Say("solved.no", told, folio=folio)
    state = replace(state.settle(), latest=folio).ask(Awaiting.DISPUTE, folio)
    return Turn(state, (AddToPetition(folio), Reopen(folio), asked))


def dispute_explained(state: State, facts: Facts, texts: Texts) -> Turn:
    folio = state.folio or ""
    said = Say("dispute.noted", texts("dispute.noted", folio=folio), folio=folio)
    return Turn(replace(state.settle(), latest=folio), (AddToPetition(folio), said))


def old_button(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    """A button of an earlier message. Still good when it says whether an own petition is solved, or that it is not
    although it was closed."""
    verb, _, rest = (said.button or "").partition(":")
    folio, _, answer = rest.partition(":")
    petition = facts.find(folio)
    if verb == "solved" and petition and answer == "yes" and petition.is_answered:
        return _solved(state, folio, facts, texts)
    if verb == "solved" and petition and answer == "no" and (petition.is_answered or not petition.is_open):
        return dispute(state, folio, texts)
    return Turn(state, (Say("button.old", texts("button.old")),))


def ask_solved(turn: Turn, folio: str, texts: Texts, *, asked: str = "") -> Turn:
    """After an answer; takes the place of any other question. `asked`: in these words."""
    choices = yes_or_no(f"solved:{folio}", texts("choice.solved"), texts("choice.unsolved"))
    question = Say("ask.solved", asked or texts("ask.solved", folio=folio), choices, folio)
    return Turn(turn.state.settle().ask(Awaiting.SOLVED, folio, choices), (*turn.effects, question))


def news(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """«Ya vinieron», «arreglaron el de mi vecino»: kept with the petition that has its answer, and whether that solves
    it is asked. None: there is no such petition, or something else is told."""
    petition, words = facts.find(state.folio or state.latest), plain(said.text).split()
    if petition is None or not petition.is_answered or not solved_words.is_news(words):
        return None
    if solved_words.meaning(said.text, words, facts.kind) == "no":
        return dispute(state, petition.folio, texts)
    return ask_whether_solved(state, petition, added(petition.folio, texts), texts)


def ask_whether_solved(state: State, petition: PetitionFacts, noted: Say, texts: Texts) -> Turn:
    """Once more, after what the person told of it. A sensitive matter is asked about only where its answer was read."""
    turn = Turn(replace(state, latest=petition.folio), (AddToPetition(petition.folio), noted))
    if petition.is_sensitive or petition.has_reserved:
        return turn
    return ask_solved(turn, petition.folio, texts, asked=texts("ask.solved.came", folio=petition.folio))


def _solved(state: State, folio: str, facts: Facts, texts: Texts) -> Turn:
    said = Say("solved.yes", texts("solved.yes", folio=folio), folio=folio)
    return rating_talk.ask(state, Turn(state.settle(), (Conclude(folio), said)), folio, facts, texts)


def _meant(state: State, facts: Facts) -> PetitionFacts | None:
    """The petition that a complaint is about: the named one, else the latest or the newest that is not closed."""
    candidates = (facts.find(state.latest), *facts.petitions)
    return facts.named or next((p for p in candidates if p and (p.is_open or p.is_answered)), None)


def _mentioned(mention: Mention, texts: Texts) -> Say:
    if mention.petition is None:
        return Say("status.unknown", texts("status.unknown", folio=mention.folio))
    if mention.is_own:
        return _detail(mention.petition, texts, is_named=True)
    word = texts(f"status.{mention.petition.word}", agency=texts("status.some_agency"))
    return Say("status.stranger", texts("status.stranger", folio=mention.petition.folio, status=word))


def _detail(petition: PetitionFacts, texts: Texts, *, is_named: bool = False) -> Say:
    key = "status.detail" if petition.is_open else "status.detail_closed"
    text = texts(
        key,
        folio=petition.folio,
        status=status_line(petition, texts, is_named=is_named),
        opened=petition.opened_at.date(),
        due=petition.due_on,
    )
    if petition.follows:
        text = "\n".join((text, texts("status.follows", lead=petition.follows)))
    if asked := _asked(petition, is_named=is_named):
        text = "\n\n".join((text, texts("status.asked", agency=asked.agency, text=asked.text)))
    return Say("status.detail", text, folio=petition.folio)


def _listed(petitions: Sequence[PetitionFacts], texts: Texts) -> Say:
    lines = [
        texts(
            "status.line",
            folio=p.folio,
            status=status_line(p, texts),
            opened=p.opened_at.date(),
            summary=_summary(p, texts),
        )
        for p in petitions[:LISTED_AT_MOST]
    ]
    return Say("status.list", "\n".join([texts("status.list", count=len(petitions)), *lines]))


def _asks_again(state: State, petition: PetitionFacts, *, is_named: bool = False) -> State:
    """The agency's question stands in the detail: what is written next may be its answer."""
    is_told = _asked(petition, is_named=is_named) is not None
    return state.settle().ask(Awaiting.DATUM, petition.folio) if is_told else state


def _asked(petition: PetitionFacts, *, is_named: bool) -> Question | None:
    """The agency's open question; a sensitive matter's is told only to who writes the folio."""
    question = petition.question
    return question if question and question.is_open and (is_named or not petition.is_sensitive) else None


def _summary(petition: PetitionFacts, texts: Texts) -> str:
    """A sensitive matter is not named in a list: the phone may be in other hands."""
    return texts("status.private") if petition.is_sensitive else petition.summary


def status_line(petition: PetitionFacts, texts: Texts, *, is_named: bool = False) -> str:
    """A sensitive matter's agency gives the matter away: it is told only to who writes the folio (notice.sensitive)."""
    agency = petition.agency if is_named or not petition.is_sensitive else None
    return texts(f"status.{petition.word}", agency=agency or texts("status.some_agency"))
