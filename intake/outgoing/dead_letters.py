"""What could not be processed or sent, for the administrator: why, and another try by hand. Nothing is lost unseen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound, Stale
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.incoming import Flood, InboundEvent
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.worker import revive

SHOWN_AT_MOST = 200
DAY = timedelta(hours=24)
UNSENT = ("failed", "ambiguous")


@dataclass(frozen=True)
class DeadEvent:
    """An inbound event that was set aside. `fault` is the error's name: its text may hold a citizen's words."""

    id: int
    channel: str
    kind: str
    received_at: datetime
    attempts: int
    fault: str


@dataclass(frozen=True)
class UnsentReply:
    """`is_doubtful`: it may have reached the citizen, a further try may reach them twice."""

    id: int
    channel: str
    purpose: str
    created_at: datetime
    folio: str | None
    attempts: int
    code: str
    is_doubtful: bool


@dataclass(frozen=True)
class Dropped:
    """Messages of one sender's flood of which only remains that they came; `folio`: where the ones before are kept."""

    folio: str | None
    count: int
    last_at: datetime


def list_dead_events(office: Office) -> list[DeadEvent]:
    """Newest first."""
    rows = select(InboundEvent).where(InboundEvent.state == "dead").order_by(InboundEvent.id.desc())
    with reading(office.sessions) as session:
        return [_dead_event(row) for row in session.scalars(rows.limit(SHOWN_AT_MOST))]


def list_unsent_replies(office: Office) -> list[UnsentReply]:
    """Last tried first. Each state is read along its index and no farther than the page."""
    parts = [_last_tried(Reply.id).where(Reply.state == state).subquery() for state in UNSENT]
    rows = _last_tried(Reply, Petition.folio).outerjoin(Petition, Petition.id == Reply.petition_id)
    wanted = rows.where(Reply.id.in_(union_all(*(select(part.c.id) for part in parts))))
    with reading(office.sessions) as session:
        return [_unsent(reply, folio) for reply, folio in session.execute(wanted)]


def list_dropped(office: Office) -> list[Dropped]:
    """Of the last 24 hours, newest first."""
    rows = select(Petition.folio, Flood.dropped, Flood.last_at).outerjoin(Petition, Petition.id == Flood.petition_id)
    wanted = rows.select_from(Flood).where(Flood.last_at > utc_now() - DAY, Flood.dropped > 0)
    with reading(office.sessions) as session:
        found = session.execute(wanted.order_by(Flood.last_at.desc()).limit(SHOWN_AT_MOST))
        return [Dropped(folio, count, last_at) for folio, count, last_at in found]


def _last_tried(*what: Any) -> Select[Any]:
    return select(*what).select_from(Reply).order_by(Reply.next_attempt_at.desc(), Reply.id.desc()).limit(SHOWN_AT_MOST)


def retry_event(office: Office, event_id: int) -> None:
    """Have a dead letter processed again. Commits. Raises NotFound, Stale when it is not dead any more."""
    with office.sessions.begin() as session:
        event = session.get(InboundEvent, event_id, with_for_update=True)
        if event is None:
            raise NotFound(f"no event {event_id}")
        if event.state != "dead":
            raise Stale(f"the event is {event.state}")
        revive(session, event, utc_now())
    office.wake.now()


def retry_reply(office: Office, reply_id: int) -> None:
    """Have an unsent reply sent again, from the first attempt. Commits. Raises NotFound, Stale when it is on its way.

    What the provider once accepted and could not deliver is a new message there: its old identity is dropped.
    """
    with office.sessions.begin() as session:
        reply = session.get(Reply, reply_id, with_for_update=True)
        if reply is None:
            raise NotFound(f"no reply {reply_id}")
        if reply.state not in UNSENT:
            raise Stale(f"the reply is {reply.state}")
        _requeue(session, reply)
    office.wake.now()


def _requeue(session: Session, reply: Reply) -> None:
    reply.state, reply.attempts, reply.next_attempt_at = "queued", 0, utc_now()
    reply.error_code = reply.external_id = reply.delivery = reply.lease_until = reply.sending_at = None
    session.get_one(Conversation, reply.conversation_id).is_stopped = False


def _dead_event(row: InboundEvent) -> DeadEvent:
    fault = (row.note or "").split(":", 1)[0].strip()
    return DeadEvent(
        row.id, row.channel, row.kind, row.received_at, row.attempts, fault if fault.isidentifier() else ""
    )


def _unsent(reply: Reply, folio: str | None) -> UnsentReply:
    return UnsentReply(
        reply.id,
        reply.channel,
        reply.purpose,
        reply.created_at,
        folio,
        reply.attempts,
        reply.error_code or "",
        is_doubtful=reply.state == "ambiguous",
    )
