"""Who writes: a citizen known by channel addresses, matched through aliases, the provider's address kept verbatim."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.messages import Inbound
from intake.accounts.kept_secrets import keyed_hash
from intake.database import insert_once
from intake.settings import Settings
from intake.tables.citizens import Alias, Citizen, Conversation
from intake.writing import write_new

NAME_MAX = 200
SEALED = "sealed:"

# Made once: making a statement takes longer than running it.
KNOWN = (
    select(Alias.address, Alias.citizen_id)
    .where(Alias.channel == bindparam("channel"), Alias.address.in_(bindparam("addresses", expanding=True)))
    .order_by(Alias.id)
)


@dataclass(frozen=True)
class Recognised:
    """`is_stranger`: the citizen is new. `came_before`: of somebody whose data were blocked; who that was is not known
    here (`erasing`)."""

    is_stranger: bool
    came_before: bool


def recognise(
    session: Session, settings: Settings, conversation: Conversation, inbound: Inbound, now: datetime
) -> Recognised:
    """Give the conversation its citizen: the one of any known alias of the sender, else a new one. Does not commit."""
    addresses = dict.fromkeys([inbound.address, *inbound.aliases])
    is_new = conversation.citizen_id is None
    sealed = {sealed_address(settings, inbound.channel, address) for address in addresses} if is_new else set()
    known = _list_known(session, inbound, [*addresses, *sealed])
    came_before = any(known.pop(address, None) for address in sealed)
    is_stranger = is_new and not known
    if conversation.citizen_id is None:
        conversation.citizen_id = _create(session, inbound, now).id if is_stranger else next(iter(known.values()))
    rows = [
        {"citizen_id": conversation.citizen_id, "channel": inbound.channel.value, "address": address}
        for address in addresses
        if address not in known
    ]
    insert_once(session, Alias, rows)
    return Recognised(is_stranger, came_before)


def sealed_address(settings: Settings, channel: str, address: str) -> str:
    """By which it is known that somebody wrote before, and nothing else is."""
    return SEALED + keyed_hash(settings, "address", f"{channel}\n{address}")


def _list_known(session: Session, inbound: Inbound, addresses: Iterable[str]) -> dict[str, int]:
    """The citizens of those addresses that have one."""
    wanted = {"channel": inbound.channel.value, "addresses": [*addresses]}
    return {row.address: row.citizen_id for row in session.connection().execute(KNOWN, wanted)}


def _create(session: Session, inbound: Inbound, now: datetime) -> Citizen:
    citizen = Citizen(name=(inbound.profile_name or "")[:NAME_MAX] or None, created_at=now)
    write_new(session, citizen)
    return citizen
