"""Log-in, in one step or two: a right password, then a code from whoever has a second factor. One answer for refusals.

Wrong codes count as wrong passwords do, and a right password alone sets nothing back: who knows it gets no more tries.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.challenges import Purpose, find_challenge, set_challenge, take_challenge
from intake.accounts.identities import has_identity
from intake.accounts.second_factor import find_factors, is_required, takes_code
from intake.accounts.staff import FOR_CHANGE, HASHER, Door, Role, count_failure, may_try, open_session
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.tables.accounts import Staff


@dataclass(frozen=True)
class Step:
    """`session`: the log-in's token, or else `second`: the token of its second step. Neither: the password was right,
    but the role needs a second factor and all that the member has are passkeys; only one of those gets in.
    `is_elsewhere`: it was right, and members who are linked to the provider come in by that door alone."""

    session: str | None
    second: str | None
    is_elsewhere: bool = False


def log_in(office: Office, username: str, password: str, agent: str = "") -> Step | None:
    """Locks the account for a while after repeated failures. `agent`: what the browser calls itself. Commits."""
    now = utc_now()
    with reading(office.sessions) as session:
        row = session.scalars(select(Staff).where(Staff.username == username)).first()
    is_right = HASHER.verify(password, row.password_hash if row else _nobodys_hash())
    if row is None:
        return None
    with office.sessions.begin() as session:
        staff = session.get_one(Staff, row.id, with_for_update=FOR_CHANGE)  # failures at once are all counted
        if not may_try(staff, now):
            return None
        if not is_right:
            count_failure(session, staff, now)
            return None
        if _belongs_elsewhere(session, office, staff.id):
            return Step(None, None, is_elsewhere=True)
        factors = find_factors(session, staff.id)
        if factors.totp_since:
            return Step(None, set_challenge(session, Purpose.SECOND, now, staff_id=staff.id))
        if factors.passkeys and is_required(office.settings, Role(staff.role)):
            return Step(None, None)
        return Step(_enter(session, staff, now, agent), None)


def pass_second(office: Office, token: str, code: str, agent: str = "") -> str | None:
    """The log-in's token for a right code; None for a wrong one, and when the step is over (`is_second_open`).
    Commits."""
    now = utc_now()
    with office.sessions.begin() as session:
        challenge = find_challenge(session, Purpose.SECOND, token, now)
        staff = session.get(Staff, challenge.staff_id, with_for_update=FOR_CHANGE) if challenge else None
        if staff is None or not may_try(staff, now):
            return None
        if not takes_code(session, office.settings, staff.id, code, now):
            count_failure(session, staff, now)
            return None
        if take_challenge(session, Purpose.SECOND, token, now) is None:
            return None
        door = challenge.data.get("door") if challenge else None
        return _enter(session, staff, now, agent, Door(door) if door else None)


def is_second_open(office: Office, token: str) -> bool:
    with reading(office.sessions) as session:
        return find_challenge(session, Purpose.SECOND, token, utc_now()) is not None


def enter_by_key(session: Session, staff: Staff, now: datetime, agent: str) -> str | None:
    """The token for whoever proved to hold a passkey; None while the account is closed or locked. Does not commit."""
    return _enter(session, staff, now, agent) if may_try(staff, now) else None


def _enter(session: Session, staff: Staff, now: datetime, agent: str, door: Door | None = None) -> str:
    staff.failed_logins, staff.locked_until = 0, None
    return open_session(session, staff, now, agent, door)


def _belongs_elsewhere(session: Session, office: Office, staff_id: int) -> bool:
    settings = office.settings
    return settings.oidc_instead_of_password and has_identity(session, settings.oidc_issuer, staff_id)


@cache
def _nobodys_hash() -> str:
    """Checked for unknown names, so that time does not tell which names exist."""
    return HASHER.hash(secrets.token_hex(16))
