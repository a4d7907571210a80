"""«Acuerdos»: sorted by what presses, and as a workbook. An agency's own people get what it answers for. Read only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.meetings.kinds import AgreementState, Kind, Pressure, pressure_of
from intake.office import Office
from intake.reports.workbook import Sheet
from intake.tables.meetings import Agreement, AgreementParty, Meeting
from intake.triage.marks import today_at

SHOWN_AT_MOST = 500
WIDTHS = (8, 50, 34, 26, 12, 12, 14, 14, 50)
Say = Callable[[str], str]
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class AgreementWish:
    """None, empty and 0: all."""

    state: AgreementState | None = None
    kind: Kind | None = None
    agency: str = ""
    meeting_id: int = 0


@dataclass(frozen=True)
class AgreementView:
    """`parties`: names; `left`: calendar days to its last one, negative when it is over."""

    id: int
    text: str
    meeting_id: int
    meeting: str
    kind: Kind
    parties: tuple[str, ...]
    reached_on: date
    due_on: date
    left: int
    state: AgreementState
    pressure: Pressure
    evidence: str | None
    reason: str | None
    closed_at: datetime | None


def list_agreements(
    session: Session, office: Office, member: Member, wish: AgreementWish, *, most: int = SHOWN_AT_MOST
) -> Sequence[AgreementView]:
    """Open ones first by their day, then the latest that are closed."""
    is_open = case((Agreement.state == AgreementState.OPEN.value, 0), else_=1)
    rows = session.execute(
        _wanted(select(Agreement, Meeting), member, wish).order_by(is_open, Agreement.due_on, Agreement.id).limit(most)
    )
    return _views(session, office, [(agreement, meeting) for agreement, meeting in rows])


def list_due_in_town(
    session: Session, office: Office, municipality: str, *, most: int
) -> tuple[Sequence[AgreementView], int]:
    """What is open of meetings in that municipality (INEGI key), by its day; how many more there are than `most`."""
    own = Agreement.state == AgreementState.OPEN.value, Meeting.municipality == municipality
    wanted = select(Agreement, Meeting).join(Meeting, Meeting.id == Agreement.meeting_id).where(*own)
    rows = session.execute(wanted.order_by(Agreement.due_on, Agreement.id).limit(most))
    views = _views(session, office, [(agreement, meeting) for agreement, meeting in rows])
    count = session.scalar(wanted.with_only_columns(func.count())) or 0
    return views, count - len(views)


def view_agreement(session: Session, office: Office, row: Agreement) -> AgreementView:
    meeting = session.get_one(Meeting, row.meeting_id)
    return _view(row, meeting, name_parties(session, office, [row.id]).get(row.id, ()), today_at(office))


def count_states(session: Session, member: Member, wish: AgreementWish) -> Mapping[AgreementState, int]:
    """Whatever state is wished for."""
    everything = AgreementWish(None, wish.kind, wish.agency)
    rows = session.execute(_wanted(select(Agreement.state, func.count()), member, everything).group_by(Agreement.state))
    counts = {row[0]: row[1] for row in rows}
    return {state: counts.get(state.value, 0) for state in AgreementState}


def name_parties(session: Session, office: Office, ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """By agreement: who answers for it."""
    named: dict[int, tuple[str, ...]] = {}
    wanted = select(AgreementParty).where(AgreementParty.agreement_id.in_(ids)).order_by(AgreementParty.id)
    for row in session.scalars(wanted):
        name = office.jurisdiction.name_agency(row.agency) if row.agency else row.name or ""
        named[row.agreement_id] = (*named.get(row.agreement_id, ()), name)
    return named


def agreement_sheet(views: Sequence[AgreementView], say: Say) -> Sheet:
    names = "number text parties meeting reached due state left evidence".split()
    rows = [
        (
            one.id,
            one.text,
            "; ".join(one.parties),
            one.meeting,
            one.reached_on,
            one.due_on,
            say(f"agreements.state_{one.state}"),
            one.left if one.state == AgreementState.OPEN else None,
            one.evidence or one.reason,
        )
        for one in views
    ]
    return Sheet(say("agreements.title"), [say(f"agreements.column_{name}") for name in names], rows, WIDTHS)


def _wanted(rows: Select[*Columns], member: Member, wish: AgreementWish) -> Select[*Columns]:
    """An agency's own people never get another's, whatever they wish for."""
    agency = member.agency if member.is_agencys else wish.agency
    which: list[ColumnElement[bool]] = []
    if agency:
        answers = AgreementParty.agreement_id == Agreement.id, AgreementParty.agency == agency
        which.append(select(AgreementParty.id).where(*answers).exists())
    if wish.state:
        which.append(Agreement.state == wish.state.value)
    if wish.kind:
        which.append(Meeting.kind == wish.kind.value)
    if wish.meeting_id:
        which.append(Agreement.meeting_id == wish.meeting_id)
    return rows.join(Meeting, Meeting.id == Agreement.meeting_id).where(*which)


def _views(session: Session, office: Office, rows: Sequence[tuple[Agreement, Meeting]]) -> Sequence[AgreementView]:
    parties, today = name_parties(session, office, [agreement.id for agreement, _ in rows]), today_at(office)
    return [_view(agreement, meeting, parties.get(agreement.id, ()), today) for agreement, meeting in rows]


def _view(row: Agreement, meeting: Meeting, parties: tuple[str, ...], today: date) -> AgreementView:
    return AgreementView(
        id=row.id,
        text=row.text,
        meeting_id=meeting.id,
        meeting=meeting.title,
        kind=Kind(meeting.kind),
        parties=parties,
        reached_on=row.reached_on,
        due_on=row.due_on,
        left=(row.due_on - today).days,
        state=AgreementState(row.state),
        pressure=pressure_of(row.state, row.due_on, today),
        evidence=row.evidence,
        reason=row.reason,
        closed_at=row.closed_at,
    )
