"""Codes from a telephone's app (TOTP, RFC 6238) and recovery codes: made, confirmed, taken once, removed.

Secrets are sealed and recovery codes hashed with the office's key (`kept_secrets`).
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from intake.accounts.kept_secrets import keyed_hash, open_secret, seal_secret
from intake.accounts.staff import (
    FOR_CHANGE,
    AccountFault,
    AccountRefused,
    Door,
    Member,
    Role,
    count_failure,
    end_sessions,
    get_account,
    hold_account,
    may_try,
)
from intake.audit.trail import CONSOLE, Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.office import Office
from intake.settings import Settings
from intake.tables.accounts import Passkey, RecoveryCode, Staff, StaffTotp

STEP_S = 30  # RFC 6238 §5.2's default, which every app knows
DRIFT = 1  # steps: a telephone's clock may be so far off (§5.2)
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1: read from paper
OFFERED_FOR = timedelta(minutes=15)  # a secret on a screen that nobody confirmed
PURPOSE_TOTP, PURPOSE_RECOVERY = "totp", "recovery code"


@dataclass(frozen=True)
class Offer:
    """What an app is to hold. `uri`: as a QR code carries it."""

    secret: str
    uri: str


@dataclass(frozen=True)
class Factors:
    """`recovery_left`: codes that were not used yet."""

    totp_since: datetime | None
    recovery_left: int
    passkeys: int

    @property
    def has_any(self) -> bool:
        return self.totp_since is not None or self.passkeys > 0


def find_factors(session: Session, staff_id: int) -> Factors:
    since = session.scalar(select(StaffTotp.confirmed_at).where(StaffTotp.staff_id == staff_id))
    unused = RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    left = session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0
    keys = session.scalar(select(func.count()).select_from(Passkey).where(Passkey.staff_id == staff_id)) or 0
    return Factors(since, left, keys)


def list_holders(session: Session) -> set[int]:
    """Ids of those who have a second factor."""
    confirmed = select(StaffTotp.staff_id).where(StaffTotp.confirmed_at.is_not(None))
    return {*session.scalars(confirmed), *session.scalars(select(Passkey.staff_id))}


def is_required(settings: Settings, role: Role) -> bool:
    return role.value in settings.second_factor_roles


def lacks_factor(session: Session, settings: Settings, member: Member) -> bool:
    """A second factor is required of the member, who has none yet and did not prove one to the provider."""
    if member.door == Door.STRONG or not is_required(settings, member.role):
        return False
    return not find_factors(session, member.id).has_any


def begin_totp(office: Office, member: Member) -> None:
    """A new secret, good for nothing before `confirm_totp`. Commits. Raises FormRefused when codes are on already."""
    with office.sessions.begin() as session:
        row = session.get(StaffTotp, member.id)
        if row and row.confirmed_at:
            raise FormRefused("already_on")
        row = row or StaffTotp(staff_id=member.id)
        row.secret = seal_secret(office.settings, PURPOSE_TOTP, pyotp.random_base32())
        row.created_at, row.last_step = utc_now(), None
        session.add(row)


def find_offer(office: Office, member: Member) -> Offer | None:
    """What was begun and not confirmed yet."""
    with reading(office.sessions) as session:
        row = session.get(StaffTotp, member.id)
    if row is None or row.confirmed_at or row.created_at < utc_now() - OFFERED_FOR:
        return None
    secret = open_secret(office.settings, PURPOSE_TOTP, row.secret)
    if secret is None:
        return None
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.username, issuer_name=office.jurisdiction.channel)
    return Offer(secret, uri)


def confirm_totp(office: Office, member: Member, code: str) -> Sequence[str]:
    """Codes are asked for from now on; the recovery codes, which cannot be had again. Commits. Raises FormRefused."""
    now = utc_now()
    with office.sessions.begin() as session:
        row = session.get(StaffTotp, member.id)
        if row is None or row.confirmed_at or not _takes(session, office.settings, row, code, now):
            raise FormRefused("wrong_code")  # the secret is on the own screen: nothing to be tried out
        row.confirmed_at = now
        note_act(session, staff_of(member.id), Act.CODES_ON, at=now)
        return _new_recovery_codes(session, office.settings, member.id)


def renew_recovery_codes(office: Office, member: Member, code: str) -> Sequence[str]:
    """The ones before are good no more. Commits. Raises FormRefused for a wrong code."""
    _require_code(office, member, code)
    with office.sessions.begin() as session:
        note_act(session, staff_of(member.id), Act.RECOVERY_RENEWED)
        return _new_recovery_codes(session, office.settings, member.id)


def end_totp(office: Office, member: Member, code: str) -> None:
    """No code is asked for any more. Commits. Raises FormRefused: a wrong code, or one is required of the role."""
    with reading(office.sessions) as session:
        factors = find_factors(session, member.id)
    if is_required(office.settings, member.role) and not factors.passkeys:
        raise FormRefused("required")
    _require_code(office, member, code)
    with office.sessions.begin() as session:
        _forget_codes(session, member.id)
        note_act(session, staff_of(member.id), Act.CODES_OFF)


def remove_factors(office: Office, member: Member | None, staff_id: int) -> Staff:
    """An administrator's help for whoever lost telephone and codes: the password alone until they register anew, all
    log-ins ended. `member` None: at the console. Commits. Raises NotFound, NotAllowed, AccountRefused (the own one)."""
    if member and staff_id == member.id:
        raise AccountRefused(AccountFault.OWN_ACCOUNT, "another administrator has to do it")
    with office.sessions.begin() as session:
        row = hold_account(session, member, staff_id) if member else get_account(session, staff_id)
        _forget_codes(session, staff_id)
        session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))
        end_sessions(session, staff_id)
        note_act(session, staff_of(member.id) if member else CONSOLE, Act.FACTORS_REMOVED, {"staff": staff_id})
        return row


def takes_code(session: Session, settings: Settings, staff_id: int, code: str, now: datetime) -> bool:
    """A telephone's code or a recovery code, and now it is used. Does not commit."""
    row = session.get(StaffTotp, staff_id)
    if row is None or row.confirmed_at is None:
        return False
    return _takes(session, settings, row, code, now) or _takes_recovery(session, settings, staff_id, code, now)


def _require_code(office: Office, member: Member, code: str) -> None:
    """Wrong ones count as at the log-in: somebody may sit at another's open screen. Commits."""
    now = utc_now()
    with office.sessions.begin() as session:
        staff = session.get_one(Staff, member.id, with_for_update=FOR_CHANGE)
        is_taken = may_try(staff, now) and takes_code(session, office.settings, staff.id, code, now)
        if not is_taken and may_try(staff, now):
            count_failure(session, staff, now)
    if not is_taken:
        raise FormRefused("wrong_code")


def _takes(session: Session, settings: Settings, row: StaffTotp, code: str, now: datetime) -> bool:
    secret = open_secret(settings, PURPOSE_TOTP, row.secret)
    digits = "".join(code.split())
    if secret is None or not digits.isascii() or not digits.isdecimal():
        return False
    totp, current = pyotp.TOTP(secret, interval=STEP_S), int(now.timestamp()) // STEP_S
    near = range(current - DRIFT, current + DRIFT + 1)
    steps = [step for step in near if hmac.compare_digest(totp.at(step * STEP_S), digits)]
    if not steps:
        return False
    session.flush()
    unused = or_(StaffTotp.last_step.is_(None), StaffTotp.last_step < steps[0])
    used = update(StaffTotp).where(StaffTotp.staff_id == row.staff_id, unused).values(last_step=steps[0])
    return session.execute(used.returning(StaffTotp.staff_id)).first() is not None


def _takes_recovery(session: Session, settings: Settings, staff_id: int, code: str, now: datetime) -> bool:
    own = RecoveryCode.staff_id == staff_id, RecoveryCode.code_hash == _recovery_hash(settings, code)
    used = update(RecoveryCode).where(*own, RecoveryCode.used_at.is_(None)).values(used_at=now)
    taken = session.execute(used.returning(RecoveryCode.id)).first() is not None
    if taken:
        note_act(session, staff_of(staff_id), Act.RECOVERY_USED, at=now)
    return taken


def _new_recovery_codes(session: Session, settings: Settings, staff_id: int) -> Sequence[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = ["-".join(_letters(5) for _ in range(2)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_recovery_hash(settings, code)) for code in codes)
    return codes


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _recovery_hash(settings: Settings, code: str) -> str:
    """However it was typed. Fifty bits: a plain hash could be tried out, a keyed one cannot."""
    plain = "".join(letter for letter in code.lower() if letter in ALPHABET)
    return keyed_hash(settings, PURPOSE_RECOVERY, plain)


def _forget_codes(session: Session, staff_id: int) -> None:
    session.execute(delete(StaffTotp).where(StaffTotp.staff_id == staff_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
