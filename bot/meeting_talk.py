"""Meetings in the chat. At whose table a petition is: the person who agreed to messages is invited, and told of an
agreement's day; and who is in the room signs in with the word and the code that the screen shows.

Whoever said ALTO, is not safe, or whose matter is sensitive is told nothing of it in a chat.
"""

import re
from dataclasses import replace

from bot.choices import plain
from bot.effects import Say, SignIn
from bot.events import AgreementDue, MeetingInvited, MeetingMoved, Said
from bot.known import Door, Facts
from bot.state import State
from bot.texts import written
from bot.turn import Texts, Turn

# A letter, a digit, a letter, a digit: no word is one. «K7-Q2» and «k 7 q 2» too. With what was read as a zero or an
# o it is no code but meant as one: to be looked at again, and no petition.
LETTERS, DIGITS = "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789"
ONE, LIKE_ONE = rf"[{LETTERS.lower()}] ?[{DIGITS}]", r"[a-z01][0-9oilsz]"
CODE = re.compile(
    r"(?:hola |buen[oa]s (?:dias|tardes|noches) )?(?:mi |codigo de )?a[sc]+isten[cs]ia (?:codigo )?"
    rf"(?P<code>{ONE} ?{ONE}|(?=[a-z]*[0-9])(?=[0-9]*[a-z]){LIKE_ONE}{LIKE_ONE})(?: gracias| por favor)?"
)
REMEMBERED = 8  # meetings for which a chat has signed in


def tell(state: State, event: MeetingInvited | MeetingMoved | AgreementDue, texts: Texts) -> Turn:
    if state.is_muted or state.is_unsafe or event.is_sensitive:
        return Turn(state)
    if isinstance(event, MeetingInvited):
        words = texts("notice.meeting_invited", folio=event.folio, when=event.when, where=event.where)
        said = Say("notice.meeting_invited", words, folio=event.folio, fields=(("folio", event.folio),))
    elif isinstance(event, MeetingMoved):
        said = _moved(event, texts)
    else:
        words = texts("notice.agreement_due", folio=event.folio, due=event.due_on)
        fields = (("folio", event.folio), ("due", str(written(event.due_on))))
        said = Say("notice.agreement_due", words, folio=event.folio, fields=fields)
    return Turn(replace(state, latest=event.folio), (said,))


def _moved(event: MeetingMoved, texts: Texts) -> Say:
    fields = (("folio", event.folio),)
    if event.when is None:
        words = texts("notice.meeting_cancelled", folio=event.folio)
        return Say("notice.meeting_cancelled", words, folio=event.folio, fields=fields)
    words = texts("notice.meeting_moved", folio=event.folio, when=event.when, where=event.where)
    return Say("notice.meeting_moved", words, folio=event.folio, fields=fields)


def find_code(text: str) -> str | None:
    """The code of a message that is nothing but a check-in: «asistencia K7Q2»."""
    found = CODE.fullmatch(plain(text))
    return found["code"].replace(" ", "").upper() if found else None


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """Who signs in is counted once and asked for nothing; who tries many codes is told of no meeting. None: something
    else was said."""
    if facts.check_in is None or said.has_files or said.is_edit:
        return None
    meeting, door = facts.check_in.meeting, facts.check_in.door
    state = state.guess(facts.now, int(door == Door.NONE))
    door = Door.NONE if state.is_guessing else Door.KNOWN if meeting in state.attended else door
    words = texts(f"attendance.{door}", title=facts.check_in.title)
    if door != Door.OPEN or meeting is None:
        return Turn(state, (Say(f"attendance.{door}", words),))
    attended = (*state.attended, meeting)[-REMEMBERED:]
    return Turn(replace(state, attended=attended), (SignIn(meeting), Say(f"attendance.{door}", words)))
