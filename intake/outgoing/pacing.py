"""Which replies may leave now: the first of each conversation, as fast as its provider takes them. Used by `sending`.

Statements are made once for an office's channels and given their values on execution: making them took longer than
running them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.channels import Channel
from bot.messages import ChannelName
from intake.database import UtcDateTime, claimable
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply

GOING = ("queued", "sending")  # what was held does not keep back what may leave as a template
SECOND = timedelta(seconds=1)
MOMENT = partial(bindparam, type_=UtcDateTime)
Paces = tuple[tuple[str, float], ...]


def find_due(session: Session, channels: Iterable[Channel], now: datetime) -> int | None:
    """Some reply that may leave now; nothing is locked."""
    return session.scalar(_look(_paces(channels)), _values(channels, now, 1))


def lock_due(
    session: Session, channels: Iterable[Channel], now: datetime, at_most: int
) -> Sequence[Row[Reply, Conversation]]:
    """Oldest first, without those that another host is claiming."""
    return session.execute(_claim(_paces(channels)), _values(channels, now, at_most)).all()


def count_room(session: Session, channels: Mapping[ChannelName, Channel], now: datetime) -> dict[ChannelName, int]:
    """How many more messages each provider takes from this office within the second, over all hosts."""
    rows = session.execute(_sent_since(tuple(name.value for name in channels)), {"since": now - SECOND})
    sent = {name: count for name, count in rows}  # noqa: C416 — a row is no pair to the type checker
    return {name: max(0, channel.pace.per_second - sent.get(name.value, 0)) for name, channel in channels.items()}


def _paces(channels: Iterable[Channel]) -> Paces:
    return tuple((channel.name.value, channel.pace.apart_s) for channel in channels)


def _values(channels: Iterable[Channel], now: datetime, at_most: int) -> dict[str, Any]:
    apart = {f"since_{c.name.value}": now - timedelta(seconds=c.pace.apart_s) for c in channels if c.pace.apart_s}
    return {"now": now, "at_most": at_most, **apart}


@lru_cache
def _sent_since(names: tuple[str, ...]) -> Select[str, int]:
    counted = select(Reply.channel, func.count()).where(Reply.channel.in_(names), Reply.sending_at > MOMENT("since"))
    return counted.group_by(Reply.channel)


@lru_cache
def _look(paces: Paces) -> Select[int]:
    return _due(paces).with_only_columns(Reply.id)


@lru_cache
def _claim(paces: Paces) -> Select[Reply, Conversation]:
    return claimable(_due(paces).order_by(Reply.id), of=Reply)


def _due(paces: Paces) -> Select[Reply, Conversation]:
    earlier = aliased(Reply)
    is_first = ~exists().where(
        earlier.conversation_id == Reply.conversation_id,
        earlier.id < Reply.id,
        earlier.state.in_(GOING),
        # A notice that may still be taken back keeps nobody from being answered.
        or_(earlier.next_attempt_at <= MOMENT("now"), earlier.attempts > 0, earlier.purpose.not_like("notice.%")),
    )
    is_ready = (Reply.state == "queued") & (Reply.next_attempt_at <= MOMENT("now"))
    is_doubtful = (Reply.state == "sending") & (Reply.lease_until <= MOMENT("now"))
    return (
        select(Reply, Conversation)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(or_(is_ready, is_doubtful), is_first, or_(false(), *(_paced(*pace) for pace in paces)))
        .limit(bindparam("at_most", type_=Integer))
    )


def _paced(name: str, apart_s: float) -> ColumnElement[bool]:
    """Replies of the channel, but for citizens who were sent something a moment ago.

    What was slow on its way counts from when the provider took it: the next one is not slow, and would come too soon.
    """
    own, last, since = Reply.channel == name, aliased(Reply), MOMENT(f"since_{name}")
    if not apart_s:
        return own
    came_lately = or_(last.sending_at > since, last.accepted_at > since)
    return own & ~exists().where(last.conversation_id == Reply.conversation_id, came_lately)
