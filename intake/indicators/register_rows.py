"""What the registers of studies, coordination and liaison say of a period; and their rows by name. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from intake.indicators.period import Period
from intake.indicators.registers import Entry, Registers
from intake.office import Office
from intake.tables.coordination import CoordinationWork, Mechanism
from intake.tables.meetings import Agreement, Meeting, MeetingItem
from intake.tables.studies import Programme, ProgrammeRisk, Study

Condition = ColumnElement[bool]
COMES_ABOUT = {"mechanism": "approved_on", "agreement": "signed_on"}


@dataclass(frozen=True)
class NamedRow:
    """`path`: where it is read in the admin."""

    name: str
    path: str


def read_registers(session: Session, office: Office, period: Period) -> Registers:
    """Cancelled meetings and agreements that were dropped count nowhere."""
    began, ended = period.bounds(office.jurisdiction.zone)
    planned = Meeting.starts_at >= began, Meeting.starts_at < ended, Meeting.state != "cancelled"
    meetings = session.execute(select(Meeting.id, Meeting.kind, Meeting.state).where(*planned)).all()
    held = (*planned, Meeting.state == "held")
    points = select(MeetingItem.id, Meeting.kind).join(Meeting, Meeting.id == MeetingItem.meeting_id).where(*held)
    return Registers(
        meetings=tuple(Entry(f"reunion-{row.id}", row.kind, row.state == "held") for row in meetings),
        points=tuple(Entry(f"punto-{row[0]}", row[1]) for row in session.execute(points)),
        reached=tuple(_agreements(session, _within(Agreement.reached_on, period))),
        due=tuple(_agreements(session, _within(Agreement.due_on, period))),
        proposed=tuple(_mechanisms(session, _within(Mechanism.proposed_on, period))),
        approved=tuple(_mechanisms(session, _within(Mechanism.approved_on, period))),
        signed=tuple(_mechanisms(session, _within(Mechanism.signed_on, period))),
        works=tuple(_works(session, _within(CoordinationWork.planned_on, period))),
        planned=tuple(_studies(session, Study.state != "cancelled", _within(Study.planned_on, period))),
        delivered=tuple(_studies(session, Study.state == "delivered", _within(Study.delivered_on, period))),
        watched=tuple(_watched(session, period)),
    )


def name_rows(session: Session, keys: Iterable[str]) -> Sequence[NamedRow]:
    """Those that are there, by kind and number."""
    found: list[NamedRow] = []
    for key in sorted(keys, key=_order):
        kind, number = _order(key)
        if kind == "reunion" and (meeting := session.get(Meeting, number)):
            found.append(NamedRow(meeting.title, f"/reuniones/{number}"))
        elif kind == "punto" and (item := session.get(MeetingItem, number)):
            found.append(NamedRow(item.text, f"/reuniones/{item.meeting_id}#agenda"))
        elif kind == "acuerdo" and (agreement := session.get(Agreement, number)):
            found.append(NamedRow(agreement.text, f"/acuerdos/{number}"))
        elif kind == "mecanismo" and (mechanism := session.get(Mechanism, number)):
            found.append(NamedRow(mechanism.name, f"/coordinacion#mecanismo-{number}"))
        elif kind == "trabajo" and (work := session.get(CoordinationWork, number)):
            found.append(NamedRow(work.title, f"/coordinacion#trabajo-{number}"))
        elif kind == "estudio" and (study := session.get(Study, number)):
            found.append(NamedRow(study.title, f"/estudios#estudio-{number}"))
        elif kind == "programa" and (programme := session.get(Programme, number)):
            found.append(NamedRow(programme.name, f"/estudios#programa-{number}"))
    return found


def _order(key: str) -> tuple[str, int]:
    kind, _, number = key.partition("-")
    return kind, int(number) if number.isdecimal() else 0


def _agreements(session: Session, which: Condition) -> Iterable[Entry]:
    rows = select(Agreement.id, Meeting.kind, Agreement.state).join(Meeting, Meeting.id == Agreement.meeting_id)
    for id_, kind, state in session.execute(rows.where(which, Agreement.state != "dropped")):
        yield Entry(f"acuerdo-{id_}", kind, state == "fulfilled")


def _mechanisms(session: Session, which: Condition) -> Iterable[Entry]:
    for row in session.scalars(select(Mechanism).where(which)):
        yield Entry(f"mecanismo-{row.id}", row.kind, getattr(row, COMES_ABOUT[row.kind]) is not None)


def _works(session: Session, which: Condition) -> Iterable[Entry]:
    for row in session.scalars(select(CoordinationWork).where(which)):
        yield Entry(f"trabajo-{row.id}", row.kind, row.made_on is not None)


def _studies(session: Session, *which: Condition) -> Iterable[Entry]:
    for id_, kind in session.execute(select(Study.id, Study.kind).where(*which)):
        yield Entry(f"estudio-{id_}", kind)


def _watched(session: Session, period: Period) -> Iterable[Entry]:
    """On any day of the period; high by the newest grade up to its end."""
    during = Programme.since <= period.last, or_(Programme.until.is_(None), Programme.until >= period.first)
    grades = select(ProgrammeRisk.programme_id, ProgrammeRisk.risk).where(ProgrammeRisk.assessed_on <= period.last)
    newest = dict(session.execute(grades.order_by(ProgrammeRisk.assessed_on, ProgrammeRisk.id)).tuples())
    for id_ in session.scalars(select(Programme.id).where(*during)):
        yield Entry(f"programa-{id_}", "programme", newest.get(id_) == "high")


def _within(day: Any, period: Period) -> Condition:
    first: date = period.first
    return and_(day >= first, day <= period.last)
