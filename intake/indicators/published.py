"""Figures of the matrix that others publish (ENCIG): written down with their source, one by one or out of a table.

A row is never altered: the newest of a series' year counts. Each act commits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.audit.trail import CONSOLE, Act, note_act, staff_of
from intake.carrying.tabular import Open, read_heading, read_rows
from intake.clock import utc_now
from intake.errors import FormRefused
from intake.office import Office
from intake.tables.calendar import PublishedValue

FIRST_YEAR, SOURCE_MAX, VALUES_MAX = 1990, 300, 500
COLUMNS = ("serie", "año", "valor", "fuente")
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class NewValue:
    """As a form or a cell has it. `value` empty: what was written down for that year was wrong, and there is none."""

    series: str
    year: str
    value: str
    source: str


@dataclass(frozen=True)
class Published:
    """`value`: per cent."""

    year: int
    value: float
    source: str
    noted_at: datetime


def note_value(office: Office, member: Member, new: NewValue) -> None:
    """Raises NotAllowed, FormRefused: series, year, value, source."""
    require(member, ADMINISTRATORS)
    _keep(office, [_row(office, new)], member)


def bring_values(office: Office, member: Member | None, opened: Open) -> int:
    """All of a table's (CSV or XLSX, columns as COLUMNS), or none; how many. `member` None: at the console.

    Raises NotAllowed, FormRefused: what `read_heading` and `note_value` refuse, missing, many.
    """
    if member:
        require(member, ADMINISTRATORS)
    heading, _ = read_heading(opened, rows=1)
    names = [name.strip().casefold() for name in heading]
    if any(name not in names for name in COLUMNS):
        raise FormRefused("missing")
    places = [names.index(name) for name in COLUMNS]
    rows = [_row(office, NewValue(*(row[place] for place in places))) for _, row in read_rows(opened)]
    if len(rows) > VALUES_MAX:
        raise FormRefused("many")
    _keep(office, rows, member)
    return len(rows)


def list_published(session: Session, upto: int) -> Mapping[str, Sequence[Published]]:
    """By series, oldest year first; none of a later year than `upto`."""
    newest: dict[tuple[str, int], PublishedValue] = {}
    wanted = select(PublishedValue).where(PublishedValue.year <= upto).order_by(PublishedValue.id)
    for row in session.scalars(wanted):
        newest[row.series, row.year] = row
    found: dict[str, list[Published]] = defaultdict(list)
    for (series, year), row in sorted(newest.items()):
        if row.value is not None:
            found[series].append(Published(year, row.value, row.source, row.noted_at))
    return found


def _row(office: Office, new: NewValue) -> PublishedValue:
    if new.series.strip() not in {one.series for one in office.matrix.indicators if one.series}:
        raise FormRefused("series")
    now = utc_now()
    year = int(new.year) if new.year.strip().isascii() and new.year.strip().isdecimal() else 0
    if not FIRST_YEAR <= year <= now.astimezone(office.jurisdiction.zone).year:
        raise FormRefused("year")
    if not new.source.strip():
        raise FormRefused("source")
    return PublishedValue(
        series=new.series.strip(),
        year=year,
        value=_share(new.value),
        source=new.source.strip()[:SOURCE_MAX],
        noted_at=now,
    )


def _share(written: str) -> float | None:
    """«42.3», «42,3», «42.3 %»."""
    plain = written.replace("%", "").replace(",", ".").strip()
    if not plain:
        return None
    try:
        value = float(plain)
    except ValueError as error:
        raise FormRefused("value") from error
    if not 0 <= value <= 100:
        raise FormRefused("value")
    return value


def _keep(office: Office, rows: Sequence[PublishedValue], member: Member | None) -> None:
    with office.sessions.begin() as session:
        for row in rows:
            row.noted_by = member.id if member else None
            session.add(row)
            told = {"series": row.series, "year": row.year, "value": row.value}
            note_act(session, staff_of(member.id) if member else CONSOLE, Act.PUBLISHED_NOTED, told)
