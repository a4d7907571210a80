"""A term stands still while an agency waits for what it asked the citizen for, where the jurisdiction has it so.

Once a petition, for so many business days at the most, and off unless `terms.pause.days` says otherwise: an ordinary
question in the chat stops no clock (facts in docs/indicators.md). Never commits.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from intake.clock import business_day_after, business_days
from intake.office import Office
from intake.petitions.case import note
from intake.tables.calendar import Pause
from intake.tables.petitions import Inquiry, Petition
from intake.terms.recounting import MACHINE, days_of_petition


def begin_pause(session: Session, office: Office, petition: Petition, inquiry: Inquiry, now: datetime) -> bool:
    """From the day of the question on. False where terms do not stand still, or did before, or are over."""
    pause = office.jurisdiction.terms.pause
    today = now.astimezone(office.jurisdiction.zone).date()
    is_done = petition.data_right is not None or today > petition.due_on
    if not (pause and pause.days) or is_done or session.get(Pause, petition.id) is not None:
        return False
    days = days_of_petition(office, petition)
    row = Pause(
        petition_id=petition.id,
        inquiry_id=inquiry.id,
        began_at=now,
        was_due_on=petition.due_on,
        days_left=business_days(today, petition.due_on, days),
        ends_on=business_day_after(today, pause.days, days),
    )
    session.add(row)
    petition.paused_left = row.days_left
    data = {"inquiry": inquiry.id, "days_left": row.days_left, "ends_on": row.ends_on.isoformat()}
    note(session, petition, now, f"staff:{inquiry.staff_id}", "term_paused", data)
    return True


def end_pause(session: Session, office: Office, petition: Petition, now: datetime) -> None:
    """The term goes on with as many business days as were left. Nothing where it runs."""
    if petition.paused_left is None:
        return
    row = session.get_one(Pause, petition.id)
    days = days_of_petition(office, petition)
    today = now.astimezone(office.jurisdiction.zone).date()
    was_due_on, row.ended_at = petition.due_on, now
    petition.due_on = business_day_after(today, petition.paused_left, days)
    petition.calendar, petition.paused_left = days.number, None
    data = {"was_due_on": was_due_on.isoformat(), "due_on": petition.due_on.isoformat()}
    note(session, petition, now, MACHINE, "term_resumed", data)
