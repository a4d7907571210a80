"""A municipality's sheet, for a tour: what it asked for in two years, what was answered, what is due of it and
of what was agreed on there. Read only.

Counted as the indicators count (`is_counted`, `answer_known_at`), so that no figure contradicts theirs.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from intake.database import reading
from intake.errors import NotFound
from intake.indicators.ledger import list_cases
from intake.indicators.measures import Case, answer_known_at, is_counted
from intake.meetings.pressing_agreements import AgreementView, list_due_in_town
from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.alerts import MatterTopic
from intake.tables.petitions import Matter, Petition
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
    """`topics`, `agencies`: name and counts, most received first; None for what has no topic yet, was not referred.
    Reserved ones are of no topic here: in a small place it may say whose they are. `more`: open ones that are not in
    `due`. `agreements`: open ones of meetings held there, soonest due first; `more_agreements`: all others."""

    place: Municipality
    since: date
    cut: date
    whole: Counts
    topics: Sequence[tuple[str | None, Counts]]
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
        topics = _topics_of(session, office, own)
        agreements, more_agreements = list_due_in_town(session, office, clave, most=AGREEMENTS_SHOWN)
    statuses = Counter(one.subject.status for one in cases)
    return Town(
        place=place,
        since=since,
        cut=cut,
        whole=_counts(office, cases, cut),
        topics=_grouped(office, [one for one in cases if one.id in topics], topics, cut),
        agencies=_grouped(office, cases, {one.id: _agencies_of(office, one) for one in cases}, cut),
        statuses=[(status, statuses[status]) for status in Status if statuses[status]],
        due=[_due(office, one, *told[one.id], cut) for one in pending[:SHOWN]],
        more=max(0, len(pending) - SHOWN),
        agreements=agreements,
        more_agreements=more_agreements,
    )


def _topics_of(session: Session, office: Office, own: ColumnElement[bool]) -> dict[int, set[str]]:
    """Names by petition; none of one whose matters have no topic yet. Without the reserved ones."""
    rows = select(Petition.id, MatterTopic.topic).join(Matter, Matter.petition_id == Petition.id)
    rows = rows.outerjoin(MatterTopic, MatterTopic.matter_id == Matter.id).where(own, Petition.is_sensitive.is_(False))
    found: dict[int, set[str]] = defaultdict(set)
    for petition, topic in session.execute(rows):
        found[petition] |= {office.jurisdiction.topics.name_of(topic)} if topic else set()
    return found


def _agencies_of(office: Office, one: Case) -> set[str]:
    return {office.jurisdiction.name_agency(turn.agency) for turn in one.turns}


def _grouped(
    office: Office, cases: Sequence[Case], names: Mapping[int, set[str]], cut: date
) -> list[tuple[str | None, Counts]]:
    by_name: dict[str | None, list[Case]] = defaultdict(list)
    for one in cases:
        for name in names[one.id] or (None,):
            by_name[name].append(one)
    counted = [(name, _counts(office, own, cut)) for name, own in by_name.items()]
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
