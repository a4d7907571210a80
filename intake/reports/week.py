"""The week's note for the head of the office: what came, what was answered, where it stands still. Read only.

One page. Counted as the indicators count; what stands still is as it is at the cut.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from intake.database import reading
from intake.errors import NotFound
from intake.indicators.board import count_stock
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import is_counted
from intake.indicators.period import Period
from intake.office import Office
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.mind import Incident
from intake.tables.petitions import Matter, Petition, Referral

DAYS = timedelta(days=7)
TOWNS_SHOWN, AGENCIES_SHOWN = 5, 10


@dataclass(frozen=True)
class Flow:
    """Of one week. `towns`: petitions by INEGI key."""

    received: int
    told: int
    emergencies: int
    referrals: int
    incidents: int
    towns: Counter[str]


@dataclass(frozen=True)
class Debt:
    """What an agency has not answered. `soon`: due within seven days."""

    agency: str
    open: int
    late: int
    soon: int


@dataclass(frozen=True)
class WeekNote:
    """`towns`: name, petitions of the week and of the one before; `stock`: by the names of the board."""

    week: Period
    cut: date
    now: Flow
    before: Flow
    stock: Mapping[str, int]
    debts: Sequence[Debt]
    towns: Sequence[tuple[str, int, int]]


def week_of(day: date) -> Period:
    """Monday to Sunday."""
    first = day - timedelta(days=day.weekday())
    year, number, _ = first.isocalendar()
    return Period(f"{year}-S{number:02}", first, first + timedelta(days=6))


def last_week(today: date) -> Period:
    """The last one that is over."""
    return week_of(today - DAYS)


def read_week(office: Office, week: Period, cut: date) -> WeekNote:
    """Raises NotFound for a week that has not begun."""
    if week.first > cut:
        raise NotFound(f"{week.name} has not begun")
    with reading(office.sessions) as session:
        now, before = _flow(session, office, week, cut), _flow(session, office, week_of(week.first - DAYS), cut)
        stock, debts = count_stock(session, office), _debts(session, office, cut)
    most = now.towns.most_common(TOWNS_SHOWN)
    towns = [(_name(office, clave), count, before.towns[clave]) for clave, count in most]
    return WeekNote(week, cut, now, before, stock, debts[:AGENCIES_SHOWN], towns)


def _flow(session: Session, office: Office, week: Period, cut: date) -> Flow:
    ledger, values = read_ledger(session, office, week, cut), office.matrix.values
    counted = [one for one in ledger.cases if is_counted(one.subject, values)]
    began, ended = week.bounds(office.jurisdiction.zone)
    opened = select(func.count()).select_from(Incident)
    return Flow(
        received=len(counted),
        told=sum(is_counted(one, values) for one in ledger.told_in),
        emergencies=sum(one.subject.is_emergency for one in ledger.cases),
        referrals=len(ledger.turns),
        incidents=session.scalar(opened.where(Incident.opened_at >= began, Incident.opened_at < ended)) or 0,
        towns=Counter(one.municipality for one in counted if one.municipality),
    )


def _debts(session: Session, office: Office, cut: date) -> list[Debt]:
    """Most late first."""
    is_soon = and_(Petition.due_on >= cut, Petition.due_on < cut + DAYS)
    sums = [func.sum(case((condition, 1), else_=0)) for condition in (Petition.due_on < cut, is_soon)]
    rows = (
        select(Referral.agency, func.count(), *sums)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Referral.state.in_(OPEN_REFERRALS), Petition.paused_left.is_(None))
        .group_by(Referral.agency)
    )
    name = office.jurisdiction.name_agency
    found = [Debt(name(agency), count, late, soon) for agency, count, late, soon in session.execute(rows)]
    return sorted(found, key=lambda one: (-one.late, -one.soon, -one.open, one.agency))


def _name(office: Office, clave: str) -> str:
    found = office.reader.find_municipality(clave)
    return found.nombre if found else clave
