"""What is where today, by query; what became of a period's referrals by agency, as reports tell it. Read only."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.indicators.measures import Key, Ledger, Turn
from intake.office import Office
from intake.petitions.states import ANSWERED, NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.petitions import Petition

Rows = frozenset[Key]
ACCEPTED = frozenset({Status.ACEPTADA, Status.EN_ATENCION})


@dataclass(frozen=True)
class Group:
    """One agency's line: ids of referrals."""

    key: str
    name: str | None
    cells: Mapping[str, Rows]


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


def list_agency_groups(office: Office, ledger: Ledger) -> tuple[Group, ...]:
    """Of the referrals issued in the period: each counts, also the second one of a petition."""
    by_agency: dict[str, list[Turn]] = defaultdict(list)
    for turn in ledger.turns:
        by_agency[turn.agency].append(turn)
    days = office.matrix.values.accepted_within_days
    groups = [
        Group(
            agency,
            office.jurisdiction.name_agency(agency),
            {
                "issued": _referrals(turns, lambda turn: True),
                "accepted_in_time": _referrals(
                    turns, lambda turn: ledger.is_within(turn.issued_at, turn.taken_at, days)
                ),
                "replied": _referrals(turns, lambda turn: turn.answered_at is not None),
                "replied_in_time": _referrals(turns, lambda turn: _is_in_time(ledger, turn)),
                "returned": _referrals(turns, lambda turn: turn.state == "returned"),
                "late": _referrals(turns, lambda turn: _is_late(ledger, turn)),
            },
        )
        for agency, turns in by_agency.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-len(group.cells["issued"]), group.name or "")))


def _is_in_time(ledger: Ledger, turn: Turn) -> bool:
    return turn.answered_at is not None and ledger.day(turn.answered_at) <= turn.due_on


def _is_late(ledger: Ledger, turn: Turn) -> bool:
    return turn.state in ("issued", "accepted") and turn.due_on < ledger.today


def _referrals(turns: Sequence[Turn], wanted: Callable[[Turn], bool]) -> Rows:
    return frozenset(turn.id for turn in turns if wanted(turn))


def _values(statuses: frozenset[Status]) -> list[str]:
    return sorted(status.value for status in statuses)
