"""«Tablero»'s tables: funnel, a line for each agency and each municipality, what is late now. Read only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from intake.boards.sums import Counted
from intake.boards.tally import AGENCY_CELLS, FUNNEL, NOWHERE, WHOLE
from intake.indicators.ledger import within
from intake.indicators.measures import NOT_COUNTED
from intake.indicators.period import Period
from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY
from intake.tables.petitions import Matter, Petition, Referral

NameOf = Callable[[str], str | None]
LATE = "late"
OPEN = ("issued", "accepted")
TOWN_CELLS = ("received", "told")
# Which column each is a part of: what is left of it is a count too.
PART_OF = {"told": "received", "replied_in_time": "replied"} | dict.fromkeys(
    ("accepted_in_time", "replied", "returned"), "issued"
)
RUNNING = sorted(status.value for status in NEEDS_TRIAGE | WITH_AGENCY)


@dataclass(frozen=True)
class Line:
    """`key`: an agency's, or a municipality's INEGI key; `name` None: of no known municipality."""

    key: str
    name: str | None
    cells: Mapping[str, int]


@dataclass(frozen=True)
class Board:
    """Those with most first."""

    funnel: Line
    agencies: Sequence[Line]
    towns: Sequence[Line]


def read_lines(session: Session, office: Office, period: Period, counted: Counted, today: date) -> Board:
    agencies = _late_by_agency(session, office, period, today)
    towns = _late_by_town(session, office, period, today)
    return Board(
        Line("", None, {name: counted.sums.get((name, WHOLE), 0) for name in FUNNEL}),
        _lines(counted, "agency", AGENCY_CELLS, agencies, office.jurisdiction.name_agency),
        _lines(counted, "town", TOWN_CELLS, towns, lambda key: _town_name(office, key)),
    )


def late_referrals(office: Office, period: Period, today: date) -> Sequence[ColumnElement[bool]]:
    """Of referrals joined to their petitions: issued in the period and still open after the petition's last day."""
    began, ended = period.bounds(office.jurisdiction.zone)
    return Referral.state.in_(OPEN), within(Referral.issued_at, began, ended), Petition.due_on < today


def late_petitions(office: Office, period: Period, today: date) -> Sequence[ColumnElement[bool]]:
    """Received in the period, with somebody, their last day over."""
    began, ended = period.bounds(office.jurisdiction.zone)
    running = Petition.status.in_(RUNNING), Petition.due_on < today
    return within(Petition.opened_at, began, ended), *running, *counted_petitions(office)


def counted_petitions(office: Office) -> Sequence[ColumnElement[bool]]:
    """As `measures.is_counted`, where the database counts."""
    values = office.matrix.values
    conditions: list[ColumnElement[bool]] = [Petition.status.not_in(sorted(one.value for one in NOT_COUNTED))]
    if values.excludes_emergencies:
        conditions.append(Petition.emergency.is_(None))
    if values.excludes_data_rights:
        conditions.append(Petition.data_right.is_(None))
    return conditions


def _late_by_agency(session: Session, office: Office, period: Period, today: date) -> Mapping[str, int]:
    rows = select(Referral.agency, func.count()).join(Matter, Matter.id == Referral.matter_id)
    rows = rows.join(Petition, Petition.id == Matter.petition_id).where(*late_referrals(office, period, today))
    return {row[0]: row[1] for row in session.execute(rows.group_by(Referral.agency))}


def _late_by_town(session: Session, office: Office, period: Period, today: date) -> Mapping[str, int]:
    rows = select(Petition.municipality, func.count()).where(*late_petitions(office, period, today))
    return {row[0] or NOWHERE: row[1] for row in session.execute(rows.group_by(Petition.municipality))}


def _lines(counted: Counted, of: str, cells: Sequence[str], late: Mapping[str, int], name: NameOf) -> list[Line]:
    columns = {name: counted.of(f"{of}.{name}") for name in cells}
    lines = [
        Line(key, name(key), {cell: own.get(key, 0) for cell, own in columns.items()} | {LATE: late.get(key, 0)})
        for key in columns[cells[0]]
    ]
    return sorted(lines, key=lambda line: (-line.cells[cells[0]], line.name or ""))


def _town_name(office: Office, key: str) -> str | None:
    found = office.reader.find_municipality(key)
    return found.nombre if found else None
