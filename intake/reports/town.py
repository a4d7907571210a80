"""A municipality's sheet, for a tour: what it asked for in two years, what was answered, what is due of it and
of what was agreed on there. Read only.

Counted as the indicators count (`is_counted`, `answer_known_at`), so that no figure contradicts theirs.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, select

from intake.database import reading
from intake.errors import NotFound
from intake.indicators.ledger import list_cases
from intake.indicators.measures import Case, answer_known_at, is_counted
from intake.meetings.pressing_agreements import AgreementView, list_due_in_town
from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.petitions import Petition
from nlp.reading import Municipality

LOOKS_BACK = timedelta(days=730)
SHOWN = 30  # of those that are open: a sheet is one page, two at most
AGREEMENTS_SHOWN = 12
RUNNING = NEEDS_TRIAGE | WITH_AGENCY


@dataclass(frozen=True)
class Counts:
    received: int
    told: int
    open: int
    late: int


@dataclass(frozen=True)
class Due:
    """A petition that is open. `agencies`: who has it, by name; none: the office itself. Of a reserved one they are not
    told: the name may say what it is about, and the sheet is printed."""

    folio: str
    opened_on: date
    due_on: date
    is_late: bool
    status: Status
    agencies: tuple[str, ...]
    is_reserved: bool


@dataclass(frozen=True)
class Town:
    """`agencies`: name and counts, most received first, None for what was not referred; `more`: open ones that are
    not in `due`. `agreements`: open ones of meetings held there, soonest due first; `more_agreements`: all others."""

    place: Municipality
    since: date
    cut: date
    whole: Counts
    agencies: Sequence[tuple[str | None, Counts]]
    statuses: Sequence[tuple[Status, int]]
    due: Sequence[Due]
    more: int
    agreements: Sequence[AgreementView]
    more_agreements: int


def read_town(office: Office, clave: str, cut: date) -> Town:
    """Raises NotFound for a key that no municipality has."""
    place = office.reader.find_municipality(clave)
    if place is None:
        raise NotFound(f"no municipality {clave}")
    since = cut - LOOKS_BACK
    began = datetime.combine(since, time(), office.jurisdiction.zone)
    with reading(office.sessions) as session:
        own = and_(Petition.municipality == clave, Petition.opened_at >= began)
        cases = [one for one in list_cases(session, office, own) if is_counted(one.subject, office.matrix.values)]
        pending = sorted((one for one in cases if one.subject.status in RUNNING), key=lambda one: (one.due_on, one.id))
        wanted = [one.id for one in pending[:SHOWN]]
        rows = session.execute(
            select(Petition.id, Petition.folio, Petition.is_sensitive).where(Petition.id.in_(wanted))
        )
        told = {row.id: (row.folio, row.is_sensitive) for row in rows}
        agreements, more_agreements = list_due_in_town(session, office, clave, most=AGREEMENTS_SHOWN)
    statuses = Counter(one.subject.status for one in cases)
    return Town(
        place=place,
        since=since,
        cut=cut,
        whole=_counts(office, cases, cut),
        agencies=_agencies(office, cases, cut),
        statuses=[(status, statuses[status]) for status in Status if statuses[status]],
        due=[_due(office, one, *told[one.id], cut) for one in pending[:SHOWN]],
        more=max(0, len(pending) - SHOWN),
        agreements=agreements,
        more_agreements=more_agreements,
    )


def _agencies(office: Office, cases: Sequence[Case], cut: date) -> list[tuple[str | None, Counts]]:
    by_agency: dict[str | None, list[Case]] = defaultdict(list)
    for one in cases:
        agencies: set[str | None] = {turn.agency for turn in one.turns}
        for agency in agencies or {None}:
            by_agency[office.jurisdiction.name_agency(agency) if agency else None].append(one)
    counted = [(name, _counts(office, own, cut)) for name, own in by_agency.items()]
    return sorted(counted, key=lambda row: (row[0] is None, -row[1].received, row[0] or ""))


def _counts(office: Office, cases: Sequence[Case], cut: date) -> Counts:
    running = [one for one in cases if one.subject.status in RUNNING]
    return Counts(
        received=len(cases),
        told=sum(answer_known_at(one, office.matrix.values) is not None for one in cases),
        open=len(running),
        late=sum(one.due_on < cut for one in running),
    )


def _due(office: Office, one: Case, folio: str, is_reserved: bool, cut: date) -> Due:
    turns = () if is_reserved else one.turns
    names = sorted({office.jurisdiction.name_agency(turn.agency) for turn in turns if turn.state != "returned"})
    opened_on = one.opened_at.astimezone(office.jurisdiction.zone).date()
    return Due(folio, opened_on, one.due_on, one.due_on < cut, one.subject.status, tuple(names), is_reserved)
