"""A system's writes under its own keys: what was answered once is answered again, and nothing is done twice.

A process that dies between the act and its answer leaves the call open: after a while the same key tries again, and
what was done is refused by the referral's own state, so that the caller learns how it stands.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import insert_once
from intake.errors import IntakeError
from intake.office import Office
from intake.tables.systems import SystemCall

KEPT_FOR = timedelta(days=7)  # a caller that tries longer than a week has asked a person before
STUCK_AFTER = timedelta(minutes=1)  # longer than any act takes
KEY_MAX = 128


class KeyReused(IntakeError):
    """The key was used for something else."""

    status_code = 422


class StillGoing(IntakeError):
    """The same call is being carried out at this moment."""

    status_code = 409


@dataclass(frozen=True)
class Done:
    status: int
    body: dict[str, Any]


def begin_call(office: Office, system_id: int, key: str, fingerprint: str) -> Done | None:
    """What the key was answered before; None: it is the caller's to carry out. Commits.

    Raises KeyReused, StillGoing.
    """
    now = utc_now()
    row = {"system_id": system_id, "key": key, "fingerprint": fingerprint, "status": None, "body": None}
    with office.sessions.begin() as session:
        if insert_once(session, SystemCall, [row | {"called_at": now}], SystemCall.id):
            return None
        call = _find(session, system_id, key)
        if call is None:
            raise StillGoing("the call was dropped at this moment")
        if call.fingerprint != fingerprint:
            raise KeyReused(f"the key of call {call.id} was used for something else")
        if call.status is not None:
            return Done(call.status, call.body or {})
        if now - call.called_at < STUCK_AFTER:
            raise StillGoing(f"call {call.id} is being carried out")
        call.called_at = now
        return None


def end_call(office: Office, system_id: int, key: str, done: Done) -> None:
    """Commits."""
    own = update(SystemCall).where(SystemCall.system_id == system_id, SystemCall.key == key)
    with office.sessions.begin() as session:
        session.execute(own.values(status=done.status, body=done.body))


def drop_call(office: Office, system_id: int, key: str) -> None:
    """It failed by our fault and may be tried at once. Commits."""
    own = SystemCall.system_id == system_id, SystemCall.key == key
    with office.sessions.begin() as session:
        session.execute(delete(SystemCall).where(*own, SystemCall.status.is_(None)))


def forget_calls(office: Office) -> None:
    """Those that nobody tries any more. Commits."""
    with office.sessions.begin() as session:
        session.execute(delete(SystemCall).where(SystemCall.called_at < utc_now() - KEPT_FOR))


def _find(session: Session, system_id: int, key: str) -> SystemCall | None:
    """None: who carried it out has just dropped it."""
    own = select(SystemCall).where(SystemCall.system_id == system_id, SystemCall.key == key)
    return session.scalars(own.with_for_update()).one_or_none()
