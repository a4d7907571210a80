"""The figures themselves: from what the rows say of a period to numerator and denominator, each the set of its rows.

Pure. A measure is named by readings of `indicators.yaml`; what it leaves out and why: docs/indicators.md.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from intake.clock import business_day_after
from intake.indicators.registers import NOTHING, OF_STATES, REGISTER_MEASURES, Count, Registers
from intake.petitions.states import Status

NOT_COUNTED = frozenset({Status.NO_PETICION, Status.ACUMULADA})  # no petition; counted once, with what it joined
TAKEN = frozenset({"accepted", "answered"})
Key = int | str


@dataclass(frozen=True)
class Parameters:
    """Whole numbers of `indicators.yaml`; 1 and 0 stand for yes and no. `accepted_share`: per cent."""

    classified_within_days: int
    accepted_within_days: int
    accepted_share: int
    excludes_emergencies: int
    excludes_data_rights: int
    attempt_counts: int
    frozen_after_days: int


@dataclass(frozen=True)
class Subject:
    """As much of a petition as says whether it is counted."""

    id: int
    status: Status
    is_emergency: bool
    is_data_right: bool


@dataclass(frozen=True)
class Turn:
    """A referral that was not taken back. `due_on`: the petition's."""

    id: int
    petition_id: int
    matter_id: int
    agency: str
    is_outside: bool
    state: str
    issued_at: datetime
    accepted_at: datetime | None
    answered_at: datetime | None
    due_on: date

    @property
    def taken_at(self) -> datetime | None:
        """An answer without acceptance before it accepts too."""
        return self.accepted_at or self.answered_at


@dataclass(frozen=True)
class Case:
    """A petition that was received in the period. `classified_at`: when a person had confirmed all of its matters.

    `turns`: the newest of each matter that has one. `decided_outside`: of each matter with a standing decision, whether
    it was found not to be the state executive's. `told_at`: when the citizen knew the written answer; `attempted_at`:
    when it was tried another way.
    """

    subject: Subject
    opened_at: datetime
    due_on: date
    municipality: str | None
    classified_at: datetime | None
    decided_outside: tuple[bool, ...]
    turns: tuple[Turn, ...]
    told_at: datetime | None
    attempted_at: datetime | None
    was_reopened: bool = False

    @property
    def id(self) -> int:
        return self.subject.id

    @property
    def is_outside(self) -> bool:
        return bool(self.decided_outside) and all(self.decided_outside)


@dataclass(frozen=True)
class Ledger:
    """`turns`: issued in the period; `told_in`: whose citizen knew the answer in it; `ended_in`: petitions that ended
    in it, and whether their originals are all kept; `filed`: those whose file of the archive is closed. `today`: the
    cut."""

    cases: tuple[Case, ...]
    turns: tuple[Turn, ...]
    told_in: tuple[Subject, ...]
    ended_in: Mapping[int, bool]
    today: date
    zone: ZoneInfo
    closed: Container[date]
    registers: Registers = NOTHING
    filed: frozenset[int] = frozenset()

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def is_within(self, began: datetime, ended: datetime | None, days: int) -> bool:
        """Business days; what has not ended is not."""
        return ended is not None and self.day(ended) <= business_day_after(self.day(began), days, self.closed)


@dataclass(frozen=True)
class Figure:
    """Ids of petitions; keys of agencies where institutions are counted, of rows of a register where those are."""

    numerator: frozenset[Key]
    denominator: frozenset[Key]

    @property
    def share(self) -> float | None:
        """None: nothing to divide by, which is not zero."""
        return len(self.numerator) / len(self.denominator) if self.denominator else None


Measure = Callable[[Ledger, Parameters], Figure]


def classified(ledger: Ledger, parameters: Parameters) -> Figure:
    counted = _counted(ledger, parameters)
    return _figure((case for case in counted if case.classified_at), counted)


def classified_in_time(ledger: Ledger, parameters: Parameters) -> Figure:
    counted, days = _counted(ledger, parameters), parameters.classified_within_days
    return _figure((c for c in counted if ledger.is_within(c.opened_at, c.classified_at, days)), counted)


def referred(ledger: Ledger, parameters: Parameters) -> Figure:
    """Of those whose decision names somebody who has to answer."""
    needing = [case for case in _counted(ledger, parameters) if case.classified_at and case.decided_outside]
    return _figure((case for case in needing if case.turns), needing)


def remitted(ledger: Ledger, parameters: Parameters) -> Figure:
    outside = [case for case in _counted(ledger, parameters) if case.is_outside]
    return _figure((case for case in outside if any(turn.is_outside for turn in case.turns)), outside)


def accepted_by_state(ledger: Ledger, parameters: Parameters) -> Figure:
    own = [case for case in _counted(ledger, parameters) if case.decided_outside and not case.is_outside]
    return _figure((case for case in own if _all_taken(t for t in case.turns if not t.is_outside)), own)


def accepted_by_any(ledger: Ledger, parameters: Parameters) -> Figure:
    sent = [case for case in _counted(ledger, parameters) if case.turns]
    return _figure((case for case in sent if _all_taken(case.turns)), sent)


def files_complete(ledger: Ledger, parameters: Parameters) -> Figure:
    """A file is closed with a series, its originals compared with their hashes, nothing missing."""
    return Figure(ledger.filed & ledger.ended_in.keys(), frozenset(ledger.ended_in))


def originals_kept(ledger: Ledger, parameters: Parameters) -> Figure:
    kept = frozenset(petition for petition, is_kept in ledger.ended_in.items() if is_kept)
    return Figure(kept, frozenset(ledger.ended_in))


def answered_cohort(ledger: Ledger, parameters: Parameters) -> Figure:
    mature = _mature(ledger, parameters)
    return _figure((case for case in mature if answer_known_at(case, parameters)), mature)


def answered_in_time(ledger: Ledger, parameters: Parameters) -> Figure:
    mature = _mature(ledger, parameters)
    known = ((case, answer_known_at(case, parameters)) for case in mature)
    return _figure((case for case, at in known if at and ledger.day(at) <= case.due_on), mature)


def answered_flow(ledger: Ledger, parameters: Parameters) -> Figure:
    """May be more than 100 %: what was answered now may have been received before."""
    told = frozenset(one.id for one in ledger.told_in if is_counted(one, parameters))
    return Figure(told, frozenset(case.id for case in _counted(ledger, parameters)))


def coordinated(ledger: Ledger, parameters: Parameters) -> Figure:
    by_agency: dict[str, list[bool]] = defaultdict(list)
    for turn in ledger.turns:
        in_time = ledger.is_within(turn.issued_at, turn.taken_at, parameters.accepted_within_days)
        by_agency[turn.agency].append(in_time)
    enough = (a for a, taken in by_agency.items() if 100 * sum(taken) >= parameters.accepted_share * len(taken))
    return Figure(frozenset(enough), frozenset(by_agency))


def _of_registers(count: Count) -> Measure:
    def measure(ledger: Ledger, parameters: Parameters) -> Figure:
        return Figure(*count(ledger.registers))

    return measure


MEASURES: Mapping[str, Measure] = {
    measure.__name__: measure
    for measure in (
        classified,
        classified_in_time,
        referred,
        remitted,
        accepted_by_state,
        accepted_by_any,
        files_complete,
        originals_kept,
        answered_cohort,
        answered_in_time,
        answered_flow,
        coordinated,
    )
} | {name: _of_registers(count) for name, count in REGISTER_MEASURES.items()}
OF_REGISTERS = frozenset(REGISTER_MEASURES)  # whose rows are studies, meetings, agreements, mechanisms
OF_AGENCIES = frozenset({"coordinated"})  # whose rows are institutions
NOT_ADDING = OF_AGENCIES | OF_STATES  # a quarter is not the sum of its months


def is_counted(one: Subject, parameters: Parameters) -> bool:
    is_apart = (parameters.excludes_emergencies and one.is_emergency) or (
        parameters.excludes_data_rights and one.is_data_right
    )
    return one.status not in NOT_COUNTED and not is_apart


def answer_known_at(case: Case, parameters: Parameters) -> datetime | None:
    return case.told_at or (case.attempted_at if parameters.attempt_counts else None)


def _counted(ledger: Ledger, parameters: Parameters) -> list[Case]:
    return [case for case in ledger.cases if is_counted(case.subject, parameters)]


def _mature(ledger: Ledger, parameters: Parameters) -> list[Case]:
    """Whose term is over at the cut."""
    return [case for case in _counted(ledger, parameters) if case.due_on < ledger.today]


def _all_taken(turns: Iterable[Turn]) -> bool:
    states = [turn.state in TAKEN for turn in turns]
    return bool(states) and all(states)


def _figure(numerator: Iterable[Case], denominator: Iterable[Case]) -> Figure:
    return Figure(frozenset(case.id for case in numerator), frozenset(case.id for case in denominator))
