"""A petition's term follows the calendar and the place: its last day is counted anew, the old one kept in its history.

Each petition keeps the number of the calendar's change that its date knows of (`catching_up` looks for those that know
less). Never commits.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import Reminder
from intake.clock import Recount, recounted
from intake.office import Office
from intake.petitions.case import note
from intake.tables.calendar import CalendarChange
from intake.tables.outgoing import Timer
from intake.tables.petitions import Petition
from intake.terms.days import Days
from intake.thinking.reminding import term_at

MACHINE = "machine"
DUE_RECOUNTED = "due_recounted"


@dataclass(frozen=True)
class Why:
    """`actor`: whose change of the calendar it follows, or the machine's own doing."""

    actor: str
    reason: str
    source: str


def days_of_petition(office: Office, petition: Petition) -> Days:
    """The calendar that holds for it now."""
    return office.calendar.of(petition.municipality)


def recount(session: Session, office: Office, petition: Petition, now: datetime) -> bool:
    """Follow the calendar; whether the last day is another one."""
    before = office.calendar.of(petition.municipality, petition.calendar)
    return _follow(session, office, petition, now, before)


def place(session: Session, office: Office, petition: Petition, municipality: str | None, now: datetime) -> None:
    """Say where it is; terms may stand still there that run elsewhere."""
    before = office.calendar.of(petition.municipality, petition.calendar)
    petition.municipality = municipality
    _follow(session, office, petition, now, before)


def _follow(session: Session, office: Office, petition: Petition, now: datetime, before: Days) -> bool:
    after, was_due_on = days_of_petition(office, petition), petition.due_on
    if petition.paused_left is not None:  # counted when it goes on, from what is left
        return False
    due_on = _due_on(office, petition, now, before, after)
    if due_on == was_due_on:
        return False
    petition.due_on, petition.calendar = due_on, after.number
    why = _why(session, before, after)
    data = {"was_due_on": was_due_on.isoformat(), "due_on": due_on.isoformat(), "calendar": after.number}
    note(session, petition, now, why.actor, DUE_RECOUNTED, {**data, "reason": why.reason, "source": why.source})
    _move_reminder(session, office, petition)
    return True


def _due_on(office: Office, petition: Petition, now: datetime, before: Days, after: Days) -> date:
    zone = office.jurisdiction.zone
    term = Recount(petition.opened_at.astimezone(zone).date(), petition.due_on, before)
    return recounted(term, after, today=now.astimezone(zone).date())


def _why(session: Session, before: Days, after: Days) -> Why:
    """The newest change that the date did not know of; where there is none, it is the place that is known now."""
    newest = session.get(CalendarChange, after.number) if after.number > before.number else None
    if newest is None:
        return Why(MACHINE, "", "")
    return Why(f"staff:{newest.made_by}", newest.reason, newest.source)


def _move_reminder(session: Session, office: Office, petition: Petition) -> None:
    """A reminder whose day is later now finds that out itself (`timers`); one that would be late is brought forward."""
    key = f"{Reminder.TERM.value}-{petition.id}"
    timer = session.scalars(select(Timer).where(Timer.key == key)).first()
    if timer is not None:
        jurisdiction = office.jurisdiction
        timer.due_at = min(timer.due_at, term_at(petition.due_on, jurisdiction.zone, jurisdiction.closed))
