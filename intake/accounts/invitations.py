"""Invitations: an administrator names who, in what role; the invited opens the account by a link, with a password of
their own that nobody else ever knew. Good once, for 72 hours; only the link's hash is kept.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.accounts.id_tokens import Identity
from intake.accounts.identities import link
from intake.accounts.staff import (
    AccountFault,
    AccountRefused,
    Member,
    NewAccount,
    Role,
    add_account,
    check_identity,
    token_hash,
)
from intake.acting import require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound, Stale
from intake.office import Office
from intake.tables.accounts import Staff, StaffInvitation

LASTS = timedelta(hours=72)
SHOWN_FOR = timedelta(days=30)  # after its end
INVITERS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Invited:
    """Who an account is for."""

    username: str
    name: str
    role: Role
    agency: str | None


@dataclass(frozen=True)
class InvitationView:
    """`state`: open, used, withdrawn, expired."""

    id: int
    invited: Invited
    made_at: datetime
    made_by: str
    expires_at: datetime
    state: str


def invite(office: Office, member: Member, invited: Invited) -> str:
    """The link's token, which cannot be had again. One that was open for the same name is withdrawn. Commits.

    Raises NotAllowed, AccountRefused.
    """
    require(member, INVITERS)
    now, token = utc_now(), secrets.token_urlsafe(32)
    check_identity(office.jurisdiction, invited.username, invited.name, invited.role, invited.agency)
    with office.sessions.begin() as session:
        if session.scalar(select(Staff.id).where(Staff.username == invited.username)) is not None:
            raise AccountRefused(AccountFault.NAME_TAKEN, f"the name {invited.username!r} is taken")
        same = StaffInvitation.username == invited.username
        session.execute(update(StaffInvitation).where(same, *_open(now)).values(withdrawn_at=now))
        row = StaffInvitation(
            token_hash=token_hash(token),
            username=invited.username,
            name=invited.name,
            role=invited.role.value,
            agency=invited.agency,
            made_at=now,
            made_by=member.id,
            expires_at=now + LASTS,
        )
        session.add(row)
        session.flush()
        note_act(session, staff_of(member.id), Act.INVITED, {"invitation": row.id, "role": row.role})
    return token


def find_invited(office: Office, token: str) -> Invited | None:
    """Who the link is for, while it is good."""
    with reading(office.sessions) as session:
        row = session.scalars(_wanted(token, utc_now())).first()
    return _invited(row) if row else None


def accept(office: Office, token: str, password: str, identity: Identity | None = None) -> str:
    """The account is there; its username. Of two who come at once one has it. `identity`: what opens it. Commits.

    Raises NotFound for a link that is not good any more, AccountRefused for a short password and a name that somebody
    else took meanwhile.
    """
    now = utc_now()
    try:
        with office.sessions.begin() as session:
            row = session.scalars(_wanted(token, now).with_for_update()).first()
            if row is None:
                raise NotFound("the invitation is over")
            invited = _invited(row)
            account = NewAccount(invited.username, invited.name, invited.role, password, invited.agency)
            staff = add_account(session, office.jurisdiction, account, by=row.made_by)
            row.used_at, row.staff_id = now, staff.id
            if identity:
                link(session, staff, identity, why="invitation")
            return staff.username
    except IntegrityError as error:
        raise AccountRefused(AccountFault.NAME_TAKEN, "the name was taken at the same moment") from error


def withdraw(office: Office, member: Member, invitation_id: int) -> str:
    """The link is good no more; whose it was. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, INVITERS)
    now = utc_now()
    with office.sessions.begin() as session:
        row = session.get(StaffInvitation, invitation_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no invitation {invitation_id}")
        if _state(row, now) != "open":
            raise Stale("the invitation is over already")
        row.withdrawn_at = now
        note_act(session, staff_of(member.id), Act.INVITATION_WITHDRAWN, {"invitation": row.id})
        return row.name


def list_invitations(session: Session) -> Sequence[InvitationView]:
    """Newest first; those that ended long ago are left out."""
    now = utc_now()
    wanted = select(StaffInvitation, Staff.name).join(Staff, Staff.id == StaffInvitation.made_by)
    recent = wanted.where(StaffInvitation.expires_at > now - SHOWN_FOR).order_by(StaffInvitation.id.desc())
    return [
        InvitationView(row.id, _invited(row), row.made_at, maker, row.expires_at, _state(row, now))
        for row, maker in session.execute(recent)
    ]


def _wanted(token: str, now: datetime) -> Select[StaffInvitation]:
    return select(StaffInvitation).where(StaffInvitation.token_hash == token_hash(token), *_open(now))


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = StaffInvitation
    return row.used_at.is_(None), row.withdrawn_at.is_(None), row.expires_at > now


def _invited(row: StaffInvitation) -> Invited:
    return Invited(row.username, row.name, Role(row.role), row.agency)


def _state(row: StaffInvitation, now: datetime) -> str:
    if row.used_at:
        return "used"
    if row.withdrawn_at:
        return "withdrawn"
    return "open" if row.expires_at > now else "expired"
