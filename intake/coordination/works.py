"""Analyses of compliance and proposals of improvement: planned for a day, made on one. Each act commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.tables.coordination import CoordinationWork

TITLE_MAX, TEXT_MAX = 200, 4000
SHOWN_AT_MOST = 300


class WorkKind(StrEnum):
    ANALYSIS = "analysis"
    PROPOSAL = "proposal"


@dataclass(frozen=True)
class NewWork:
    """`agency`: whom it is about; empty: all."""

    kind: WorkKind
    title: str
    planned_on: date | None
    agency: str = ""


def plan_work(office: Office, member: Member, new: NewWork) -> int:
    """Raises NotAllowed, NotFound, FormRefused: no_title, no_day."""
    require(member, DECIDERS)
    if not new.title:
        raise FormRefused("no_title")
    if new.planned_on is None:
        raise FormRefused("no_day")
    agency = office.jurisdiction.get_agency(new.agency).key if new.agency else None
    with office.sessions.begin() as session:
        row = CoordinationWork(
            kind=new.kind.value,
            agency=agency,
            title=new.title[:TITLE_MAX],
            planned_on=new.planned_on,
            made_at=utc_now(),
            made_by=member.id,
        )
        session.add(row)
        session.flush()
        note_act(session, staff_of(member.id), Act.COORDINATION_CHANGED, {"work": row.id, "did": "planned"})
        return row.id


def make_work(office: Office, member: Member, work_id: int, made_on: date | None, text: str) -> None:
    """It is made, with what it says. Raises NotAllowed, NotFound, FormRefused: no_day, day_ahead, no_text."""
    require(member, DECIDERS)
    if made_on is None:
        raise FormRefused("no_day")
    if made_on > utc_now().astimezone(office.jurisdiction.zone).date():
        raise FormRefused("day_ahead")
    if not text:
        raise FormRefused("no_text")
    with office.sessions.begin() as session:
        row = session.get(CoordinationWork, work_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no work {work_id}")
        row.made_on, row.text = made_on, text[:TEXT_MAX]
        note_act(session, staff_of(member.id), Act.COORDINATION_CHANGED, {"work": work_id, "did": "made"})


def list_works(session: Session) -> Sequence[CoordinationWork]:
    newest = CoordinationWork.planned_on.desc(), CoordinationWork.id.desc()
    return session.scalars(select(CoordinationWork).order_by(*newest).limit(SHOWN_AT_MOST)).all()
