"""Which account of the organisation's own log-in opens which one here. Linked by an administrator, by a verified
address that is the account's own here, or by an invitation; never by a name alone."""

from collections.abc import Sequence

from sqlalchemy import func, select, union
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.accounts.id_tokens import SUBJECT_MAX, Identity
from intake.accounts.staff import AccountFault, AccountRefused, Member, end_sessions, hold_account
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.entrances import StaffIdentity
from intake.tables.notices import MailWish
from intake.tables.systems import System


def link_subject(office: Office, member: Member, staff_id: int, subject: str) -> Staff:
    """By an administrator, another's account. Commits. Raises NotFound, NotAllowed, AccountRefused, FormRefused:
    no_subject, taken."""
    issuer = office.settings.oidc_issuer
    if staff_id == member.id:
        raise AccountRefused(AccountFault.OWN_ACCOUNT, "another administrator links one's own account")
    if not subject or len(subject) > SUBJECT_MAX or not subject.isprintable():
        raise FormRefused("no_subject")
    try:
        with office.sessions.begin() as session:
            row = hold_account(session, member, staff_id)
            link(session, row, Identity(issuer, subject), by=member.id)
            return row
    except IntegrityError as error:
        raise FormRefused("taken") from error


def unlink(office: Office, member: Member, staff_id: int, identity_id: int) -> Staff:
    """The account's log-ins end. Commits. Raises NotFound, NotAllowed, AccountRefused."""
    if staff_id == member.id:
        raise AccountRefused(AccountFault.OWN_ACCOUNT, "another administrator unlinks one's own account")
    with office.sessions.begin() as session:
        staff = hold_account(session, member, staff_id)
        row = session.get(StaffIdentity, identity_id)
        if row is None or row.staff_id != staff_id:
            raise NotFound(f"no identity {identity_id}")
        session.delete(row)
        end_sessions(session, staff_id)
        note_act(session, staff_of(member.id), Act.IDENTITY_UNLINKED, {"staff": staff_id})
        return staff


def link(session: Session, staff: Staff, identity: Identity, *, by: int | None = None, why: str = "office") -> None:
    """`why`: office, mail, invitation. Does not commit. Raises IntegrityError when either is linked already."""
    now = utc_now()
    row = StaffIdentity(
        staff_id=staff.id, issuer=identity.issuer, subject=identity.subject, linked_at=now, linked_by=by
    )
    session.add(row)
    session.flush()
    note_act(session, staff_of(by or staff.id), Act.IDENTITY_LINKED, {"staff": staff.id, "why": why}, at=now)


def list_identities(session: Session, staff_id: int) -> Sequence[StaffIdentity]:
    return session.scalars(select(StaffIdentity).where(StaffIdentity.staff_id == staff_id)).all()


def find_identity(session: Session, identity: Identity) -> StaffIdentity | None:
    same = StaffIdentity.issuer == identity.issuer, StaffIdentity.subject == identity.subject
    return session.scalars(select(StaffIdentity).where(*same)).first()


def has_identity(session: Session, issuer: str, staff_id: int) -> bool:
    own = StaffIdentity.issuer == issuer, StaffIdentity.staff_id == staff_id
    return session.scalar(select(StaffIdentity.id).where(*own)) is not None


def find_by_mail(session: Session, identity: Identity) -> Staff | None:
    """Whose address it is here: as their user name, or confirmed by them. None when it is nobody's or two people's.
    Raises FormRefused (unverified) when the provider does not vouch for it."""
    if identity.mail is None:
        return None
    if not identity.has_verified_mail:
        raise FormRefused("unverified")
    named = select(Staff.id).where(func.lower(Staff.username) == identity.mail)
    confirmed = select(MailWish.staff_id).where(
        func.lower(MailWish.address) == identity.mail, MailWish.confirmed_at.is_not(None)
    )
    ids = union(named, confirmed).subquery()
    wanted = Staff.id.in_(select(ids.c[0]))
    rows = session.scalars(select(Staff).where(wanted, Staff.id.not_in(select(System.staff_id))).limit(2)).all()
    return rows[0] if len(rows) == 1 else None
