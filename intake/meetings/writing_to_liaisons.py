"""Letters to the people of an agency that answers for an agreement whose day is near or over. Called by `posting`."""

from datetime import datetime, timedelta

from sqlalchemy import select

from intake.accounts.staff import Role
from intake.clock import is_business_day
from intake.database import reading
from intake.meetings.kinds import AgreementState
from intake.notices.mail_wishes import Wish
from intake.notices.mailing import Kind, put
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.meetings import Agreement, AgreementParty
from intake.tables.notices import MailWish

BEFORE = timedelta(days=3)  # calendar days before its day; once more when it is over
AFTER = timedelta(days=14)  # no letter is begun later: letters, and with them that they were sent, are kept for 30 days


def note_due_agreements(office: Office, now: datetime) -> int:
    """On working days, to each responsible liaison who wants letters, once for each day and step; how many were
    looked at. Commits."""
    today = now.astimezone(office.jurisdiction.zone).date()
    if not office.settings.smtp_host or not is_business_day(today, office.jurisdiction.closed):
        return 0
    wanted = (
        select(Agreement, Staff.id)
        .join(AgreementParty, AgreementParty.agreement_id == Agreement.id)
        .join(Staff, Staff.agency == AgreementParty.agency)
        .join(MailWish, MailWish.staff_id == Staff.id)
        .where(Agreement.state == AgreementState.OPEN.value, Agreement.due_on.between(today - AFTER, today + BEFORE))
        .where(Staff.role == Role.LIAISON.value, Staff.is_active.is_(True), MailWish.wish != Wish.NONE.value)
    )
    with reading(office.sessions) as session:
        due = [(row[0].id, row[0].due_on, row[1]) for row in session.execute(wanted)]
    with office.sessions.begin() as session:
        for agreement_id, due_on, staff_id in due:
            step = "late" if due_on < today else "soon"
            data = {"agreement": agreement_id, "due_on": due_on.isoformat(), "step": step}
            key = f"agreement-{agreement_id}-{due_on}-{step}"
            put(session, office, Kind.AGREEMENT, [staff_id], data, now, key=key)
    return len(due)
