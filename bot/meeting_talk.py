"""A meeting at whose table a petition is: the person who agreed to messages is invited, and told of an agreement's day.

Whoever said ALTO, is not safe, or whose matter is sensitive is told nothing of it in a chat.
"""

from dataclasses import replace

from bot.effects import Say
from bot.events import AgreementDue, MeetingInvited, MeetingMoved
from bot.state import State
from bot.texts import written
from bot.turn import Texts, Turn


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
