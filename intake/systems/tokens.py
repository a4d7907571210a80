"""«Sistemas conectados»: programs that come through the machines' door, each with a token of its own.

An administrator makes them; a token is shown once and kept as a hash. A system acts as a staff account of its own into
which nobody can log in: what it does is checked as a liaison's acts are, and the history names it.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from intake.accounts.staff import NAME_MAX, PASSWORD_MIN, Member, NewAccount, Role, add_account, token_hash
from intake.acting import require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.systems import System, SystemNotice

MAKERS = frozenset({Role.ADMINISTRATOR})
LASTS_DAYS = (30, 90, 180, 365)  # what an administrator may choose; a token that never ends is forgotten
USED_EVERY = timedelta(minutes=1)  # so often its last use is written: a call that reads stays one that reads
MARK = "cnz"
log = structlog.get_logger()


class Scope(StrEnum):
    """What a token opens. The agency's own referrals; Open311's requests."""

    REFERRALS_READ = "referrals:read"
    REFERRALS_WRITE = "referrals:write"
    OPEN311_READ = "open311:read"
    OPEN311_WRITE = "open311:write"

    @property
    def is_agencys(self) -> bool:
        return self in (Scope.REFERRALS_READ, Scope.REFERRALS_WRITE)


@dataclass(frozen=True)
class NewSystem:
    name: str
    agency: str | None
    scopes: frozenset[Scope]
    days: int


@dataclass(frozen=True)
class Caller:
    """A system that has shown its token. `member`: as whom it acts."""

    system_id: int
    member: Member
    scopes: frozenset[Scope]


@dataclass(frozen=True)
class SystemView:
    """`waiting`, `dead`: events that it was not told of yet, or not at all."""

    id: int
    name: str
    agency: str | None
    scopes: tuple[Scope, ...]
    token_name: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    hook_url: str | None
    hook_old_until: datetime | None
    waiting: int
    dead: int

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


def make_system(office: Office, member: Member, new: NewSystem) -> tuple[int, str]:
    """Its id, and its token: the only time that it is to be had. Commits. Raises NotAllowed, FormRefused."""
    require(member, MAKERS)
    _check(office, new)
    token, now = _new_token(), utc_now()
    with office.sessions.begin() as session:
        row = System(
            staff_id=_open_account(session, office, member, new).id,
            agency=new.agency,
            scopes=sorted(new.scopes),
            token_name=_name_of(token),
            token_hash=token_hash(token),
            created_at=now,
            created_by=member.id,
            expires_at=now + timedelta(days=new.days),
        )
        session.add(row)
        session.flush()
        note_system(session, member, Act.SYSTEM_CONNECTED, row, agency=new.agency, scopes=row.scopes)
        log.warning("system.made", system=row.id, agency=new.agency, by=member.id)
        return row.id, token


def renew_token(office: Office, member: Member, system_id: int, days: int) -> str:
    """A new token in the place of the one before, which opens nothing from now on. Commits. Raises as `make_system`."""
    require(member, MAKERS)
    if days not in LASTS_DAYS:
        raise FormRefused("no_days")
    token = _new_token()
    with office.sessions.begin() as session:
        row = get_system(session, system_id)
        row.token_name, row.token_hash = _name_of(token), token_hash(token)
        row.expires_at, row.used_at = utc_now() + timedelta(days=days), None
        note_system(session, member, Act.SYSTEM_RENEWED, row)
    log.warning("system.renewed", system=system_id, by=member.id)
    return token


def revoke_system(office: Office, member: Member, system_id: int) -> str:
    """Its token opens nothing, and it is told nothing any more; its name. Commits. Raises NotFound, Stale."""
    require(member, MAKERS)
    with office.sessions.begin() as session:
        row = get_system(session, system_id)
        row.revoked_at, row.revoked_by = utc_now(), member.id
        account = session.get_one(Staff, row.staff_id)
        account.is_active = False
        waiting = SystemNotice.system_id == system_id, SystemNotice.state == "waiting"
        session.execute(update(SystemNotice).where(*waiting).values(state="dead", outcome="revoked"))
        note_system(session, member, Act.SYSTEM_REVOKED, row)
        log.warning("system.revoked", system=system_id, by=member.id)
        return account.name


def find_caller(office: Office, token: str) -> Caller | None:
    """Whose the token is, while it is good; notes that it was used, at most once a minute."""
    now = utc_now()
    with reading(office.sessions) as session:
        found = session.execute(
            select(System, Staff)
            .join(Staff, Staff.id == System.staff_id)
            .where(System.token_name == _name_of(token)[:16])
        ).first()
    known = found[0].token_hash if found else "0" * 64
    if not hmac.compare_digest(token_hash(token), known) or found is None:
        return None
    system, staff = found
    if system.revoked_at is not None or system.expires_at <= now or not staff.is_active:
        return None
    if system.used_at is None or now - system.used_at >= USED_EVERY:
        _note_use(office, system.id, now)
    member = Member(staff.id, staff.username, staff.name, Role(staff.role), system.agency, "")
    return Caller(system.id, member, frozenset(map(Scope, system.scopes)))


def list_systems(session: Session) -> Sequence[SystemView]:
    """Those that are open first, then by name."""
    maker = aliased(Staff)
    rows = session.execute(
        select(System, Staff.name, maker.name)
        .join(Staff, Staff.id == System.staff_id)
        .join(maker, maker.id == System.created_by)
    ).all()
    counted = select(SystemNotice.system_id, SystemNotice.state, func.count())
    counts = {
        (system_id, state): count
        for system_id, state, count in session.execute(
            counted.where(SystemNotice.state != "sent").group_by(SystemNotice.system_id, SystemNotice.state)
        )
    }
    views = [_view(row, name, author, counts) for row, name, author in rows]
    return sorted(views, key=lambda view: (view.revoked_at is not None, view.name.lower(), view.id))


def get_system(session: Session, system_id: int) -> System:
    """Locked. Raises NotFound, Stale for one that was revoked."""
    row = session.get(System, system_id, with_for_update=True)
    if row is None:
        raise NotFound(f"no system {system_id}")
    if row.revoked_at is not None:
        raise Stale(f"system {system_id} was revoked")
    return row


def note_system(session: Session, member: Member, act: Act, row: System, **told: Any) -> None:
    """In the trail, with the account that the system acts as. Does not commit."""
    note_act(session, staff_of(member.id), act, {"system": row.id, "staff": row.staff_id, **told})


def _check(office: Office, new: NewSystem) -> None:
    if not new.name or len(new.name) > NAME_MAX:
        raise FormRefused("no_name")
    if not new.scopes:
        raise FormRefused("no_scope")
    if new.days not in LASTS_DAYS:
        raise FormRefused("no_days")
    if any(scope.is_agencys for scope in new.scopes) and office.jurisdiction.find_agency(new.agency) is None:
        raise FormRefused("no_agency")
    if new.agency and office.jurisdiction.find_agency(new.agency) is None:
        raise FormRefused("no_agency")


def _open_account(session: Session, office: Office, member: Member, new: NewSystem) -> Staff:
    """With a password that nobody knows. One without agency reaches no referral: it is no liaison of anybody's."""
    username, password = f"sistema-{secrets.token_hex(8)}", secrets.token_urlsafe(max(32, PASSWORD_MIN))
    agency = new.agency or next(iter(office.jurisdiction.agencies))
    account = NewAccount(username, new.name, Role.LIAISON, password, agency)
    row = add_account(session, office.jurisdiction, account, by=member.id)
    row.agency = new.agency
    return row


def _note_use(office: Office, system_id: int, now: datetime) -> None:
    with office.sessions.begin() as session:
        session.get_one(System, system_id).used_at = now


def _view(row: System, name: str, author: str, counts: dict[tuple[int, str], int]) -> SystemView:
    return SystemView(
        id=row.id,
        name=name,
        agency=row.agency,
        scopes=tuple(scope for scope in Scope if scope in row.scopes),
        token_name=row.token_name,
        created_at=row.created_at,
        created_by=author,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
        hook_url=row.hook_url,
        hook_old_until=row.hook_old_until,
        waiting=counts.get((row.id, "waiting"), 0),
        dead=counts.get((row.id, "dead"), 0),
    )


def _new_token() -> str:
    """256 bits that nobody can guess, behind a name by which it is found and that people may read."""
    return f"{MARK}_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"


def _name_of(token: str) -> str:
    """«cnz_1a2b3c4d»."""
    return "_".join(token.split("_", 2)[:2])
