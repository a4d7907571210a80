"""Letters to staff that did not get through, or wait, for the administrator; and another try by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import NotFound, Stale
from intake.notices.mailing import TRIED_FOR
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.notices import Mail

SHOWN_AT_MOST = 100
UNSENT = ("dead", "waiting")


@dataclass(frozen=True)
class MailView:
    """`outcome` None: not tried yet."""

    id: int
    kind: str
    to: str
    created_at: datetime
    state: str
    attempts: int
    outcome: str | None


def list_unsent(session: Session) -> Sequence[MailView]:
    """Dead ones first, then those that failed and wait for another try, newest first."""
    wanted = select(Mail, Staff.name).join(Staff, Staff.id == Mail.staff_id).where(Mail.state.in_(UNSENT))
    rows = session.execute(wanted.order_by(Mail.state != "dead", Mail.id.desc()).limit(SHOWN_AT_MOST))
    return [
        MailView(mail.id, mail.kind, name, mail.created_at, mail.state, mail.attempts, mail.outcome)
        for mail, name in rows
    ]


def last_sent_at(session: Session) -> datetime | None:
    return session.scalar(select(func.max(Mail.sent_at, type_=Mail.sent_at.type)).where(Mail.state == "sent"))


def send_again(office: Office, member: Member, mail_id: int) -> None:
    """Once more under the same Message-ID, for a day. Commits. Raises NotAllowed, NotFound, Stale: it is not dead."""
    require(member, frozenset({Role.ADMINISTRATOR}))
    now = utc_now()
    with office.sessions.begin() as session:
        row = session.get(Mail, mail_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no mail {mail_id}")
        if row.state != "dead":
            raise Stale(f"mail {mail_id} is {row.state}")
        row.state, row.attempts, row.outcome, row.lease_until = "waiting", 0, None, None
        row.next_attempt_at, row.give_up_at = now, now + TRIED_FOR
        note_act(session, staff_of(member.id), Act.MAIL_SENT_AGAIN, {"mail": row.id})
