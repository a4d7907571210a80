"""«Días inhábiles»: an administrator closes days, opens one that the file closes, or has terms stand still.

Each needs the legal citation; none is ever altered, only withdrawn. Terms follow afterwards (`recounting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.choices import plain
from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.calendar import CalendarChange
from intake.terms.closed_days import Kind

REASON_MAX, SOURCE_MAX = 300, 500  # the columns' lengths
WORDS_MIN = 10  # of a citation: «P.O. 12 de enero» and shorter is none
LONGEST = timedelta(days=120)  # a typing error in the year closes no decade; 2017's suspensions were of weeks
MAY_CHANGE = frozenset({Role.ADMINISTRATOR})
log = structlog.get_logger()


@dataclass(frozen=True)
class Draft:
    """What an administrator writes. `municipalities`: INEGI keys, of a suspension; None: all."""

    kind: Kind
    first_on: date | None
    last_on: date | None
    reason: str
    source: str
    municipalities: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ChangeView:
    """`withdrawn`: why, when it counts no more. `towns`: names, None for all."""

    number: int
    kind: Kind
    first_on: date
    last_on: date
    towns: tuple[str, ...] | None
    reason: str
    source: str
    made_at: datetime
    made_by: str
    withdrawn: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None


def add_change(office: Office, member: Member, draft: Draft) -> int:
    """Its number. Commits. Raises NotAllowed, FormRefused, Stale when another change came at the same moment."""
    require(member, MAY_CHANGE)
    first_on, last_on = _checked(office, draft)
    row = CalendarChange(
        kind=draft.kind.value,
        first_on=first_on,
        last_on=last_on,
        municipalities=sorted(set(draft.municipalities)) if draft.municipalities else None,
        reason=draft.reason[:REASON_MAX],
        source=draft.source[:SOURCE_MAX],
    )
    return _write(office, member, row)


def withdraw_change(office: Office, member: Member, number: int, reason: str) -> int:
    """It counts no more; that is a change too, whose number is returned. Commits. Raises NotAllowed, NotFound,
    FormRefused, Stale when it was withdrawn already."""
    require(member, MAY_CHANGE)
    with office.sessions() as session:
        of = session.get(CalendarChange, number)
    if of is None or of.kind == Kind.WITHDRAWN:
        raise NotFound(f"no change {number} of the calendar")
    if len(reason) < WORDS_MIN:
        raise FormRefused("no_source")
    row = CalendarChange(
        kind=Kind.WITHDRAWN.value,
        of_number=number,
        first_on=of.first_on,
        last_on=of.last_on,
        reason=of.reason,
        source=reason[:SOURCE_MAX],
    )
    return _write(office, member, row)


def list_changes(session: Session, office: Office) -> Sequence[ChangeView]:
    """All there ever were, the latest days first."""
    rows = session.execute(select(CalendarChange, Staff.name).join(Staff, Staff.id == CalendarChange.made_by)).all()
    ends = {row.of_number: (row, name) for row, name in rows if row.kind == Kind.WITHDRAWN}
    views = [_view(office, row, name, ends.get(row.number)) for row, name in rows if row.kind != Kind.WITHDRAWN]
    return sorted(views, key=lambda view: (view.first_on, view.number), reverse=True)


def find_towns(office: Office, names: Sequence[str]) -> tuple[str, ...]:
    """INEGI keys of municipalities that are named by their whole name, or by their key.

    Raises FormRefused for one that there is not, and for a name that two have.
    """
    by_name: dict[str, list[str]] = {}
    for one in office.reader.list_municipalities():
        by_name.setdefault(plain(one.nombre), []).append(one.clave)
        by_name[one.clave] = [one.clave]
    found = [by_name.get(plain(name), []) for name in names]
    if any(len(keys) != 1 for keys in found):
        raise FormRefused("wrong_towns")
    return tuple(key for keys in found for key in keys)


def _checked(office: Office, draft: Draft) -> tuple[date, date]:
    if draft.first_on is None:
        raise FormRefused("no_day")
    last_on = draft.last_on or draft.first_on
    if last_on < draft.first_on or last_on - draft.first_on > LONGEST:
        raise FormRefused("wrong_days")
    if not draft.reason:
        raise FormRefused("no_reason")
    if len(draft.source) < WORDS_MIN:
        raise FormRefused("no_source")
    if draft.municipalities and draft.kind != Kind.SUSPENDED:
        raise FormRefused("wrong_towns")
    if any(office.reader.find_municipality(key) is None for key in draft.municipalities or ()):
        raise FormRefused("wrong_towns")
    return draft.first_on, last_on


def _write(office: Office, member: Member, row: CalendarChange) -> int:
    try:
        with office.sessions.begin() as session:
            number = (session.scalar(select(func.max(CalendarChange.number))) or 0) + 1
            row.number, row.made_at, row.made_by = number, utc_now(), member.id
            session.add(row)
            note_act(session, staff_of(member.id), Act.CALENDAR_CHANGED, {"change": number, "kind": row.kind})
    except IntegrityError as error:
        raise Stale("the calendar was changed at the same moment") from error
    office.calendar.forget()
    log.warning("calendar.changed", number=number, kind=row.kind, by=member.id)
    return number


def _view(office: Office, row: CalendarChange, name: str, end: tuple[CalendarChange, str] | None) -> ChangeView:
    known = [office.reader.find_municipality(key) for key in row.municipalities or ()]
    return ChangeView(
        number=row.number,
        kind=Kind(row.kind),
        first_on=row.first_on,
        last_on=row.last_on,
        towns=tuple(one.nombre for one in known if one) if row.municipalities else None,
        reason=row.reason,
        source=row.source,
        made_at=row.made_at,
        made_by=name,
        withdrawn=end[0].source if end else None,
        withdrawn_at=end[0].made_at if end else None,
        withdrawn_by=end[1] if end else None,
    )
