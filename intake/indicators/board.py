"""«Tablero»: what is where today, and how a period went: funnel, by agency, by municipality. Each number is its rows.

Read only. Counts of today come by query; those of a period from the ledger that the indicators are counted with.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.indicators.catalogue import Matrix
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import TAKEN, Case, Key, Ledger, Turn, answer_known_at, is_counted
from intake.indicators.period import Period
from intake.office import Office
from intake.petitions.states import ANSWERED, NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.petitions import Petition

Rows = frozenset[Key]
ACCEPTED = frozenset({Status.ACEPTADA, Status.EN_ATENCION})
NOWHERE = "-"  # of a petition whose municipality is not known


@dataclass(frozen=True)
class Group:
    """One line of a table. `key`: an agency's, or a municipality's INEGI key."""

    key: str
    name: str | None
    cells: Mapping[str, Rows]


@dataclass(frozen=True)
class Board:
    funnel: Group
    agencies: tuple[Group, ...]
    towns: tuple[Group, ...]

    def find(self, part: str, key: str, cell: str) -> Rows:
        """The rows of a number; nothing for one that there is not."""
        groups = {"agencies": self.agencies, "towns": self.towns}.get(part, (self.funnel,))
        found = next((group for group in groups if group.key == key), None)
        return found.cells.get(cell, frozenset()) if found else frozenset()


def stock(office: Office) -> Mapping[str, ColumnElement[bool]]:
    """What is where now: by name, the condition on petitions."""
    zone = office.jurisdiction.zone
    today = utc_now().astimezone(zone).date()
    running = Petition.status.in_(_values(NEEDS_TRIAGE | WITH_AGENCY))
    return {
        "received_today": Petition.opened_at >= datetime.combine(today, time(), zone),
        "in_triage": Petition.status.in_(_values(NEEDS_TRIAGE)),
        "sent": Petition.status.in_(_values(WITH_AGENCY - ACCEPTED)),
        "accepted": Petition.status.in_(_values(ACCEPTED)),
        "answered": Petition.status.in_(_values(ANSWERED)),
        "overdue": and_(running, Petition.due_on < today, Petition.paused_left.is_(None)),
    }


def count_stock(session: Session, office: Office) -> Mapping[str, int]:
    counts = {name: select(func.count()).select_from(Petition).where(rows) for name, rows in stock(office).items()}
    return {name: session.scalar(count) or 0 for name, count in counts.items()}


def list_stock(session: Session, office: Office, name: str, after: int, limit: int) -> Rows:
    """The next ids; nothing for a number that there is not."""
    wanted = stock(office).get(name)
    if wanted is None:
        return frozenset()
    return frozenset(
        session.scalars(select(Petition.id).where(wanted, Petition.id > after).order_by(Petition.id).limit(limit))
    )


def read_board(session: Session, office: Office, period: Period, today: date) -> Board:
    ledger = read_ledger(session, office, period, today)
    counted = [case for case in ledger.cases if is_counted(case.subject, office.matrix.values)]
    return Board(
        funnel=Group("", None, _funnel(counted, office.matrix)),
        agencies=list_agency_groups(office, ledger),
        towns=_towns(office, ledger, counted),
    )


def _funnel(cases: Sequence[Case], matrix: Matrix) -> dict[str, Rows]:
    return {
        "received": _ids(cases, lambda case: True),
        "classified": _ids(cases, lambda case: case.classified_at is not None),
        "referred": _ids(cases, lambda case: bool(case.turns)),
        "taken": _ids(cases, lambda case: any(turn.state in TAKEN for turn in case.turns)),
        "replied": _ids(cases, lambda case: any(turn.state == "answered" for turn in case.turns)),
        "told": _ids(cases, lambda case: answer_known_at(case, matrix.values) is not None),
    }


def list_agency_groups(office: Office, ledger: Ledger) -> tuple[Group, ...]:
    """Of the referrals issued in the period; a petition that an agency got twice is one row."""
    by_agency: dict[str, list[Turn]] = defaultdict(list)
    for turn in ledger.turns:
        by_agency[turn.agency].append(turn)
    days = office.matrix.values.accepted_within_days
    groups = [
        Group(
            agency,
            office.jurisdiction.name_agency(agency),
            {
                "issued": _petitions(turns, lambda turn: True),
                "accepted_in_time": _petitions(
                    turns, lambda turn: ledger.is_within(turn.issued_at, turn.taken_at, days)
                ),
                "replied": _petitions(turns, lambda turn: turn.answered_at is not None),
                "replied_in_time": _petitions(turns, lambda turn: _is_in_time(ledger, turn)),
                "returned": _petitions(turns, lambda turn: turn.state == "returned"),
                "late": _petitions(turns, lambda turn: _is_late(ledger, turn)),
            },
        )
        for agency, turns in by_agency.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-len(group.cells["issued"]), group.name or "")))


def _towns(office: Office, ledger: Ledger, cases: Sequence[Case]) -> tuple[Group, ...]:
    by_town: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_town[case.municipality or NOWHERE].append(case)
    groups = [
        Group(
            key,
            _town_name(office, key),
            {
                "received": _ids(own, lambda case: True),
                "told": _ids(own, lambda case: answer_known_at(case, office.matrix.values) is not None),
                "late": _ids(own, lambda case: case.due_on < ledger.today and _is_running(case)),
            },
        )
        for key, own in by_town.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-len(group.cells["received"]), group.name or "")))


def _town_name(office: Office, key: str) -> str | None:
    found = office.reader.find_municipality(key)
    return found.nombre if found else None


def _is_in_time(ledger: Ledger, turn: Turn) -> bool:
    return turn.answered_at is not None and ledger.day(turn.answered_at) <= turn.due_on


def _is_late(ledger: Ledger, turn: Turn) -> bool:
    return turn.state in ("issued", "accepted") and turn.due_on < ledger.today


def _is_running(case: Case) -> bool:
    return case.subject.status in NEEDS_TRIAGE | WITH_AGENCY


def _ids(cases: Sequence[Case], wanted: Callable[[Case], bool]) -> Rows:
    return frozenset(case.id for case in cases if wanted(case))


def _petitions(turns: Sequence[Turn], wanted: Callable[[Turn], bool]) -> Rows:
    return frozenset(turn.petition_id for turn in turns if wanted(turn))


def _values(statuses: frozenset[Status]) -> list[str]:
    return sorted(status.value for status in statuses)
