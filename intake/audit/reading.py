"""Looks things up in the trail: who did or read what, on which petition, when. For the page, its file, the export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake.audit.trail import STAFF, staff_of
from intake.erasing.committed import read_committed
from intake.petitions.case import list_folios
from intake.tables.accounts import Staff
from intake.tables.audit import AuditEntry
from intake.tables.petitions import Petition

PAGE = 50
AT_ONCE = 1_000  # rows that are in memory


@dataclass(frozen=True)
class Wish:
    """What is looked for; what is None or empty is any. Days as the office counts them, both included."""

    staff_id: int | None = None
    act: str = ""
    folio: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class TrailLine:
    """`name`, `username`: of the member, None for the machine and the console. `about`: whose account it is about."""

    number: int
    at: datetime
    actor: str
    name: str | None
    username: str | None
    act: str
    petition_id: int | None
    folio: str | None
    about: str | None
    data: dict[str, Any]
    previous_hash: str
    hash: str


def list_lines(session: Session, zone: ZoneInfo, wish: Wish, before: int = 0) -> tuple[Sequence[TrailLine], int]:
    """A page, the newest first, those before that number; and the number to go on with, 0 at the end."""
    wanted = _wanted(zone, wish).order_by(AuditEntry.number.desc()).limit(PAGE + 1)
    rows = session.scalars(wanted.where(AuditEntry.number < before) if before else wanted).all()
    return _with_words(session, _lines(session, rows[:PAGE])), rows[PAGE - 1].number if len(rows) > PAGE else 0


def all_lines(session: Session, zone: ZoneInfo, wish: Wish) -> Iterator[TrailLine]:
    """In the chain's order."""
    number, wanted = 0, _wanted(zone, wish).order_by(AuditEntry.number).limit(AT_ONCE)
    while rows := session.scalars(wanted.where(AuditEntry.number > number)).all():
        yield from _lines(session, rows)
        number = rows[-1].number


def list_acts(session: Session) -> Sequence[str]:
    """Those that there are."""
    return session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)).all()


def list_people(session: Session) -> Sequence[tuple[int, str]]:
    return [(row.id, row.name) for row in session.execute(select(Staff.id, Staff.name).order_by(Staff.name))]


def _wanted(zone: ZoneInfo, wish: Wish) -> Select[AuditEntry]:
    wanted = select(AuditEntry)
    if wish.staff_id is not None:
        wanted = wanted.where(AuditEntry.actor == staff_of(wish.staff_id))
    if wish.act:
        wanted = wanted.where(AuditEntry.act == wish.act)
    if wish.folio:
        own = select(Petition.id).where(Petition.folio == wish.folio).scalar_subquery()
        wanted = wanted.where(AuditEntry.petition_id == own)
    if wish.since:
        wanted = wanted.where(AuditEntry.happened_at >= datetime.combine(wish.since, time(), zone))
    if wish.until:
        ends = datetime.combine(wish.until + timedelta(days=1), time(), zone)
        wanted = wanted.where(AuditEntry.happened_at < ends)
    return wanted


def _lines(session: Session, rows: Sequence[AuditEntry]) -> list[TrailLine]:
    folios = list_folios(session, (row.petition_id for row in rows))
    ids = {staff_id for row in rows for staff_id in (_staff_id(row.actor), row.data.get("staff")) if staff_id}
    found = session.execute(select(Staff.id, Staff.name, Staff.username).where(Staff.id.in_(ids)))
    people = {row.id: (row.name, row.username) for row in found}
    return [_line(row, people, folios) for row in rows]


def _with_words(session: Session, lines: Sequence[TrailLine]) -> list[TrailLine]:
    """To be read: with the words that the chain knows by a digest, as far as they are kept."""
    words = read_committed(session, (line.data.get("reason") for line in lines))
    said = ((line, line.data.get("reason")) for line in lines)
    return [replace(line, data={**line.data, "reason": words[why]}) if why in words else line for line, why in said]


def _line(row: AuditEntry, people: dict[int, tuple[str, str]], folios: dict[int, str]) -> TrailLine:
    name, username = people.get(_staff_id(row.actor) or 0, (None, None))
    return TrailLine(
        number=row.number,
        at=row.happened_at,
        actor=row.actor,
        name=name,
        username=username,
        act=row.act,
        petition_id=row.petition_id,
        folio=folios.get(row.petition_id or 0),
        about=people.get(row.data.get("staff", 0), (None, None))[0],
        data=row.data,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _staff_id(actor: str) -> int | None:
    number = actor.removeprefix(STAFF)
    return int(number) if number != actor and number.isdecimal() else None
