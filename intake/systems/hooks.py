"""Where each system is told of events, by an administrator: its address, its secret, what did not get through."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import require
from intake.audit.trail import Act
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.systems.announcing import TRIED_FOR
from intake.systems.hook_addresses import BadAddress, read_target
from intake.systems.signing import SALT_BYTES, secret_of
from intake.systems.tokens import MAKERS, Scope, get_system, note_system
from intake.tables.systems import System, SystemNotice

BOTH_FOR = timedelta(hours=24)  # of a rotation: so long the secret before signs too
SHOWN_AT_MOST = 50
log = structlog.get_logger()


@dataclass(frozen=True)
class NoticeView:
    """`outcome` None: not tried yet."""

    id: int
    kind: str
    public_id: str
    referral_id: int | None
    created_at: datetime
    state: str
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None
    outcome: str | None


def set_hook(office: Office, member: Member, system_id: int, url: str) -> str:
    """It is told there from now on; the secret, which is shown this once. Commits.

    Raises NotAllowed, NotFound, Stale, FormRefused: an address that is none, or a system that may not read referrals.
    """
    require(member, MAKERS)
    try:
        read_target(url, allows_loopback=office.settings.hook_loopback)
    except BadAddress as error:
        raise FormRefused(error.fault) from error
    with office.sessions.begin() as session:
        row = get_system(session, system_id)
        if row.agency is None or Scope.REFERRALS_READ not in row.scopes:
            raise FormRefused("no_referrals")
        row.hook_url, row.hook_salt = url, _salt()
        row.hook_old_salt = row.hook_old_until = None
        note_system(session, member, Act.HOOK_SET, row)
        log.warning("hook.set", system=system_id, by=member.id)
        return secret_of(office.settings.secret_key, row.hook_salt)


def rotate_secret(office: Office, member: Member, system_id: int) -> str:
    """A new secret; the one before signs beside it for a day. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, MAKERS)
    with office.sessions.begin() as session:
        row = _told(session, system_id)
        row.hook_old_salt, row.hook_old_until = row.hook_salt, utc_now() + BOTH_FOR
        row.hook_salt = _salt()
        note_system(session, member, Act.HOOK_ROTATED, row)
        log.warning("hook.rotated", system=system_id, by=member.id)
        return secret_of(office.settings.secret_key, row.hook_salt)


def drop_hook(office: Office, member: Member, system_id: int) -> None:
    """It is told nothing any more; what waited is dead. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, MAKERS)
    with office.sessions.begin() as session:
        row = _told(session, system_id)
        row.hook_url = row.hook_salt = row.hook_old_salt = row.hook_old_until = None
        waiting = SystemNotice.system_id == system_id, SystemNotice.state == "waiting"
        session.execute(update(SystemNotice).where(*waiting).values(state="dead", outcome="no_hook"))
        note_system(session, member, Act.HOOK_DROPPED, row)
        log.warning("hook.dropped", system=system_id, by=member.id)


def list_notices(session: Session, system_id: int) -> Sequence[NoticeView]:
    """The newest, dead ones first."""
    own = select(SystemNotice).where(SystemNotice.system_id == system_id)
    rows = session.scalars(own.order_by(SystemNotice.state != "dead", SystemNotice.id.desc()).limit(SHOWN_AT_MOST))
    return [
        NoticeView(
            row.id,
            row.kind,
            row.public_id,
            row.referral_id,
            row.created_at,
            row.state,
            row.attempts,
            row.next_attempt_at,
            row.sent_at,
            row.outcome,
        )
        for row in rows
    ]


def send_again(office: Office, member: Member, system_id: int, notice_id: int) -> None:
    """Once more under the same id, for a day. Commits. Raises NotAllowed, NotFound, Stale: it waits already."""
    require(member, MAKERS)
    now = utc_now()
    with office.sessions.begin() as session:
        _told(session, system_id)
        row = session.get(SystemNotice, notice_id, with_for_update=True)
        if row is None or row.system_id != system_id:
            raise NotFound(f"no notice {notice_id} of system {system_id}")
        if row.state == "waiting":
            raise Stale(f"notice {notice_id} waits already")
        row.state, row.attempts, row.outcome = "waiting", 0, None
        row.next_attempt_at, row.give_up_at = now, now + TRIED_FOR


def _told(session: Session, system_id: int) -> System:
    row = get_system(session, system_id)
    if row.hook_url is None:
        raise Stale(f"system {system_id} is told nothing")
    return row


def _salt() -> str:
    return secrets.token_hex(SALT_BYTES)
