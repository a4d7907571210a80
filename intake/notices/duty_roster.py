"""«Guardia»: a week of the roster as administrators keep it. Reads are for the admin; each change commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import insert_once, one_at_a_time
from intake.errors import FormRefused, NotFound
from intake.notices.duty import Fallback, ShiftView, list_shifts
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.notices import DutyFallback, DutyShift

KEEPERS = frozenset({Role.ADMINISTRATOR})
WEEK = timedelta(days=7)
ROSTER = "duty-roster"  # two who write it at once would give one person two shifts of the same hour
AHEAD_MAX = timedelta(days=366)  # a slip in the year is not a plan


@dataclass(frozen=True)
class NewShift:
    """As a form has it, in the office's own hours. An end that is not later than the beginning is of the next day."""

    staff_id: int
    day: date | None
    begins: time | None
    ends: time | None


def list_week(session: Session, office: Office, monday: date) -> Sequence[ShiftView]:
    """Shifts that begin in the seven days from `monday`."""
    start, end = _moment(office, monday), _moment(office, monday + WEEK)
    return list_shifts(session, DutyShift.starts_at >= start, DutyShift.starts_at < end)


def list_callable(session: Session) -> Sequence[Staff]:
    """Who can be on duty: those who may act on a petition, by name."""
    roles = [role.value for role in DECIDERS]
    return session.scalars(select(Staff).where(Staff.is_active, Staff.role.in_(roles)).order_by(Staff.name)).all()


def add_shift(office: Office, member: Member, new: NewShift) -> None:
    """Commits. Raises NotAllowed, FormRefused: no_shift, past, far, nobody, taken (that hour is theirs already)."""
    require(member, KEEPERS)
    starts_at, ends_at = _hours(office, new)
    with office.sessions.begin() as session:
        one_at_a_time(session, ROSTER)
        if new.staff_id not in [row.id for row in list_callable(session)]:
            raise FormRefused("nobody")
        row = {"staff_id": new.staff_id, "starts_at": starts_at, "ends_at": ends_at}
        overlaps = DutyShift.starts_at < ends_at, DutyShift.ends_at > starts_at
        if list_shifts(session, DutyShift.staff_id == new.staff_id, *overlaps):
            raise FormRefused("taken")
        insert_once(session, DutyShift, [row], DutyShift.id)
        note_act(session, staff_of(member.id), Act.DUTY_CHANGED, {"added": new.staff_id, "at": starts_at.isoformat()})


def remove_shift(office: Office, member: Member, shift_id: int) -> date:
    """The day that it was on. Commits. Raises NotAllowed, NotFound."""
    require(member, KEEPERS)
    with office.sessions.begin() as session:
        row = session.get(DutyShift, shift_id)
        if row is None:
            raise NotFound(f"no shift {shift_id}")
        told = {"removed": row.staff_id, "at": row.starts_at.isoformat()}
        note_act(session, staff_of(member.id), Act.DUTY_CHANGED, told)
        session.delete(row)
        return row.starts_at.astimezone(office.jurisdiction.zone).date()


def copy_week(office: Office, member: Member, monday: date) -> int:
    """What the week before has, in the week from `monday`, at the same hours; how many were not there yet. Commits.

    Shifts of closed accounts stay behind, and so do those that would overlap with one that the person has already.
    """
    require(member, KEEPERS)
    with office.sessions.begin() as session:
        one_at_a_time(session, ROSTER)
        there = list_week(session, office, monday)
        before = [one for one in list_week(session, office, monday - WEEK) if one.is_active]
        moved = [(one.staff_id, _later(office, one.starts_at), _later(office, one.ends_at)) for one in before]
        free = [one for one in moved if not any(_meets(one, other) for other in there)]
        rows = [{"staff_id": who, "starts_at": starts_at, "ends_at": ends_at} for who, starts_at, ends_at in free]
        count = len(insert_once(session, DutyShift, rows, DutyShift.id))
        note_act(session, staff_of(member.id), Act.DUTY_CHANGED, {"copied": count, "week": monday.isoformat()})
        return count


def set_fallback(office: Office, member: Member, who: Fallback) -> None:
    """Commits. Raises NotAllowed."""
    require(member, KEEPERS)
    with office.sessions.begin() as session:
        session.add(DutyFallback(who=who.value, set_at=utc_now(), set_by=member.id))
        note_act(session, staff_of(member.id), Act.DUTY_CHANGED, {"fallback": who.value})


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _hours(office: Office, new: NewShift) -> tuple[datetime, datetime]:
    if new.day is None or new.begins is None or new.ends is None:
        raise FormRefused("no_shift")
    zone = office.jurisdiction.zone
    starts_at = datetime.combine(new.day, new.begins, zone)
    last_day = new.day if new.ends > new.begins else new.day + timedelta(days=1)
    ends_at = datetime.combine(last_day, new.ends, zone)
    if ends_at <= utc_now():
        raise FormRefused("past")
    if starts_at > utc_now() + AHEAD_MAX:
        raise FormRefused("far")
    return starts_at, ends_at


def _meets(one: tuple[int, datetime, datetime], other: ShiftView) -> bool:
    who, starts_at, ends_at = one
    return who == other.staff_id and starts_at < other.ends_at and ends_at > other.starts_at


def _later(office: Office, moment: datetime) -> datetime:
    """The same hour of the clock a week later, also where the clock was changed in between."""
    local = moment.astimezone(office.jurisdiction.zone)
    return datetime.combine(local.date() + WEEK, local.time(), office.jurisdiction.zone)


def _moment(office: Office, day: date) -> datetime:
    return datetime.combine(day, time(), office.jurisdiction.zone)
