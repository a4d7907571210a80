"""A petition's last day follows the calendar, the place and the citizen's term: counted anew, the old one kept in its
history.

Each petition keeps the number of the calendar's change that its date knows of, and the term that it was counted with
(`catching_up` looks for those that know another). Never commits.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.events import Reminder
from intake.clock import Recount, Terms, due_date, recounted, shifted
from intake.configuration.in_force import Subject
from intake.office import Office
from intake.petitions.case import note
from intake.tables.calendar import CalendarChange, Pause
from intake.tables.configuration import ConfigVersion
from intake.tables.outgoing import Timer
from intake.tables.petitions import Extension, Joining, Petition
from intake.terms.days import Days
from intake.terms.timing import Kind
from intake.thinking.reminding import term_at

MACHINE = "machine"
DUE_RECOUNTED = "due_recounted"


@dataclass(frozen=True)
class Why:
    """`actor`: whose change of the calendar or the term it follows, or the machine's own doing."""

    actor: str
    reason: str
    source: str


def days_of_petition(office: Office, petition: Petition) -> Days:
    """The calendar that holds for it now."""
    return office.calendar.of(petition.municipality)


def recount(session: Session, office: Office, petition: Petition, now: datetime) -> bool:
    """Follow the calendar and the term; whether the last day is another one."""
    before = office.calendar.of(petition.municipality, petition.calendar)
    return _follow(session, office, petition, now, before)


def place(session: Session, office: Office, petition: Petition, municipality: str | None, now: datetime) -> None:
    """Say where it is; terms may stand still there that run elsewhere."""
    before = office.calendar.of(petition.municipality, petition.calendar)
    petition.municipality = municipality
    if not _follow(session, office, petition, now, before) and petition.paused_left is None:
        petition.calendar = days_of_petition(office, petition).number
        know_term(petition, term_of(office, petition))


def _follow(session: Session, office: Office, petition: Petition, now: datetime, before: Days) -> bool:
    after, was_due_on = days_of_petition(office, petition), petition.due_on
    if petition.paused_left is not None:  # counted when it goes on, from what is left
        return False
    if before == after and _known_term(office, petition) == term_of(office, petition):
        return False
    for joining in session.scalars(_led_by(petition)):  # what it has again when the other one leaves
        joining.was_due_on = _counted(session, office, petition, joining.was_due_on, now, before)
    due_on = recounted_date(session, office, petition, now, before)
    if due_on == was_due_on:
        return False
    why = _why(session, office, petition, before, after)
    petition.due_on, petition.calendar = due_on, after.number
    know_term(petition, term_of(office, petition))
    data = {"was_due_on": was_due_on.isoformat(), "due_on": due_on.isoformat(), "calendar": after.number}
    note(session, petition, now, why.actor, DUE_RECOUNTED, {**data, "reason": why.reason, "source": why.source})
    _move_reminder(session, office, petition)
    return True


def recounted_date(session: Session, office: Office, petition: Petition, now: datetime, before: Days) -> date:
    """Its last day by today's calendar and term, from the ones that it knows. Changes nothing."""
    return _counted(session, office, petition, petition.due_on, now, before)


def _counted(session: Session, office: Office, petition: Petition, known_on: date, now: datetime, before: Days) -> date:
    jurisdiction, after = office.jurisdiction, days_of_petition(office, petition)
    zone, today = jurisdiction.zone, jurisdiction.day_of(now)
    due_on = recounted(Recount(jurisdiction.day_of(petition.opened_at), known_on, before), after, today=today)
    new, old = term_of(office, petition), _known_term(office, petition)
    if new == old:
        return due_on
    was, becomes = (due_date(petition.opened_at, one, zone=zone, closed=after) for one in (old, new))
    found = shifted(due_on, was, becomes, after, today=today)
    if was < due_on and was < becomes and not _had_more_time(session, petition):
        return max(becomes, due_on)  # a shorter term had ended on the day it came: the longer one is no longer for it
    return found


def _had_more_time(session: Session, petition: Petition) -> bool:
    """It was extended, or stood still."""
    return any(session.get(table, petition.id) is not None for table in (Extension, Pause))


def _led_by(petition: Petition) -> Select[Joining]:
    return select(Joining).where(Joining.lead_id == petition.id, Joining.ended_at.is_(None))


def term_of(office: Office, petition: Petition) -> Terms:
    """The citizen's that holds for it today."""
    return office.jurisdiction.terms_at(petition.opened_at)


def know_term(petition: Petition, terms: Terms) -> None:
    """Its date was counted with it; one of its own stays one."""
    if petition.term_days is not None:
        petition.term_days, petition.term_is_business = terms.answer_days, terms.counts_business_days


def _known_term(office: Office, petition: Petition) -> Terms:
    terms = term_of(office, petition)
    if petition.term_days is None:
        return terms
    return replace(terms, answer_days=petition.term_days, counts_business_days=bool(petition.term_is_business))


def _why(session: Session, office: Office, petition: Petition, before: Days, after: Days) -> Why:
    """The newest change that the date did not know of; where there is none, it is the place that is known now."""
    terms = term_of(office, petition)
    if terms != _known_term(office, petition):
        return _why_term(session, terms)
    newest = session.get(CalendarChange, after.number) if after.number > before.number else None
    if newest is None:
        return Why(MACHINE, "", "")
    return Why(f"staff:{newest.made_by}", newest.reason, newest.source)


def _why_term(session: Session, terms: Terms) -> Why:
    """The newest version of the term; the folder's own file is nobody's."""
    of_term = ConfigVersion.subject == Subject.TERM.value, ConfigVersion.key == Kind.ANSWER.value
    newest = session.scalars(select(ConfigVersion).where(*of_term).order_by(ConfigVersion.number.desc())).first()
    actor = f"staff:{newest.made_by}" if newest and newest.made_by else MACHINE
    return Why(actor, newest.reason if newest else "", terms.source)


def _move_reminder(session: Session, office: Office, petition: Petition) -> None:
    """A reminder whose day is later now finds that out itself (`timers`); one that would be late is brought forward."""
    key = f"{Reminder.TERM.value}-{petition.id}"
    timer = session.scalars(select(Timer).where(Timer.key == key)).first()
    if timer is not None:
        jurisdiction = office.jurisdiction
        timer.due_at = min(timer.due_at, term_at(petition.due_on, jurisdiction.zone, jurisdiction.closed))
