"""«Vencimientos»: what is near the end of its step or of its petition's term, who has it, since when, whose it becomes.

Computed by query, so that it is never behind. Read only; for the admin, and for letters (`intake.notices`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.answers.approvals import list_standing
from intake.clock import utc_now
from intake.database import without_index
from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.petitions import HistoryEntry, Matter, Petition, Referral
from intake.terms.recounting import days_of_petition
from intake.terms.steps import Colour, Level, Shades, Step, colour_of, days_left, level_of, step_due_on
from intake.thinking.facts import place_name
from intake.triage.marks import flags_of, today_at

PAGE = 25
COUNTED = 1_000  # of each step; beyond it is more than a person reads
LOOKS_BACK = 120  # days: what began earlier is late by any term there is
STATES = {Step.ACCEPTANCE: "issued", Step.ANSWER: "accepted", Step.NOTICE: "answered"}
IN_TRIAGE = sorted(status.value for status in NEEDS_TRIAGE)
UNANSWERED = sorted(status.value for status in NEEDS_TRIAGE | WITH_AGENCY)
# What a petition is while one of its matters is in that step, since its slowest matter names it. Answers that nobody
# received grow with the years: they are looked up by themselves, in their order, as far as the page goes.
OF_PETITION = {
    Step.TRIAGE: (IN_TRIAGE,),
    Step.ACCEPTANCE: (UNANSWERED,),
    Step.ANSWER: (UNANSWERED,),
    Step.NOTICE: (UNANSWERED, [Status.RESPONDIDA.value]),
}


@dataclass(frozen=True)
class Wish:
    """What is wanted. `step` None: all; `agency`: a key, only what it has; `after`: the last row of the page before."""

    step: Step | None = None
    agency: str | None = None
    after: str = ""


@dataclass(frozen=True)
class Term:
    """A last day as it is seen today."""

    due_on: date
    left: int
    colour: Colour


@dataclass(frozen=True)
class Entry:
    """`agency`: its name; None: the office itself has it. `own`: the step's own term; `whole`: the petition's.
    `is_at_head`: the answer is written and waits for the agency's head."""

    key: str
    folio: str
    referral_id: int | None
    step: Step
    agency: str | None
    since: datetime
    own: Term | None
    whole: Term
    level: Level
    place: str | None
    flags: tuple[str, ...]
    is_at_head: bool = False


@dataclass(frozen=True)
class Count:
    """At most COUNTED of each step; `is_more`: there are others."""

    number: int
    is_more: bool


@dataclass(frozen=True)
class Found:
    """A row of the database before it is looked at."""

    petition: Petition
    referral: Referral | None
    step: Step
    since: datetime


def list_expiring(session: Session, office: Office, member: Member, wish: Wish) -> tuple[Sequence[Entry], str | None]:
    """A page, soonest due first, and the `after` of the next one. A liaison gets what the own agency has."""
    found: list[Found] = []
    for step in _steps(member, wish):
        for wanted in _wanted(office, member, wish, step):
            rows = session.execute(wanted.limit(PAGE + 1)).all()
            found += [Found(petition, referral, step, since) for petition, referral, since in rows]
    found.sort(key=_place)
    standing = list_standing(session, [one.referral.id for one in found[:PAGE] if one.referral])
    entries = [
        replace(_entry(office, one), is_at_head=standing.get(one.referral.id if one.referral else 0, False))
        for one in found[:PAGE]
    ]
    return entries, entries[-1].key if len(found) > PAGE else None


def count_expiring(session: Session, office: Office, member: Member, wish: Wish) -> Mapping[Step, Count]:
    """Of all steps that the member may see, whatever step is wished for."""
    everything = Wish(None, wish.agency)
    counts: dict[Step, Count] = {}
    for step in _steps(member, everything):
        number = sum(_count(session, wanted) for wanted in _wanted(office, member, everything, step))
        counts[step] = Count(min(number, COUNTED), number > COUNTED)
    return counts


def step_term(
    office: Office, petition: Petition, step: Step, since: datetime, whole_due_on: date | None = None
) -> Term | None:
    """The step's own last day, never after the petition's (`whole_due_on`: another one that it would have). None before
    there were terms of steps."""
    jurisdiction, days = office.jurisdiction, days_of_petition(office, petition)
    due_on = step_due_on(jurisdiction.steps, step, jurisdiction.day_of(since), days)
    if due_on is None:
        return None
    due_on = min(due_on, whole_due_on or petition.due_on)
    return _seen_today(office, petition, due_on, jurisdiction.colours.step)


def whole_term(office: Office, petition: Petition, due_on: date | None = None) -> Term:
    """`due_on`: another last day that it would have."""
    return _seen_today(office, petition, due_on or petition.due_on, office.jurisdiction.colours.petition)


def _seen_today(office: Office, petition: Petition, due_on: date, shades: Shades) -> Term:
    left = days_left(today_at(office), due_on, days_of_petition(office, petition))
    return Term(due_on, left, colour_of(left, shades))


def _steps(member: Member, wish: Wish) -> list[Step]:
    has_agency = member.is_agencys or wish.agency
    steps = [step for step in Step if step != Step.TRIAGE or not has_agency]
    return [step for step in steps if wish.step in (None, step)]


def _wanted(office: Office, member: Member, wish: Wish, step: Step) -> list[Select[Petition, Referral, datetime]]:
    """One after the other, each in the page's order; together they are the step's rows, none of them twice."""
    rows, since, row_id = _rows(member, wish, step)
    near = or_(Petition.due_on <= _last_pressing_day(office), since < _began_before(office, step))
    place = Petition.due_on, literal(_rank(step)), row_id
    wanted = rows.where(near, Petition.paused_left.is_(None)).order_by(Petition.due_on, row_id)
    if after := _after(wish.after):  # the day once more by itself, for the index
        wanted = wanted.where(Petition.due_on >= after[0], tuple_(*place) > tuple_(*map(literal, after)))
    return [wanted.where(Petition.status.in_(statuses)) for statuses in OF_PETITION[step]]


def _count(session: Session, wanted: Select[Petition, Referral, datetime]) -> int:
    rows = wanted.with_only_columns(Petition.id).order_by(None).limit(COUNTED + 1)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def rows_in(
    member: Member, wish: Wish, step: Step
) -> tuple[Select[Petition, Referral, datetime], ColumnElement[datetime], ColumnElement[int]]:
    """All that is in the step: the rows, since when each is, and what tells rows of one petition apart."""
    rows, since, row_id = _rows(member, wish, step)
    return rows.where(Petition.status.in_(statuses_in(step))), since, row_id


def statuses_in(step: Step) -> list[str]:
    """What a petition may be while one of its matters is in that step."""
    return [status for part in OF_PETITION[step] for status in part]


def _rows(
    member: Member, wish: Wish, step: Step
) -> tuple[Select[Petition, Referral, datetime], ColumnElement[datetime], ColumnElement[int]]:
    """As `rows_in`, but for what the petition is."""
    return _in_triage() if step == Step.TRIAGE else _with_agency(member, wish, step)


def _in_triage() -> tuple[Select[Petition, Referral, datetime], ColumnElement[datetime], ColumnElement[int]]:
    """In triage since it was opened, came back from an agency, or was opened again."""
    own = HistoryEntry.petition_id == Petition.id
    back = without_index(HistoryEntry.name).in_([Status.DEVUELTA.value, Status.REABIERTA.value])
    came_back = select(func.max(HistoryEntry.happened_at)).where(own, back).scalar_subquery()
    since = func.coalesce(came_back, Petition.opened_at, type_=Petition.opened_at.type)
    nobody = and_(Referral.id == literal(0), Referral.matter_id == Petition.id)  # a row of the same shape
    rows = select(Petition, Referral, since).outerjoin(Referral, nobody)
    return rows, since, Petition.id.expression


def _with_agency(
    member: Member, wish: Wish, step: Step
) -> tuple[Select[Petition, Referral, datetime], ColumnElement[datetime], ColumnElement[int]]:
    began = {Step.ACCEPTANCE: Referral.issued_at, Step.ANSWER: Referral.accepted_at, Step.NOTICE: Referral.answered_at}
    since = func.coalesce(began[step], Referral.issued_at, type_=Referral.issued_at.type)
    agency = member.agency if member.is_agencys else wish.agency
    rows = (
        select(Petition, Referral, since)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.state == STATES[step], or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now()))
    )
    if step == Step.NOTICE:
        rows = rows.where(Matter.status == Status.RESPONDIDA.value)
    return rows.where(Referral.agency == agency) if agency else rows, since, Referral.id.expression


def _last_pressing_day(office: Office) -> date:
    """The latest last day of a petition that is not green any more, or has gone up to somebody."""
    day, today, colours = today_at(office), today_at(office), office.jurisdiction.colours
    most = max(colours.petition.yellow, colours.head, colours.office)
    while days_left(today, day + timedelta(days=1), office.jurisdiction.closed) <= most:
        day += timedelta(days=1)
    return day


def _began_before(office: Office, step: Step) -> datetime:
    """A step that began before it is not green any more. What began today is near no end of its own."""
    jurisdiction, today = office.jurisdiction, today_at(office)
    for back in range(1, LOOKS_BACK):
        day = today - timedelta(days=back)
        due_on = step_due_on(jurisdiction.steps, step, day, jurisdiction.closed)
        left = days_left(today, due_on, jurisdiction.closed) if due_on else 0
        if colour_of(left, jurisdiction.colours.step) != Colour.GREEN:
            break
    return datetime.combine(day + timedelta(days=1), time(), jurisdiction.zone)


def _entry(office: Office, found: Found) -> Entry:
    petition, referral, jurisdiction = found.petition, found.referral, office.jurisdiction
    own, whole = step_term(office, petition, found.step, found.since), whole_term(office, petition)
    level = level_of(whole.left, jurisdiction.colours)
    if level == Level.HOLDER and own and own.colour == Colour.LATE:
        level = Level.HEAD
    return Entry(
        key=".".join(map(str, (petition.due_on.toordinal(), *_place(found)[1:]))),
        folio=petition.folio,
        referral_id=referral.id if referral else None,
        step=found.step,
        agency=jurisdiction.name_agency(referral.agency) if referral and found.step != Step.NOTICE else None,
        since=found.since,
        own=own,
        whole=whole,
        level=Level.OFFICE if found.step in (Step.TRIAGE, Step.NOTICE) else level,
        place=place_name(office, petition),
        flags=flags_of(petition),
    )


def _place(found: Found) -> tuple[date, int, int]:
    return found.petition.due_on, _rank(found.step), found.referral.id if found.referral else found.petition.id


def _rank(step: Step) -> int:
    return list(Step).index(step)


def _after(key: str) -> tuple[date, int, int] | None:
    try:
        day, rank, row_id = (int(part) for part in key.split("."))
        return date.fromordinal(day), rank, min(row_id, 2**63 - 1)
    except (ValueError, OverflowError):
        return None
