"""Counters and gauges for Prometheus, without personal data: numbers by channel and state only."""

import asyncio
import hmac

from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from sqlalchemy import func, select

from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.settings import LOOPBACK
from intake.tables import Attachment, InboundEvent, Petition, Proof, Reply

REGISTRY = CollectorRegistry()
EVENTS = Counter("canaliza_webhooks_total", "Provider requests by outcome", ["channel", "outcome"], registry=REGISTRY)
ROWS = Gauge("canaliza_rows", "Rows by what they are and their state", ["table", "state"], registry=REGISTRY)
OLDEST = Gauge("canaliza_oldest_waiting_seconds", "Age of the oldest waiting row", ["table"], registry=REGISTRY)
PROVED = Gauge(
    "canaliza_proved_timestamp_seconds",
    "Until when nothing is missing from the provider's list",
    ["channel"],
    registry=REGISTRY,
)
IMPORTED = Gauge("canaliza_imported_total", "Messages whose webhook never came", ["channel"], registry=REGISTRY)
COUNTED = (("inbound_events", InboundEvent.state), ("replies", Reply.state), ("attachments", Attachment.state))


def may_read(request: Request, token: str) -> bool:
    """From this machine itself (a proxy's forwarded request is not), or with the token."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    is_forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    return bool(request.client and request.client.host in LOOPBACK) and not is_forwarded


async def render(office: Office) -> bytes:
    await asyncio.to_thread(_count, office)
    return generate_latest(REGISTRY)


def _count(office: Office) -> None:
    ROWS.clear()
    with reading(office.sessions) as session:
        for table, state in COUNTED:
            for name, count in session.execute(select(state, func.count()).group_by(state)):
                ROWS.labels(table, name).set(count)
        for status, count in session.execute(select(Petition.status, func.count()).group_by(Petition.status)):
            ROWS.labels("petitions", status).set(count)
        for proof in session.scalars(select(Proof)):
            PROVED.labels(proof.channel).set(proof.proved_at.timestamp())
            IMPORTED.labels(proof.channel).set(proof.imported_total)
        event = session.scalar(select(func.min(InboundEvent.received_at)).where(InboundEvent.state == "pending"))
        reply = session.scalar(select(func.min(Reply.created_at)).where(Reply.state.in_(("queued", "sending"))))
    for table, since in (("inbound_events", event), ("replies", reply)):
        OLDEST.labels(table).set((utc_now() - since).total_seconds() if since else 0)
