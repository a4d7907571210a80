"""Who is called for emergencies at a moment, and who when nobody is. Read by every page and by `mailing`.

Who keeps the roster does it through `duty_roster`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Role
from intake.tables.accounts import Staff
from intake.tables.notices import DutyFallback, DutyShift


class Fallback(StrEnum):
    """Who is written to of an emergency while nobody on duty can be. On their screens all see it anyway."""

    OFFICERS = "officers"
    ADMINISTRATORS = "administrators"
    NOBODY = "nobody"


ROLES = {Fallback.OFFICERS: [Role.OFFICER], Fallback.ADMINISTRATORS: [Role.ADMINISTRATOR], Fallback.NOBODY: []}


@dataclass(frozen=True)
class ShiftView:
    """`is_active` False: the account was closed, and nobody is there in those hours."""

    id: int
    staff_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    is_active: bool


def on_duty(session: Session, now: datetime) -> Sequence[ShiftView]:
    """Those who are there at that moment, whose account is open, by the hour at which they began."""
    current = DutyShift.starts_at <= now, DutyShift.ends_at > now, Staff.is_active.is_(True)
    return list_shifts(session, *current)


def find_fallback(session: Session) -> Fallback:
    newest = session.scalar(select(DutyFallback.who).order_by(DutyFallback.id.desc()).limit(1))
    return Fallback(newest) if newest else Fallback.OFFICERS


def list_shifts(session: Session, *which: ColumnElement[bool]) -> Sequence[ShiftView]:
    """By the hour at which they begin."""
    rows = select(DutyShift, Staff).join(Staff, Staff.id == DutyShift.staff_id).where(*which)
    found = session.execute(rows.order_by(DutyShift.starts_at, Staff.name))
    return [
        ShiftView(shift.id, staff.id, staff.name, shift.starts_at, shift.ends_at, staff.is_active)
        for shift, staff in found
    ]
