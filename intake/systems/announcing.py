"""What a system is told of: events of its agency's referrals, written in the transaction of the act that they tell of.

Ids, the folio, the agency and times; never a word of a person, never who it is. Sent by `telling`. Never commits.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from intake.database import insert_once
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.petitions import Matter, Petition, Referral
from intake.tables.systems import System, SystemNotice

TRIED_FOR = timedelta(hours=24)


class Kind(StrEnum):
    CREATED = "referral.created"
    RETURNED = "referral.returned"
    ANSWERED = "referral.answered"
    OVERDUE = "referral.overdue"
    REPLIED = "referral.citizen_replied"


def announce(session: Session, kind: Kind, petition: Petition, referral: Referral, now: datetime) -> None:
    """One question where nobody listens. What may still be taken back is told when it has left."""
    own = select(System.id).where(System.agency == referral.agency, *is_told(now))
    _tell(session, kind, [(petition, referral, system) for system in session.scalars(own)], now)


def announce_reply(session: Session, petition: Petition, message_id: int, now: datetime) -> None:
    """To all that work on the petition."""
    heard = _hearers(now).where(Petition.id == petition.id)
    rows = session.execute(heard).all()
    _tell(session, Kind.REPLIED, rows, now, apart=str(message_id))


def announce_overdue(session: Session, today: date, now: datetime, at_most: int) -> int:
    """Open referrals whose term is over, each once; how many there were."""
    told = select(SystemNotice.id).where(
        SystemNotice.system_id == System.id,
        SystemNotice.referral_id == Referral.id,
        SystemNotice.kind == Kind.OVERDUE.value,
    )
    late = _hearers(now).where(Petition.due_on < today, Petition.paused_left.is_(None), ~told.exists())
    rows = session.execute(late.order_by(Referral.id).limit(at_most)).all()
    _tell(session, Kind.OVERDUE, rows, now)
    return len(rows)


def take_back_notices(session: Session, referral_id: int) -> None:
    """The referral was undone before it left."""
    session.execute(
        delete(SystemNotice).where(SystemNotice.referral_id == referral_id, SystemNotice.state == "waiting")
    )


def is_told(now: datetime) -> Sequence[ColumnElement[bool]]:
    """Of a system: it listens, and its token is good."""
    return System.hook_url.is_not(None), System.revoked_at.is_(None), System.expires_at > now


def _hearers(now: datetime) -> Select[Petition, Referral, int]:
    """Open referrals with the systems that are told of them."""
    return (
        select(Petition, Referral, System.id)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .join(System, System.agency == Referral.agency)
        .where(Referral.state.in_(OPEN_REFERRALS), *is_told(now))
    )


def _tell(
    session: Session, kind: Kind, told: Sequence[tuple[Petition, Referral, int]], now: datetime, *, apart: str = ""
) -> None:
    """`apart`: what tells two events of one kind and one referral from each other."""
    rows = [_row(kind, petition, referral, system_id, now, apart) for petition, referral, system_id in told]
    insert_once(session, SystemNotice, rows, SystemNotice.id)


def _row(
    kind: Kind, petition: Petition, referral: Referral, system_id: int, now: datetime, apart: str
) -> dict[str, object]:
    first = max(now, referral.leaves_at or now)
    return {
        "system_id": system_id,
        "key": f"{kind}-{referral.id}{apart and '-'}{apart}",
        "public_id": f"msg_{uuid.uuid4().hex}",
        "kind": kind.value,
        "referral_id": referral.id,
        "body": _body(kind, petition, referral, now),
        "created_at": now,
        "state": "waiting",
        "next_attempt_at": first,
        "give_up_at": first + TRIED_FOR,
        "attempts": 0,
        "lease_number": 0,
    }


def _body(kind: Kind, petition: Petition, referral: Referral, now: datetime) -> str:
    data = {
        "referral_id": referral.id,
        "folio": petition.folio,
        "agency": referral.agency,
        "state": referral.state,
        "issued_at": _written(referral.issued_at),
        "due_on": petition.due_on.isoformat(),
    }
    return json.dumps({"type": kind.value, "timestamp": _written(now), "data": data}, separators=(",", ":"))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
