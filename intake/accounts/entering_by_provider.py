"""Log-in by the organisation's own door: the account that is linked to who came, a second step where none was taken."""

import secrets
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.accounts.challenges import Purpose, set_challenge
from intake.accounts.entering import Step
from intake.accounts.id_tokens import Identity
from intake.accounts.identities import find_by_mail, find_identity, has_identity, link
from intake.accounts.invitations import accept
from intake.accounts.second_factor import find_factors, is_required
from intake.accounts.staff import FOR_CHANGE, Door, Role, may_try, open_session
from intake.audit.trail import MACHINE, Act, note_alone
from intake.clock import utc_now
from intake.errors import FormRefused
from intake.office import Office
from intake.tables.accounts import Staff

BY_PROVIDER = {"door": Door.PROVIDER.value}


def enter_with_identity(office: Office, identity: Identity, agent: str = "") -> Step:
    """Nothing is made and no role given here. Commits. Raises FormRefused: unknown, unverified, other_account,
    closed."""
    try:
        with office.sessions.begin() as session:
            return _enter(session, office, identity, utc_now(), agent)
    except (FormRefused, IntegrityError) as error:
        fault = error.fault if isinstance(error, FormRefused) else "unknown"
        note_alone(office, MACHINE, Act.LOG_IN_REFUSED, {"door": Door.PROVIDER.value, "fault": fault})
        raise FormRefused(fault) from error


def accept_with_identity(office: Office, token: str, identity: Identity) -> str:
    """The invited's account, opened by that log-in and by no password; its username. Commits. Raises NotFound,
    AccountRefused, FormRefused: not_invited (the setting does not have it), taken."""
    if not office.settings.oidc_accepts_invited:
        raise FormRefused("not_invited")
    try:
        return accept(office, token, secrets.token_urlsafe(48), identity)
    except IntegrityError as error:
        raise FormRefused("taken") from error


def _enter(session: Session, office: Office, identity: Identity, now: datetime, agent: str) -> Step:
    staff = _find_account(session, office, identity, now)
    if not may_try(staff, now):
        raise FormRefused("closed")
    is_strong = bool(identity.ways & office.settings.oidc_strong_ways)
    factors = find_factors(session, staff.id)
    if not is_strong and factors.totp_since:
        return Step(None, set_challenge(session, Purpose.SECOND, now, staff_id=staff.id, data=BY_PROVIDER))
    if not is_strong and factors.passkeys and is_required(office.settings, Role(staff.role)):
        return Step(None, None)
    door = Door.STRONG if is_strong else Door.PROVIDER
    return Step(open_session(session, staff, now, agent, door), None)


def _find_account(session: Session, office: Office, identity: Identity, now: datetime) -> Staff:
    known = find_identity(session, identity)
    if known:
        known.used_at = now
        return session.get_one(Staff, known.staff_id, with_for_update=FOR_CHANGE)
    staff = find_by_mail(session, identity) if office.settings.oidc_account_by == "email" else None
    if staff is None:
        raise FormRefused("unknown")
    if has_identity(session, identity.issuer, staff.id):
        raise FormRefused("other_account")  # an address may be given to the next person; who was linked stays
    link(session, staff, identity, why="mail")
    return session.get_one(Staff, staff.id, with_for_update=FOR_CHANGE)
