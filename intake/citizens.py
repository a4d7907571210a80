"""Who writes: a citizen known by channel addresses, matched through aliases, the provider's address kept verbatim."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Inbound
from intake.database import insert_once
from intake.tables import Alias, Citizen, Conversation

NAME_MAX = 200


def recognise(session: Session, conversation: Conversation, inbound: Inbound, now: datetime) -> Citizen:
    """The conversation's citizen: the one of any known alias of the sender, else a new one. Does not commit."""
    addresses = [inbound.address, *inbound.aliases]
    citizen = _find(session, conversation, addresses) or _create(session, inbound, now)
    conversation.citizen_id = citizen.id
    rows = [
        {"citizen_id": citizen.id, "channel": inbound.channel.value, "address": a} for a in dict.fromkeys(addresses)
    ]
    insert_once(session, Alias, rows, Alias.id)
    return citizen


def _find(session: Session, conversation: Conversation, addresses: Sequence[str]) -> Citizen | None:
    if conversation.citizen_id:
        return session.get_one(Citizen, conversation.citizen_id)
    known = select(Citizen).join(Alias).where(Alias.channel == conversation.channel, Alias.address.in_(addresses))
    return session.scalars(known.limit(1)).first()


def _create(session: Session, inbound: Inbound, now: datetime) -> Citizen:
    citizen = Citizen(name=(inbound.profile_name or "")[:NAME_MAX] or None, created_at=now)
    session.add(citizen)
    session.flush()
    return citizen
