"""Changes of an account that is there: role, agency, password. Each ends its log-ins at once, on every host."""

from intake.accounts.staff import (
    FOR_CHANGE,
    HASHER,
    PASSWORD_MIN,
    AccountFault,
    AccountRefused,
    Member,
    Role,
    check_agency,
    count_failure,
    end_sessions,
    get_account,
    hold_account,
    may_try,
    withdraw_invitations,
)
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.office import Office
from intake.tables.accounts import Staff


def change_role(office: Office, member: Member, staff_id: int, role: Role, agency: str | None) -> Staff:
    """Commits. Raises NotFound, NotAllowed, AccountRefused; for the own account too: the last one stays."""
    _require_other(member, staff_id)
    check_agency(office.jurisdiction, role, agency)
    with office.sessions.begin() as session:
        row = hold_account(session, member, staff_id)
        told = {"staff": staff_id, "was": row.role, "role": role.value, "agency": agency}
        row.role, row.agency = role.value, agency
        end_sessions(session, staff_id)
        withdraw_invitations(session, staff_id)
        note_act(session, staff_of(member.id), Act.ROLE_CHANGED, told)
        return row


def set_password(office: Office, member: Member, staff_id: int, password: str) -> Staff:
    """For whoever forgot it; they change it themselves afterwards. Commits. Raises NotFound, NotAllowed,
    AccountRefused."""
    _require_other(member, staff_id)
    _check_password(password)
    hashed = HASHER.hash(password)
    with office.sessions.begin() as session:
        row = hold_account(session, member, staff_id)
        row.password_hash, row.failed_logins, row.locked_until = hashed, 0, None
        end_sessions(session, staff_id)
        note_act(session, staff_of(member.id), Act.PASSWORD_SET, {"staff": staff_id})
        return row


def change_own_password(office: Office, member: Member, token: str, old: str, new: str) -> None:
    """Every log-in but `token`'s ends. Commits. Raises FormRefused: wrong_password, short_password."""
    if len(new) < PASSWORD_MIN:
        raise FormRefused("short_password")
    _require_password(office, member, old)
    hashed = HASHER.hash(new)
    with office.sessions.begin() as session:
        get_account(session, member.id).password_hash = hashed
        end_sessions(session, member.id, but=token)
        note_act(session, staff_of(member.id), Act.PASSWORD_CHANGED)


def _require_password(office: Office, member: Member, password: str) -> None:
    """Wrong ones count as at the log-in. Commits."""
    now = utc_now()
    with reading(office.sessions) as session:
        is_right = HASHER.verify(password, session.get_one(Staff, member.id).password_hash)
    with office.sessions.begin() as session:
        row = session.get_one(Staff, member.id, with_for_update=FOR_CHANGE)
        may = may_try(row, now)
        if may and not is_right:
            count_failure(session, row, now)
    if not (may and is_right):
        raise FormRefused("wrong_password")


def _require_other(member: Member, staff_id: int) -> None:
    if staff_id == member.id:
        raise AccountRefused(AccountFault.OWN_ACCOUNT, "another administrator changes one's own account")


def _check_password(password: str) -> None:
    if len(password) < PASSWORD_MIN:
        raise AccountRefused(AccountFault.SHORT_PASSWORD, f"the password needs at least {PASSWORD_MIN} characters")
