"""What is said of a petition that opens: its acknowledgement, and the one question that it still needs."""

from dataclasses import replace

from bot import (
    alarm_talk,
    burst,
    channel_talk,
    damage_talk,
    doubt_talk,
    language_talk,
    matter_talk,
    place_talk,
    service_words,
)
from bot.choices import plain
from bot.effects import Say, SetPlace
from bot.events import Said
from bot.known import Facts, Told, Understood
from bot.state import Awaiting
from bot.turn import Texts, Turn


def told_by(said: Said, facts: Facts) -> Told:
    """By the one message that opens a petition."""
    return Told(
        folio=facts.new_folio,
        since=facts.now,
        due_on=facts.due_on,
        text=said.text,
        has_voice=said.has_voice,
        read=pinned(facts) or facts.read,
    )


def pinned(facts: Facts) -> Understood | None:
    """The place that was sent ahead counts, unless the text names another one."""
    return None if facts.place else facts.pinned


def acknowledge(turn: Turn, told: Told, facts: Facts, texts: Texts) -> Turn:
    """The acknowledgement and one question; both wait while the person may still be writing."""
    if same := place_talk.same_as_before(told, facts):
        told = replace(told, read=replace(told.read, place=same))
        turn = turn.then(SetPlace(told.folio, clave=same.clave))
    received = acknowledgement(told, facts, texts, is_unsafe=turn.state.is_unsafe)
    acknowledged = ask_missing(turn.then(received), told, facts, texts)
    return burst.hold(acknowledged, burst.wait(told, facts))


def ask_missing(turn: Turn, told: Told, facts: Facts, texts: Texts) -> Turn:
    """Add the one question that is needed most, if any is."""
    if not told.text and not told.has_voice:
        asked = Say("ask.description", texts("ask.description"), folio=told.folio)
        return Turn(turn.state.ask(Awaiting.DESCRIPTION, told.folio), (*turn.effects, asked))
    if service_words.is_of_a_counter(plain(told.text)):
        asked = Say("ask.description", texts("ask.counter"), folio=told.folio)
        return Turn(turn.state.ask(Awaiting.DESCRIPTION, told.folio), (*turn.effects, asked))
    if language_talk.is_asked(told.text, facts):
        return language_talk.ask(turn, told.folio, facts, texts)
    if facts.contingency:
        return damage_talk.ask(turn, told.folio, facts, texts)
    if told.read.place:
        return doubt_talk.ask(matter_talk.ask(turn, told, texts), told.folio, told.read.doubt, texts)
    return place_talk.ask(turn, told.folio, told.read.place_options, texts)


def acknowledgement(told: Told, facts: Facts, texts: Texts, *, is_unsafe: bool = False) -> Say:
    """Folio, date and hour, what was understood, what comes next and by when (DESIGN, promise 1; domain §2.1).
    `is_unsafe`: somebody else reads the chat, so nothing says what it is about."""
    understood = texts("petition.read") if is_unsafe else _understood(told, texts)
    place = texts("petition.place", place=told.read.place.name) if told.read.place else ""
    text = texts(
        "petition.received", folio=told.folio, now=told.since, understood=understood, place=place, due=told.due_on
    )
    rush = "\n" + texts("petition.rush") if facts.is_rush else ""
    return Say("petition.received", text + rush, folio=told.folio)


def welcomed(turn: Turn, facts: Facts, texts: Texts) -> Turn:
    """The first contact's greeting and privacy notice stand before whatever the message itself deserves, but for the
    number of a bare call for help."""
    rest = tuple(e for e in turn.effects if not (isinstance(e, Say) and e.purpose in ("greeting", "help.short")))
    turn = Turn(turn.state, rest)
    if not any(isinstance(e, Say) for e in rest):
        turn = burst.small_talk(turn.then(Say("greeting", texts("greeting"))), facts)
    first = [e for e in turn.effects if isinstance(e, Say) and e.purpose == alarm_talk.ALARM]
    others = [e for e in turn.effects if e not in first]
    return Turn(turn.state, (*first, Say("welcome", texts("welcome")), *others))


def _understood(told: Told, texts: Texts) -> str:
    if not told.text:
        return texts("petition.seen")
    if told.read.several:
        *names, last = told.read.several
        return texts("petition.several", understood=", para ".join(names) + f" y para {last}")
    if channel_talk.is_of_an_office(told.text):
        return texts("petition.question")
    likely = told.read.understood
    return texts("petition.understood", understood=likely) if likely else texts("petition.read")
