"""One citizen on two channels: the signed link, the joining that it allows once, the parting. Never commits.

A link says which row it is; who forges one would have to sign it. Joined, the second chat's petitions and addresses
are the first one's citizen's; parted, they are their own again.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot import link_talk
from bot.effects import Say
from bot.known import OpenedLink
from bot.messages import ChannelName
from intake.office import Office
from intake.outgoing.replies import queue_replies
from intake.settings import Settings
from intake.tables.citizens import Alias, Conversation, Link
from intake.tables.petitions import Petition

LASTS = timedelta(minutes=30)
LINKS_A_DAY = 5
CODE = re.compile(r"\benlace-([0-9a-f]{1,16})-([0-9a-f]{32})\b")


@dataclass(frozen=True)
class Here:
    """The chat in which something is done."""

    session: Session
    office: Office
    conversation: Conversation
    now: datetime


def offer(here: Here, channel: str) -> Say:
    """The link, or why there is none."""
    texts = here.office.texts
    if _address(here.office.settings, channel, "") is None:
        return link_talk.not_offered(channel, texts)
    today = Link.conversation_id == here.conversation.id, Link.offered_at > here.now - timedelta(days=1)
    if (here.session.scalar(select(func.count()).select_from(Link).where(*today)) or 0) >= LINKS_A_DAY:
        return link_talk.offered_enough(texts)
    if find_link(here.session, here.conversation) is not None:
        return link_talk.busy(texts)
    link = Link(conversation_id=here.conversation.id, to_channel=channel, offered_at=here.now)
    here.session.add(link)
    here.session.flush()
    address = _address(here.office.settings, channel, _code(here.office.settings, link.id), texts("link.prefilled"))
    return link_talk.offered(address or "", channel, int(LASTS.total_seconds() // 60), texts)


def find_opened(here: Here, text: str) -> OpenedLink | None:
    """The link that stands in the text, with the channel it comes from when it is good here and now."""
    found = CODE.search(text)
    if found is None:
        return None
    link = _find_good(here, found[0])
    first = here.session.get_one(Conversation, link.conversation_id) if link else None
    return OpenedLink(found[0], first.channel if first else None)


def without_code(text: str) -> str:
    """What there is to be understood."""
    return CODE.sub("", text).strip() if "enlace-" in text else text


def join(here: Here, code: str) -> Say:
    """Make both chats one citizen's, and tell the first one. What is said here."""
    link, texts = _find_good(here, code), here.office.texts
    if link is None:
        return link_talk.over(texts)
    first = here.session.get_one(Conversation, link.conversation_id)
    if any(find_link(here.session, chat) for chat in (first, here.conversation)):
        return link_talk.busy(texts)
    link.other_id, link.other_citizen_id = here.conversation.id, here.conversation.citizen_id
    link.joined_at = here.now
    _give(here.session, here.conversation.citizen_id, first.citizen_id)
    _tell(here, first, link_talk.told(here.conversation.channel, texts), f"link-{link.id}-joined")
    return link_talk.joined(first.channel, texts)


def part(here: Here) -> Say:
    """Each chat by itself again, with what was told in it; the other one hears of it."""
    link = find_link(here.session, here.conversation)
    if link is None or link.other_id is None:
        return link_talk.over(here.office.texts)
    chats = [here.session.get_one(Conversation, id_) for id_ in (link.conversation_id, link.other_id)]
    link.ended_at = here.now
    _take(here.session, chats[0].citizen_id, chats[1].channel, link.other_citizen_id)
    there = chats[0] if here.conversation.channel == chats[1].channel else chats[1]
    _tell(here, there, link_talk.parted(here.conversation.channel, here.office.texts), f"link-{link.id}-parted")
    return link_talk.parted(there.channel, here.office.texts)


def find_link(session: Session, conversation: Conversation) -> Link | None:
    """The one that joins this person's chats now."""
    own = select(Conversation.id).where(Conversation.citizen_id == conversation.citizen_id)
    of_theirs = or_(Link.conversation_id.in_(own), Link.other_id.in_(own))
    joined = select(Link).where(of_theirs, Link.joined_at.is_not(None), Link.ended_at.is_(None))
    return session.scalars(joined.limit(1)).first()


def find_linked_channel(session: Session, conversation: Conversation) -> str | None:
    link = find_link(session, conversation)
    if link is None or link.other_id is None:
        return None
    channels = (session.get_one(Conversation, id_).channel for id_ in (link.conversation_id, link.other_id))
    return next((channel for channel in channels if channel != conversation.channel), None)


def _find_good(here: Here, code: str) -> Link | None:
    """Signed, neither used nor over, and meant for a chat like this one, of somebody who is another person so far."""
    found = CODE.fullmatch(code)
    if found is None or not hmac.compare_digest(_code(here.office.settings, int(found[1], 16)), code):
        return None
    link = here.session.get(Link, int(found[1], 16), with_for_update=True)
    if link is None or link.joined_at is not None or here.now - link.offered_at > LASTS:
        return None
    first = here.session.get_one(Conversation, link.conversation_id)
    is_another = first.citizen_id != here.conversation.citizen_id
    return link if is_another and link.to_channel == here.conversation.channel else None


def _code(settings: Settings, link_id: int) -> str:
    """At most 64 of A–Z a–z 0–9 _ - (CHANNELS A1); half a SHA-256 is enough for half an hour."""
    signed = hmac.new(settings.secret_key.encode(), f"channel-link:{link_id}".encode(), hashlib.sha256)
    return f"enlace-{link_id:x}-{signed.hexdigest()[:32]}"


def _address(settings: Settings, channel: str, code: str, words: str = "") -> str | None:
    """Where the link leads; None when the office has no such channel, or its name is not set."""
    if channel == ChannelName.TELEGRAM and settings.has_telegram and settings.telegram_bot_name:
        return f"https://t.me/{settings.telegram_bot_name}?start={code}"
    if channel == ChannelName.WHATSAPP and settings.has_whatsapp:
        number = settings.twilio_whatsapp_from.removeprefix("whatsapp:+")
        return f"https://wa.me/{number}?text={quote(f'{words} {code}')}"
    return None


def _give(session: Session, former: int | None, citizen: int | None) -> None:
    """All that was one person's is another's."""
    owned: list[Conversation | Alias | Petition] = []
    owned += session.scalars(select(Conversation).where(Conversation.citizen_id == former))
    owned += session.scalars(select(Alias).where(Alias.citizen_id == former))
    owned += session.scalars(select(Petition).where(Petition.citizen_id == former))
    _hand_over(owned, citizen)


def _take(session: Session, citizen: int | None, channel: str, former: int | None) -> None:
    """What belongs to the channel's chats is its former person's again."""
    own = Conversation.citizen_id == citizen, Conversation.channel == channel
    chats = session.scalars(select(Conversation).where(*own)).all()
    told = Petition.citizen_id == citizen, Petition.conversation_id.in_([chat.id for chat in chats])
    owned: list[Conversation | Alias | Petition] = [*chats]
    owned += session.scalars(select(Alias).where(Alias.citizen_id == citizen, Alias.channel == channel))
    owned += session.scalars(select(Petition).where(*told))
    _hand_over(owned, former)


def _hand_over(owned: Iterable[Conversation | Alias | Petition], citizen: int | None) -> None:
    if citizen is not None:
        for row in owned:
            row.citizen_id = citizen


def _tell(here: Here, chat: Conversation, say: Say, key: str) -> None:
    """Not where somebody else reads along."""
    if not chat.state.get("is_unsafe"):
        queue_replies(here.session, here.office, chat, [(say, None)], key=key)
