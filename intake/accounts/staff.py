"""Staff: accounts with argon2 passwords, log-ins kept on the server, roles. For the admin and the command line."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intake.audit.trail import CONSOLE, Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import IntakeError, NotAllowed, NotFound
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.tables.accounts import Staff, StaffChallenge, StaffInvitation, StaffSession
from intake.tables.systems import System

SESSION_LENGTH = timedelta(hours=10)  # a working day
PASSWORD_MIN = 12  # NIST SP 800-63B: length, no composition rules
FAILURES_MAX = 8
LOCK_LENGTH = timedelta(minutes=10)
HASHER = PasswordHash((Argon2Hasher(),))
FOR_CHANGE = {"key_share": True}  # a row of staff's is held, and who only refers to it is not kept waiting
USERNAME_MAX, NAME_MAX, AGENT_MAX = 80, 200, 200  # the columns' lengths


class Role(StrEnum):
    OFFICER = "officer"
    LIAISON = "liaison"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    HEAD = "head"
    STATISTICS = "statistics"


class Door(StrEnum):
    """How a log-in began, where that matters afterwards. STRONG: the provider says a second factor was asked for."""

    PROVIDER = "provider"
    STRONG = "strong"


OVERSEERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR})  # they read every petition
ANSWERERS = frozenset({Role.LIAISON, Role.OFFICER, Role.ADMINISTRATOR})  # an agency's words are written by them
OF_AGENCIES = frozenset({Role.LIAISON, Role.HEAD})  # they read what is with their own agency


class AccountFault(StrEnum):
    """Why an account is not made or changed; the admin has a sentence for each."""

    SHORT_PASSWORD = "short_password"  # noqa: S105 — a fault's name
    NO_NAME = "no_name"
    LIAISON_WITHOUT_AGENCY = "liaison_without_agency"
    UNKNOWN_AGENCY = "unknown_agency"
    NAME_TAKEN = "name_taken"
    OWN_ACCOUNT = "own_account"


class AccountRefused(IntakeError):
    """The text, for the command line, says what to do; `fault` is the reason for a page."""

    status_code = 422

    def __init__(self, fault: AccountFault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True)
class Member:
    """Who is logged in. `agency` is set for an agency's own people, liaisons and heads, only."""

    id: int
    username: str
    name: str
    role: Role
    agency: str | None
    csrf_token: str
    seen_at: datetime | None = None
    door: str | None = None

    @property
    def is_agencys(self) -> bool:
        return self.role in OF_AGENCIES

    @property
    def is_overseer(self) -> bool:
        return self.role in OVERSEERS


@dataclass(frozen=True)
class NewAccount:
    username: str
    name: str
    role: Role
    password: str
    agency: str | None = None


def add_account(session: Session, jurisdiction: Jurisdiction, account: NewAccount, *, by: int | None = None) -> Staff:
    """`by`: the administrator's id; None: at the console. Does not commit.

    Raises AccountRefused for a taken name, a short password, a liaison without agency.
    """
    _check_account(jurisdiction, account)
    if session.scalars(select(Staff).where(Staff.username == account.username)).first():
        raise AccountRefused(AccountFault.NAME_TAKEN, f"the name {account.username!r} is taken")
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
    told = {"staff": row.id, "role": row.role, "agency": row.agency}
    note_act(session, staff_of(by) if by else CONSOLE, Act.ACCOUNT_ADDED, told)
    return row


def find_member(session: Session, token: str | None) -> Member | None:
    """Who holds the token, while the log-in lasts and the account is active: a role change counts at once."""
    if not token:
        return None
    wanted = select(Staff, StaffSession).join(StaffSession, StaffSession.staff_id == Staff.id)
    found = session.execute(
        wanted.where(StaffSession.token_hash == token_hash(token), StaffSession.expires_at > utc_now())
    ).first()
    if found is None or not found[0].is_active:
        return None
    staff, login = found
    role, csrf = Role(staff.role), login.csrf_token
    return Member(staff.id, staff.username, staff.name, role, staff.agency, csrf, login.seen_at, login.door)


def log_out(office: Office, token: str) -> None:
    with office.sessions.begin() as session:
        wanted = (
            delete(StaffSession).where(StaffSession.token_hash == token_hash(token)).returning(StaffSession.staff_id)
        )
        for staff_id in session.scalars(wanted):
            note_act(session, staff_of(staff_id), Act.LOGGED_OUT)


def list_accounts(session: Session) -> Sequence[Staff]:
    """Those of people, active ones first, by name. Systems have a page of their own."""
    people = select(Staff).where(Staff.id.not_in(select(System.staff_id)))
    return session.scalars(people.order_by(Staff.is_active.desc(), Staff.username)).all()


def set_active(office: Office, member: Member, staff_id: int, *, is_active: bool) -> Staff:
    """Close an account with all its log-ins at once, or open it again. Commits.

    Raises NotFound, NotAllowed, and AccountRefused for one's own account: nobody locks the last administrator out by
    mistake.
    """
    if staff_id == member.id:
        raise AccountRefused(AccountFault.OWN_ACCOUNT, "an administrator's own account stays open")
    with office.sessions.begin() as session:
        row = hold_account(session, member, staff_id)
        row.is_active = is_active
        row.failed_logins, row.locked_until = 0, None
        end_sessions(session, row.id)
        withdraw_invitations(session, row.id)
        act = Act.ACCOUNT_OPENED if is_active else Act.ACCOUNT_CLOSED
        note_act(session, staff_of(member.id), act, {"staff": row.id})
        return row


def get_account(session: Session, staff_id: int) -> Staff:
    """A person's. Raises NotFound, also for a system's, into which nobody is to log in."""
    row = session.get(Staff, staff_id)
    is_systems = session.scalar(select(System.id).where(System.staff_id == staff_id)) is not None
    if row is None or is_systems:
        raise NotFound(f"no account {staff_id}")
    return row


def hold_account(session: Session, member: Member, staff_id: int) -> Staff:
    """A person's account, and with it that of the administrator who changes it: of two who close or demote each other
    at once, one comes too late, and somebody is left. Raises NotFound, NotAllowed."""
    both = select(Staff).where(Staff.id.in_([member.id, staff_id])).order_by(Staff.id)
    rows = {row.id: row for row in session.scalars(both.with_for_update(key_share=True))}
    by = rows.get(member.id)
    if by is None or not by.is_active or by.role != Role.ADMINISTRATOR:
        raise NotAllowed(f"{member.id} is no administrator any more")
    return get_account(session, staff_id)


def withdraw_invitations(session: Session, staff_id: int) -> None:
    """What somebody invited to who is not trusted with it any more. Does not commit."""
    now = utc_now()
    own = StaffInvitation.made_by == staff_id, StaffInvitation.used_at.is_(None), StaffInvitation.expires_at > now
    open_ones = update(StaffInvitation).where(*own, StaffInvitation.withdrawn_at.is_(None))
    session.execute(open_ones.values(withdrawn_at=now))


def may_try(staff: Staff, now: datetime) -> bool:
    """Whether passwords and codes are looked at now."""
    return staff.is_active and not (staff.locked_until and staff.locked_until > now)


def count_failure(session: Session, staff: Staff, now: datetime) -> None:
    """A wrong password or code; after some of them none is looked at for a while. Does not commit."""
    note_act(session, staff_of(staff.id), Act.LOG_IN_REFUSED, at=now)
    staff.failed_logins += 1
    if staff.failed_logins >= FAILURES_MAX:
        staff.failed_logins, staff.locked_until = 0, now + LOCK_LENGTH


def end_sessions(session: Session, staff_id: int, *, but: str | None = None) -> None:
    """All of a member's log-ins, at once; `but`: the token of the one that stays. Does not commit."""
    gone = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    session.execute(gone.where(StaffSession.token_hash != token_hash(but)) if but else gone)
    session.execute(delete(StaffChallenge).where(StaffChallenge.staff_id == staff_id))


def _check_account(jurisdiction: Jurisdiction, account: NewAccount) -> None:
    check_identity(jurisdiction, account.username, account.name, account.role, account.agency)
    if len(account.password) < PASSWORD_MIN:
        raise AccountRefused(AccountFault.SHORT_PASSWORD, f"the password needs at least {PASSWORD_MIN} characters")


def check_identity(jurisdiction: Jurisdiction, username: str, name: str, role: Role, agency: str | None) -> None:
    """Raises AccountRefused."""
    if not username or not name:
        raise AccountRefused(AccountFault.NO_NAME, "the account needs a user name and a person's name")
    if len(username) > USERNAME_MAX or len(name) > NAME_MAX:
        raise AccountRefused(AccountFault.NO_NAME, f"at most {USERNAME_MAX} and {NAME_MAX} characters for the names")
    check_agency(jurisdiction, role, agency)


def check_agency(jurisdiction: Jurisdiction, role: Role, agency: str | None) -> None:
    """Raises AccountRefused."""
    if (role in OF_AGENCIES) != bool(agency):
        raise AccountRefused(
            AccountFault.LIAISON_WITHOUT_AGENCY,
            "a liaison or a head, and nobody else, belongs to an agency (--agency KEY)",
        )
    if agency and not jurisdiction.find_agency(agency):
        raise AccountRefused(AccountFault.UNKNOWN_AGENCY, f"no agency {agency!r} in agencies.json")


def open_session(session: Session, staff: Staff, now: datetime, agent: str = "", door: Door | None = None) -> str:
    """A fresh log-in's token. Does not commit."""
    token = secrets.token_urlsafe(32)
    note_act(session, staff_of(staff.id), Act.LOGGED_IN, {"door": door.value} if door else {}, at=now)
    session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
    session.add(
        StaffSession(
            token_hash=token_hash(token),
            staff_id=staff.id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + SESSION_LENGTH,
            seen_at=now,
            agent=agent[:AGENT_MAX] or None,
            door=door.value if door else None,
        )
    )
    return token


def token_hash(token: str) -> str:
    """Of a random token a plain digest is enough: there is nothing to guess from a dictionary."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
