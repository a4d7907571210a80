"""What other terms would do to what is open now, before they count: last days, colours, whom each would go up to.
Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY
from intake.tables.petitions import Petition
from intake.terms.expiring import Term, Wish, rows_in, step_term, whole_term
from intake.terms.pressing import WHOLE
from intake.terms.recounting import recounted_date
from intake.terms.steps import Colour, Level, Step, level_of
from intake.terms.timing import Timing, read_entries
from intake.triage.concluding import silent_since

AT_MOST = 2_000  # petitions, and things in each step, the soonest due first: a second or two
SHOWN = 8
OPEN = sorted(status.value for status in NEEDS_TRIAGE | WITH_AGENCY)


@dataclass(frozen=True)
class Move:
    """A term that would end or look otherwise. `step`: one of `Step`, or WHOLE; None: it has no such term.
    `levels`: whose matter its petition is, and would be."""

    folio: str
    referral_id: int | None
    step: str
    before: Term | None
    after: Term | None
    levels: tuple[Level, Level]

    @property
    def is_other_day(self) -> bool:
        return _day(self.before) != _day(self.after)

    @property
    def is_other_colour(self) -> bool:
        """Or it goes up to somebody else: which is counted once, with the petition's own term."""
        is_other_level = self.step == WHOLE and self.levels[0] != self.levels[1]
        return is_other_level or _colour(self.before) != _colour(self.after)


@dataclass(frozen=True)
class Counted:
    """Of the terms that were `read`, how many would have another last day, another colour or go to somebody else."""

    read: int
    dates: int
    colours: int


@dataclass(frozen=True)
class Trial:
    """`petitions`: of their own last days; `steps`: of their steps'. `moves`: the first, other colours leading.
    `concluded`: by how many more petitions, or fewer, would end because their chat is stopped. `is_whole`: nothing open
    was left out."""

    petitions: Counted
    steps: Counted
    moves: tuple[Move, ...]
    concluded: int
    is_whole: bool


def try_term(office: Office, member: Member, key: str, value: Mapping[str, Any]) -> Trial:
    """Raises ValueError, KeyError, TypeError for a value that cannot stand."""
    table = office.jurisdiction.timing.table
    timing = Timing({**table, key: read_entries(key, value, None)})
    then = replace(office, jurisdiction=replace(office.jurisdiction, timing=timing))
    now = replace(office, jurisdiction=replace(office.jurisdiction, timing=Timing(dict(table))))  # one table for all
    with reading(office.sessions) as session:
        whole = list(_petitions(session, now, then))
        steps = [one for step in Step for one in _in_step(session, now, then, member, step)]
        concluded = _count_silent(session, then) - _count_silent(session, now)
        count = session.scalar(select(func.count()).select_from(Petition).where(*_runs())) or 0
    moved = [one for one in [*whole, *steps] if one.is_other_day or one.is_other_colour]
    moved.sort(key=lambda one: not one.is_other_colour)  # what is late for a year is late anyway
    return Trial(_counted(whole), _counted(steps), tuple(moved[:SHOWN]), concluded, count <= AT_MOST)


def _petitions(session: Session, now: Office, then: Office) -> Iterator[Move]:
    for petition in session.scalars(select(Petition).where(*_runs()).order_by(Petition.due_on).limit(AT_MOST)):
        before, after = (whole_term(one, petition, _due_on(session, one, petition)) for one in (now, then))
        yield Move(petition.folio, None, WHOLE, before, after, (_level(now, before), _level(then, after)))


def _in_step(session: Session, now: Office, then: Office, member: Member, step: Step) -> Iterator[Move]:
    rows, _, row_id = rows_in(member, Wish(step), step)
    soonest = rows.where(Petition.paused_left.is_(None)).order_by(Petition.due_on, row_id).limit(AT_MOST)
    for petition, referral, since in session.execute(soonest):
        days = [_due_on(session, one, petition) for one in (now, then)]
        before, after = (step_term(one, petition, step, since, day) for one, day in zip((now, then), days, strict=True))
        levels = (
            _level(now, whole_term(now, petition, days[0])),
            _level(then, whole_term(then, petition, days[1])),
        )
        yield Move(petition.folio, referral.id if referral else None, step.value, before, after, levels)


def _level(office: Office, whole: Term) -> Level:
    return level_of(whole.left, office.jurisdiction.colours)


def _due_on(session: Session, office: Office, petition: Petition) -> date:
    """As it will be counted; what it was counted with may be older."""
    known = office.calendar.of(petition.municipality, petition.calendar)
    return recounted_date(session, office, petition, utc_now(), known)


def _runs() -> tuple[ColumnElement[bool], ...]:
    return Petition.status.in_(OPEN), Petition.paused_left.is_(None)


def _count_silent(session: Session, office: Office) -> int:
    return session.scalar(select(func.count()).select_from(silent_since(office, utc_now()).subquery())) or 0


def _counted(found: list[Move]) -> Counted:
    return Counted(len(found), sum(one.is_other_day for one in found), sum(one.is_other_colour for one in found))


def _day(term: Term | None) -> date | None:
    return term.due_on if term else None


def _colour(term: Term | None) -> Colour | None:
    return term.colour if term else None
