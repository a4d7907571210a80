"""What a citizen would get of an answer that is being written, said and cut for their channel by the code that sends.

Called by the admin for each pause in typing; changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.effects import Reserve, Say
from bot.events import Answered
from bot.messages import ChannelName, Outbound
from bot.numbering import number_choices
from intake.accounts.staff import Member
from intake.acting import turn_of
from intake.answers.evidence import as_event, list_of_draft
from intake.answers.evidence_views import EvidenceView, view_of
from intake.answers.paper_links import last_day, paper_link
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.outgoing.reaching import find_chat
from intake.outgoing.replies import cut, longest
from intake.outgoing.window import Way, foresee
from intake.tables.citizens import Conversation
from intake.triage.dossier import find_referral


class Fate(StrEnum):
    """When a message reaches the citizen."""

    NOW = "now"
    TEMPLATE = "template"  # now, in the words of an approved template
    INVITATION = "invitation"  # now: an approved template that asks them to write
    HELD = "held"  # as soon as they write
    RESERVED = "reserved"  # when they say that it is safe to read
    IN_PERSON = "in_person"  # no chat: the office tells it
    NEVER = "never"  # it cannot be sent: a person tells it another way


@dataclass(frozen=True)
class Bubble:
    """One message as the citizen sees it. `choices`: its buttons; where the channel has none they stand in the text.
    `file`: what it carries."""

    fate: Fate
    text: str
    choices: tuple[str, ...]
    file: EvidenceView | None = None

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True)
class Preview:
    """`limit`: characters that the channel takes in one message."""

    channel: str
    limit: int
    bubbles: tuple[Bubble, ...]


def preview_answer(office: Office, member: Member, referral_id: int, text: str) -> Preview:
    """The messages in the order in which the citizen gets them; none for a blank text and for a channel that is not
    configured now. Raises NotFound for another agency's referral."""
    now = utc_now()
    with reading(office.sessions) as session:
        petition, referral = find_referral(session, member, referral_id)
        chat = find_chat(session, petition)
        if not text or chat.channel not in (*office.channels, ChannelName.DESK):
            return Preview(chat.channel, 0, ())
        agency = office.jurisdiction.name_agency(referral.agency)
        files = list_of_draft(session, referral_id, member.id)
        paper = "" if chat.channel == ChannelName.DESK else paper_link(office, 0)  # of the length of the true one
        told = Answered(petition.folio, agency, text, petition.is_sensitive, as_event(files), paper, last_day(office))
        said = [e for e in turn_of(office, chat, told, now).effects if isinstance(e, Say | Reserve)]
        carried = {file.id: view_of(file) for file in files}
        found = [
            replace(bubble, file=carried.get(_say_of(effect).evidence or 0))
            for effect in said
            for bubble in _bubbles(session, office, chat, effect, now)
        ]
        return Preview(chat.channel, longest(office, chat), tuple(_in_order(found)))


def _in_order(bubbles: list[Bubble]) -> list[Bubble]:
    """One invitation, however much is held behind it; it leaves first."""
    invitations = list(dict.fromkeys(bubble for bubble in bubbles if bubble.fate == Fate.INVITATION))
    return [*invitations[:1], *(bubble for bubble in bubbles if bubble.fate != Fate.INVITATION)]


def _bubbles(
    session: Session, office: Office, chat: Conversation, effect: Say | Reserve, now: datetime
) -> Iterator[Bubble]:
    say = _say_of(effect)
    messages = cut(office, chat, say)
    if isinstance(effect, Reserve):
        yield from (_bubble(office, chat, Fate.RESERVED, message) for message in messages)
        return
    if say.is_withheld or chat.is_stopped:
        yield from (_bubble(office, chat, Fate.NEVER, message) for message in messages)
        return
    if chat.channel == ChannelName.DESK:
        yield from (_bubble(office, chat, Fate.IN_PERSON, message) for message in messages)
        return
    foreseen = foresee(session, office, chat, say.purpose, dict(say.fields), now)
    for message in messages:
        if foreseen.template:
            fate = Fate.TEMPLATE if foreseen.way == Way.TEMPLATE else Fate.INVITATION
            yield Bubble(fate, str(foreseen.template["text"]), ())
        if foreseen.way != Way.TEMPLATE:
            yield _bubble(office, chat, Fate.NOW if foreseen.way == Way.FREE else Fate.HELD, message)


def _say_of(effect: Say | Reserve) -> Say:
    return effect.say if isinstance(effect, Reserve) else effect


def _bubble(office: Office, chat: Conversation, fate: Fate, message: Outbound) -> Bubble:
    if chat.channel == ChannelName.DESK:
        return Bubble(fate, message.text, ())  # nobody taps anything
    if office.channel(chat.channel).has_buttons:
        return Bubble(fate, message.text, tuple(choice.label for choice in message.choices))
    return Bubble(fate, number_choices(message), ())
