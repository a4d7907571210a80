"""The conversation: `step(state, event, facts, texts) → (state, effects)`. Pure: no clock, no table, no network.

An emergency goes before everything; then ALTO and a meeting's code; then a choice that was offered; then the words that
work at any moment (status, help, person, cancel …); then the open question; then what the message is by itself.
"""

from dataclasses import replace
from datetime import timedelta

from bot import (
    after_talk,
    anonymity_talk,
    aside_talk,
    burst,
    channel_talk,
    chosen_talk,
    damage_talk,
    datum_talk,
    doubt_talk,
    follow_up,
    language_talk,
    link_talk,
    matter_talk,
    meeting_talk,
    minor_talk,
    notices,
    opening,
    person_talk,
    place_talk,
    privacy_talk,
    rating_talk,
    reading_talk,
    reminders,
    safe_talk,
    same_talk,
    takeover,
)
from bot.belonging import find_continued, find_recent, is_another_day
from bot.choices import find_choice
from bot.effects import AddToPetition, CallPerson, OpenPetition, Say, SetPlace
from bot.events import (
    Accepted,
    AgreementDue,
    Answered,
    Asked,
    Due,
    Event,
    Extended,
    Guided,
    InterpreterMoved,
    Joined,
    MeetingInvited,
    MeetingMoved,
    Parted,
    PersonCame,
    PersonLeft,
    PersonWrote,
    Recounted,
    Referred,
    Said,
    Transcribed,
)
from bot.known import TELLING, Facts, PetitionFacts, Told
from bot.state import Awaiting, State
from bot.told import added
from bot.turn import Texts, Turn

SAME_EMERGENCY = timedelta(minutes=30)  # the number is said again each time; only the folio is the same
ANY_TIME = frozenset({"status_query", "help", "human", "cancel", "privacy", "interpreter", "complaint_no_answer"})


def step(state: State, event: Event, facts: Facts, texts: Texts) -> Turn:
    """The next state and what is to be done, in order.

    Every `Said` gets at least one `Say`, except the further pictures of an album: the first one was answered; what is
    said while a person of the office is in the conversation: that person answers; and who says that it is not safe.
    """
    match event:
        case Said():
            return _hear(state, event, facts, texts)
        case Due():
            return reminders.remind(state, event, facts, texts)
        case Referred() | Accepted() | Asked() | Extended() | Answered() | Guided() | Joined() | Parted() | Recounted():
            return notices.tell(state, event, texts)
        case PersonCame() | PersonWrote() | PersonLeft():
            return takeover.tell(state, event, texts)
        case InterpreterMoved():
            return language_talk.tell(state, event, texts)
        case MeetingInvited() | MeetingMoved() | AgreementDue():
            return meeting_talk.tell(state, event, texts)
        case Transcribed():
            return place_talk.transcribed(state, event, texts)


def _hear(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    since, facts = state, after_talk.mind(state, said, damage_talk.mind(state, said, facts))
    state = follow_up.forget(replace(state, is_waiting=False), said, facts)
    if facts.emergency:
        urgent = person_talk.mind(since, _emergency(state, said, facts, texts), said, facts, texts, is_quiet=True)
        return burst.take_back(since, urgent, facts, is_urgent=True)
    if ordered := reminders.heard(state, said, texts):
        turn = ordered
    elif attending := meeting_talk.heard(state, said, facts, texts):
        turn = attending
    elif state.person_folio:
        turn = _hear_quietly(state, said, facts, texts)
    elif not said.button and (linking := link_talk.heard(state, said, facts, texts)):
        turn = linking
    elif state.set_aside and facts.set_aside:
        turn = _beside(state, facts.set_aside, said, facts, texts)
    elif draft := burst.find_draft(said, facts):
        turn = _grow(state, draft, said, facts, texts)
    else:
        turn = _answer_to(state, said, facts, texts)
    is_welcomed = state.is_welcomed or not turn.state.is_unsafe  # the notice waits until it is safe
    turn = replace(turn, state=replace(turn.state, heard_at=facts.now, is_welcomed=is_welcomed))
    is_hushed = safe_talk.is_hushed(turn)
    is_quiet = is_hushed or state.person_folio is not None
    turn = person_talk.mind(since, turn, said, facts, texts, is_quiet=is_quiet)
    if is_hushed:
        return Turn(replace(turn.state, is_welcomed=state.is_welcomed), turn.effects)
    turn = burst.take_back(since, turn, datum_talk.owing(turn, facts))
    if state.person_folio:
        return turn
    turn = opening.welcomed(turn, facts, texts) if is_welcomed and not state.is_welcomed else turn
    return damage_talk.announce(turn, facts, texts)


def _hear_quietly(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    """A pressed button still does what it says; nothing is said of it."""
    turn = _answer_to(state, said, facts, texts) if said.button else takeover.hear(state, said, facts)
    return takeover.hush(turn, facts.now)


def _beside(state: State, told: Told, said: Said, facts: Facts, texts: Texts) -> Turn:
    """Something is kept apart until the person says where it belongs: this does, else it is a petition by now."""
    if turn := same_talk.hear(state, said, facts, texts):
        return turn
    opened = same_talk.let_go(state, told).then(opening.acknowledgement(told, facts, texts))
    turn = _answer_to(opened.state, said, same_talk.known_by(told, facts), texts)
    both = Turn(turn.state, (*opened.effects, *turn.effects))
    return both if both.state.awaiting else opening.ask_missing(both, told, facts, texts)


def _emergency(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    """Number first, then the folio without a word about the matter: the phone may be in other hands (domain §2.6)."""
    known = _same_emergency(state, said, facts)
    folio = known or facts.new_folio
    ahead = None if facts.place else state.place_ahead(facts.now)
    place = facts.place.clave if facts.place else ahead
    opened = OpenPetition(folio, place=place, emergency=facts.emergency, has_pin=ahead is not None)
    kept = AddToPetition(folio) if known else opened
    then = replace(state.settle(), latest=folio, latest_agency=facts.agency, heard_at=facts.now, pending_place=None)
    turn = Turn(
        replace(then, emergency=facts.emergency, emergency_folio=folio),
        (
            Say(f"emergency.{facts.emergency}", texts(f"emergency.{facts.emergency}"), folio=folio),
            kept,
            CallPerson(folio, "emergency"),
            Say("emergency.folio", texts("emergency.folio", folio=folio), folio=folio),
        ),
    )
    return safe_talk.ask(state, damage_talk.in_danger(state, turn, said, facts, texts), texts)


def _same_emergency(state: State, said: Said, facts: Facts) -> str | None:
    """The folio of the emergency that this message goes on with: people in danger write in gasps, and correct them.

    Only while it waits in triage, where staff see it first: danger that joins a petition sent on is seen by nobody.
    """
    edited = facts.find(facts.edited_folio) if said.is_edit else None
    known = edited or (facts.find(state.emergency_folio) if state.emergency == facts.emergency else None)
    form = facts.find(damage_talk.find_form(state, facts))
    known = known or form
    if not known or not known.is_open or not known.is_in_triage:
        return None
    return known.folio if edited or form or facts.now - known.opened_at <= SAME_EMERGENCY else None


def _answer_to(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    if safety := safe_talk.told(state, said, texts):
        return safety
    if unclear := after_talk.before_choice(state, said, facts, texts):
        return unclear
    chosen = find_choice(state.offered, said.text, said.button, facts.kind)
    if chosen and follow_up.is_lapsed(state, chosen, said, facts):
        return follow_up.ask_withdrawal(state, facts.find(state.folio), texts)
    if said.button and not chosen:
        return chosen_talk.press_again(state, said, facts, texts)
    if not chosen and (wish := anonymity_talk.heard(state, said, facts, texts)):
        return wish
    if said.is_edit:
        return _edited(state, said, facts, texts)
    if chosen:
        return chosen_talk.take(state, chosen, said, facts, texts)
    if aside := aside_talk.heard(state, said, facts, texts) or after_talk.heard(state, said, facts, texts):
        return aside
    is_more = state.awaiting == Awaiting.DISPUTE or said.has_files or place_talk.is_answer(state, said, facts)
    is_more = is_more or datum_talk.is_answer(state, said, facts) or rating_talk.is_answer(state, said, facts)
    is_more = is_more or language_talk.is_answer(state, said, facts) or damage_talk.is_answer(state, said)
    if said.text and facts.kind in ANY_TIME and (facts.is_command or not is_more):
        return _any_time(state, said, facts, texts)
    return _open_question(state, said, facts, texts)


def _edited(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    if facts.draft and facts.draft.folio == facts.edited_folio:
        return _grow(state, facts.draft, said, facts, texts)
    if not facts.edited_folio:
        return _by_kind(state, replace(said, is_edit=False), facts, texts)
    turn = Turn(state, (AddToPetition(facts.edited_folio, goes_on=True),))
    return turn.then(
        Say("petition.edited", texts("petition.edited", folio=facts.edited_folio), folio=facts.edited_folio)
    )


def _any_time(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    match facts.kind:
        case "status_query":
            return reading_talk.ask(follow_up.status(state, facts, texts), facts, texts)
        case "complaint_no_answer":
            return follow_up.complaint(state, facts, texts) or _open(state, said, facts, texts)
        case "human":
            return _call_person(state, facts, texts)
        case "interpreter":
            return _call_interpreter(state, facts, texts)
        case "cancel":
            asked = follow_up.ask_withdrawal(state, follow_up.find_withdrawable(state, facts), texts)
            return follow_up.insisted(state, said, facts, texts) or asked
        case "privacy":
            return privacy_talk.heard(state, said, texts)
        case _:
            return Turn(state, (Say(facts.kind, texts(facts.kind)),))


def _open_question(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    match state.awaiting:
        case Awaiting.MUNICIPALITY | Awaiting.WHICH_MUNICIPALITY if not aside_talk.is_question(said, facts):
            turn = place_talk.heard(state, said, facts, texts)
        case Awaiting.DESCRIPTION if said.has_voice or _describes(said, facts):
            turn = _described(state, said, facts, texts)
        case Awaiting.DESCRIPTION if facts.is_command and facts.kind in ("yes", "no"):
            turn = Turn(state, (Say("ask.description", texts("ask.description"), folio=state.folio),))
        case Awaiting.DOUBT if said.text:
            turn = doubt_talk.heard(state, said, facts, texts)
        case Awaiting.MATTERS:
            turn = matter_talk.heard(state, said, texts)
        case Awaiting.DATUM:
            turn = datum_talk.heard(state, said, facts, texts)
        case Awaiting.RATING | Awaiting.COMMENT:
            turn = rating_talk.heard(state, said, facts, texts)
        case Awaiting.LANGUAGE:
            turn = language_talk.heard(state, said, facts, texts)
        case Awaiting.DAMAGE | Awaiting.HURT | Awaiting.WHERE:
            turn = damage_talk.heard(state, said, facts, texts)
        case Awaiting.SOLVED | None if said.text and not said.has_files:
            turn = follow_up.news(state, said, facts, texts)
        case Awaiting.SAFE if said.text:
            turn = safe_talk.heard(state, said)
        case Awaiting.GUARDIAN if said.text:
            turn = minor_talk.heard(state, said, facts, texts)
        case Awaiting.DISPUTE if (said.text or said.has_files) and not is_another_day(state, facts):
            turn = follow_up.dispute_explained(state, facts, texts)
        case _:
            turn = None
    return turn or _by_kind(state, said, facts, texts)


def _describes(said: Said, facts: Facts) -> bool:
    """«Sí», «ok, espero» and a number say nothing of what is needed."""
    is_bare = facts.is_command or aside_talk.is_number(said) or aside_talk.is_seen(said)
    return bool(said.text) and facts.kind not in ("greeting", "thanks") and not is_bare


def _by_kind(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    if said.is_sticker or said.unsupported:
        key = "sticker" if said.is_sticker else "unsupported"
        return Turn(state, (Say(key, texts(key)),))
    if not said.text:
        return _without_words(state, said, facts, texts)
    if small := aside_talk.small(state, said, facts, texts):
        return small
    if _tells_something(state, said, facts):
        return _told(state, said, facts, texts)
    key = {"greeting": "greeting", "thanks": "thanks", "yes": "thanks"}.get(facts.kind, "help.short")
    return burst.small_talk(Turn(state, (Say(key, texts(key)),)), facts)


def _told(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    if again := same_talk.repeated(state, said, facts, texts):
        return again
    if recent := find_continued(state, said, facts):
        return _add(state, recent, said, facts, texts)
    ahead = place_talk.ahead(state, said, facts, texts)
    return ahead or same_talk.ask(state, said, facts, texts) or _open(state, said, facts, texts)


def _tells_something(state: State, said: Said, facts: Facts) -> bool:
    """A matter or a part of one. «Así está» looks like a yes: right after a petition, and with a photo, it is not."""
    if facts.kind in TELLING or (said.has_files and not facts.is_command):
        return True
    is_odd = facts.kind in ("yes", "no", "spam") and not facts.is_command
    return is_odd and find_continued(state, said, facts) is not None


def _without_words(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    """Files or a place alone: they join the petition at hand, else they are one already (a photo is not dropped)."""
    recent = find_recent(state, facts)
    if recent and said.group_id and said.group_id == state.latest_group:
        return Turn(state, (AddToPetition(recent.folio),))
    if recent and (said.has_files or not facts.place):
        return _add(state, recent, said, facts, texts)
    if said.has_files:
        return _open(state, said, facts, texts)
    if recent and facts.place:
        return place_talk.placed(state, recent.folio, facts.place, texts).then(AddToPetition(recent.folio))
    if not facts.place:
        return Turn(state, (Say("location.unknown", texts("location.unknown")),))
    noted = replace(state, pending_place=facts.place.clave)
    return Turn(noted, (Say("location.noted", texts("location.noted", place=facts.place.name)),))


def _open(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    told = opening.told_by(said, facts)
    state = replace(
        state.settle(),
        latest=told.folio,
        latest_agency=told.read.agency,
        latest_group=said.group_id,
        pending_place=None,
    )
    place = told.read.place.clave if told.read.place else None
    opened = Turn(state, (OpenPetition(told.folio, place=place, has_pin=opening.pinned(facts) is not None),))
    if channel_talk.is_of_an_office(said.text):
        opened = opened.then(CallPerson(told.folio, "question"))
    return opening.acknowledge(opened, told, facts, texts)


def _grow(state: State, told: Told, said: Said, facts: Facts, texts: Texts) -> Turn:
    """A further piece of the burst: one acknowledgement of all of it, and only what is still missing is asked."""
    petition = facts.find(told.folio)
    known, place = petition.municipality if petition else None, told.read.place
    moved = (SetPlace(told.folio, clave=place.clave),) if place and place.name != known else ()
    state = replace(
        state.settle(),
        latest=told.folio,
        latest_agency=told.read.agency,
        latest_group=said.group_id or state.latest_group,
    )
    return opening.acknowledge(Turn(state, (AddToPetition(told.folio), *moved)), told, facts, texts)


def _add(state: State, petition: PetitionFacts, said: Said, facts: Facts, texts: Texts) -> Turn:
    state = replace(state, latest=petition.folio, latest_group=said.group_id or state.latest_group)
    turn = Turn(state, (AddToPetition(petition.folio, is_place=place_talk.is_only_where(said.text)),))
    if facts.place and place_talk.is_denied(said):
        if facts.place.name == petition.municipality:
            return place_talk.denied(turn, petition.folio, facts.place, texts)
        return turn.then(added(petition.folio, texts))
    if facts.place and facts.place.name != petition.municipality:
        placed = place_talk.placed(turn.state, petition.folio, facts.place, texts)
        return Turn(placed.state, (*turn.effects, *placed.effects))
    return burst.small_talk(turn.then(added(petition.folio, texts)), facts)


def _described(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """None: the petition is not among those that are known of the person any more."""
    folio = state.folio or facts.new_folio
    petition = facts.find(folio)
    if not petition:
        return None
    turn = _add(replace(state.settle(), latest_agency=facts.agency), petition, said, facts, texts)
    if facts.place or petition.municipality:
        return turn
    return burst.small_talk(place_talk.ask(turn, folio, facts.place_options, texts), facts)


def _call_person(state: State, facts: Facts, texts: Texts) -> Turn:
    """A person is called about the petition at hand; without one, the wish itself is a petition with a folio."""
    recent = find_recent(state, facts)
    folio = recent.folio if recent else facts.new_folio
    opened = () if recent else (OpenPetition(folio),)
    if recent:
        told = texts("human.again", folio=folio) if recent.wants_person else texts("human", folio=folio)
        state = replace(state, latest=folio)
    else:
        told = texts("human.about", folio=folio)
        state = replace(state.settle(), latest=folio).ask(Awaiting.DESCRIPTION, folio)
    return Turn(state, (*opened, CallPerson(folio, "asked"), Say("human", told, folio=folio)))


def _call_interpreter(state: State, facts: Facts, texts: Texts) -> Turn:
    recent = find_recent(state, facts)
    folio = recent.folio if recent else facts.new_folio
    place = facts.place.clave if facts.place else None
    kept = AddToPetition(folio) if recent else OpenPetition(folio, place=place)
    return language_talk.ask(Turn(state, (kept,)), folio, facts, texts)
