"""Staff: accounts with argon2 passwords, log-ins kept on the server, roles. Called by the admin and the command line."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.errors import IntakeError
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.tables import Staff, StaffSession

SESSION_LENGTH = timedelta(hours=10)  # a working day
PASSWORD_MIN = 12  # NIST SP 800-63B: length, no composition rules
FAILURES_MAX = 8
LOCK_LENGTH = timedelta(minutes=10)
HASHER = PasswordHash((Argon2Hasher(),))
UNKNOWN_USER_HASH = HASHER.hash(secrets.token_hex(16))  # checked for unknown names, so that time tells nothing


class Role(StrEnum):
    OFFICER = "officer"
    LIAISON = "liaison"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class AccountRefused(IntakeError):
    """The text says what to do."""

    status_code = 422


@dataclass(frozen=True)
class Member:
    """Who is logged in. `agency` is set for liaisons only."""

    id: int
    username: str
    name: str
    role: Role
    agency: str | None
    csrf_token: str


@dataclass(frozen=True)
class NewAccount:
    username: str
    name: str
    role: Role
    password: str
    agency: str | None = None


def add_account(session: Session, jurisdiction: Jurisdiction, account: NewAccount) -> Staff:
    """Raises AccountRefused for a taken name, a short password, a liaison without agency. Does not commit."""
    if len(account.password) < PASSWORD_MIN:
        raise AccountRefused(f"the password needs at least {PASSWORD_MIN} characters")
    if (account.role == Role.LIAISON) != bool(account.agency):
        raise AccountRefused("a liaison, and only a liaison, belongs to an agency (--agency KEY)")
    if account.agency and not jurisdiction.find_agency(account.agency):
        raise AccountRefused(f"no agency {account.agency!r} in agencies.json")
    if session.scalars(select(Staff).where(Staff.username == account.username)).first():
        raise AccountRefused(f"the name {account.username!r} is taken")
    row = Staff(
        username=account.username,
        name=account.name,
        role=account.role.value,
        agency=account.agency,
        password_hash=HASHER.hash(account.password),
        created_at=utc_now(),
    )
    session.add(row)
    session.flush()
    return row


def log_in(office: Office, username: str, password: str) -> str | None:
    """A fresh session token, or None. Locks the account for a while after repeated failures. Commits."""
    now = utc_now()
    with office.sessions() as session:
        row = session.scalars(select(Staff).where(Staff.username == username)).first()
    is_right = HASHER.verify(password, row.password_hash if row else UNKNOWN_USER_HASH)
    if row is None:
        return None
    with office.sessions.begin() as session:
        staff = session.get_one(Staff, row.id)
        if not staff.is_active or (staff.locked_until and staff.locked_until > now):
            return None
        if not is_right:
            _count_failure(staff, now)
            return None
        staff.failed_logins, staff.locked_until = 0, None
        return _open_session(session, staff, now)


def find_member(session: Session, token: str | None) -> Member | None:
    """Who holds the token, while the log-in lasts and the account is active: a role change counts at once."""
    if not token:
        return None
    wanted = select(Staff, StaffSession).join(StaffSession, StaffSession.staff_id == Staff.id)
    found = session.execute(
        wanted.where(StaffSession.token_hash == _hash(token), StaffSession.expires_at > utc_now())
    ).first()
    if found is None or not found[0].is_active:
        return None
    staff, login = found
    return Member(staff.id, staff.username, staff.name, Role(staff.role), staff.agency, login.csrf_token)


def log_out(office: Office, token: str) -> None:
    with office.sessions.begin() as session:
        session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


def _count_failure(staff: Staff, now: datetime) -> None:
    staff.failed_logins += 1
    if staff.failed_logins >= FAILURES_MAX:
        staff.failed_logins, staff.locked_until = 0, now + LOCK_LENGTH


def _open_session(session: Session, staff: Staff, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
    session.add(
        StaffSession(
            token_hash=_hash(token),
            staff_id=staff.id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
