"""Proves that nothing is missing: a provider's own list of what citizens sent is compared with what was stored.

Twilio's webhook comes once; when it fails everywhere (our host away, a network cut) the message is only in Twilio's
list. It is imported once, as if its webhook had come. Called by a loop in `serving`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.channels import Channel
from bot.errors import SendError
from bot.messages import ChannelName, Received, WebhookRequest
from intake.clock import utc_now
from intake.database import reading, without_index
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.incoming import ChannelState, InboundEvent, Proof

EVERY_S = 240.0
IN_FLIGHT = timedelta(minutes=2)  # a message so young may still have its webhook under way
OVERLAP = timedelta(minutes=15)  # before the last proof: what was listed late
FIRST = timedelta(hours=24)
COUNTED = timedelta(hours=24)  # all that ever came are a hundred million rows
STUCK = ("pending", "dead")
log = structlog.get_logger()


class Listing(Channel, Protocol):
    """A channel whose provider can be asked what it received."""

    async def list_received(self, since: datetime) -> Sequence[Received]:
        """Raises SendError when the list cannot be had whole."""
        ...

    async def fetch_received(self, external_id: str) -> WebhookRequest | None:
        """The message as its webhook would have told it, as far as the provider still knows; None: it was deleted
        there since it was listed. Raises SendError."""
        ...


@dataclass(frozen=True)
class Account:
    """What came of a channel's messages: each that arrived is processed, waiting or dead. `state`: of the last look.

    `received`, `processed`: of the last 24 hours; what waits or is dead: however old.
    """

    channel: str
    received: int
    processed: int
    waiting: int
    dead: int
    proof: Proof | None
    state: ChannelState | None


async def keep_reconciling(office: Office, channel: Listing) -> None:
    """For ever; the first look at once: after a fall or a restored backup most is missing then."""

    async def look() -> None:
        await reconcile(office, channel, utc_now())

    await again_and_again(look, every_s=EVERY_S, name="reconcile.failed", channel=channel.name.value)


async def reconcile(office: Office, channel: Listing, now: datetime) -> int:
    """Import what is missing; how many that were. Commits. Raises SendError: the proof stays as old as it is, and what
    can be had is imported all the same."""
    since = await asyncio.to_thread(_since, office, channel.name, now)
    listed = [message for message in await channel.list_received(since) if message.sent_at <= now - IN_FLIGHT]
    ids = [message.external_id for message in sorted(listed, key=lambda message: message.sent_at)]
    missing = await asyncio.to_thread(_missing, office, channel.name, ids)
    imported, refusal = 0, None
    for external_id in missing:
        try:
            imported += await _import(office, channel, external_id)
        except SendError as error:
            refusal = error
    if imported:
        await asyncio.to_thread(office.wake.now)
    if refusal:
        raise refusal
    await asyncio.to_thread(_prove, office, channel.name, now, len(listed), imported)
    return imported


async def _import(office: Office, channel: Listing, external_id: str) -> bool:
    """False when it is not there any more. Raises SendError. Commits."""
    request = await channel.fetch_received(external_id)
    if request is None:
        log.warning("reconcile.gone", channel=channel.name.value)
        return False
    arrival = Arrival(channel.name, "message", channel.peek(request), request, utc_now())
    await asyncio.to_thread(store, office.sessions, [arrival])
    log.warning("reconcile.imported", channel=channel.name.value)
    return True


def list_accounts(session: Session, office: Office) -> list[Account]:
    """Of each channel's messages, for staff."""
    recent = _count(session, InboundEvent.received_at > utc_now() - COUNTED)
    stuck = _count(session, InboundEvent.state.in_(STUCK))
    return [_account(session, recent, stuck, name.value) for name in office.channels]


def _count(session: Session, condition: ColumnElement[bool]) -> dict[tuple[str, str], int]:
    """Messages by channel and state."""
    channel = without_index(InboundEvent.channel)  # by the condition's own index, not in the order of the groups
    rows = select(channel, InboundEvent.state, func.count()).where(InboundEvent.kind == "message", condition)
    counted = session.execute(rows.group_by(channel, InboundEvent.state))
    return {(channel, state): count for channel, state, count in counted}


def _account(
    session: Session, recent: dict[tuple[str, str], int], stuck: dict[tuple[str, str], int], channel: str
) -> Account:
    received = {state: count for (name, state), count in recent.items() if name == channel}
    return Account(
        channel,
        sum(received.values()),
        sum(count for state, count in received.items() if state not in STUCK),
        stuck.get((channel, "pending"), 0),
        stuck.get((channel, "dead"), 0),
        session.get(Proof, channel),
        session.get(ChannelState, channel),
    )


def _since(office: Office, name: ChannelName, now: datetime) -> datetime:
    with reading(office.sessions) as session:
        proof = session.get(Proof, name.value)
    return proof.proved_at - OVERLAP if proof else now - FIRST


def _missing(office: Office, name: ChannelName, ids: Sequence[str]) -> list[str]:
    """In the order given."""
    with reading(office.sessions) as session:
        rows = select(InboundEvent.provider_id).where(
            InboundEvent.channel == name.value, InboundEvent.provider_id.in_(ids)
        )
        known = set(session.scalars(rows))
    return [external_id for external_id in ids if external_id not in known]


def _prove(office: Office, name: ChannelName, now: datetime, listed: int, imported: int) -> None:
    """Proved until the youngest that was looked at."""
    with office.sessions.begin() as session:
        proof = session.get(Proof, name.value) or Proof(channel=name.value, imported_total=0)
        proof.proved_at, proof.listed, proof.imported = now - IN_FLIGHT, listed, imported
        proof.imported_total += imported
        session.add(proof)
