"""Programmes that the office watches, and the grade of risk that a person gives each. The program grades none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.tables.studies import Programme, ProgrammeRisk

NAME_MIN, NAME_MAX, REASON_MIN, REASON_MAX = 5, 200, 10, 500


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class ProgrammeView:
    """`risk` None: nobody has graded it yet."""

    id: int
    name: str
    agency: str
    since: date
    until: date | None
    risk: Risk | None
    reason: str | None
    assessed_on: date | None


def list_programmes(session: Session) -> Sequence[ProgrammeView]:
    """Those that are watched first, by name."""
    rows = session.scalars(select(Programme).order_by(Programme.until.is_not(None), Programme.name)).all()
    newest: dict[int, ProgrammeRisk] = {}
    for one in session.scalars(select(ProgrammeRisk).order_by(ProgrammeRisk.assessed_on, ProgrammeRisk.id)):
        newest[one.programme_id] = one
    return [_view(row, newest.get(row.id)) for row in rows]


def add_programme(office: Office, member: Member, name: str, agency: str, since: date | None) -> int:
    """Commits. Raises NotAllowed, FormRefused: name, agency, since."""
    require(member, DECIDERS)
    said = " ".join(name.split())[:NAME_MAX]
    if len(said) < NAME_MIN:
        raise FormRefused("name")
    if office.jurisdiction.find_agency(agency) is None:
        raise FormRefused("agency")
    if since is None:
        raise FormRefused("since")
    with office.sessions.begin() as session:
        row = Programme(name=said, agency=agency, since=since)
        session.add(row)
        session.flush()
        note_act(session, staff_of(member.id), Act.PROGRAMME_CHANGED, {"programme": row.id})
        return row.id


def grade(office: Office, member: Member, programme_id: int, risk: Risk, reason: str, on: date | None = None) -> None:
    """`on`: today when there is none. Commits. Raises NotAllowed, NotFound, FormRefused: reason."""
    require(member, DECIDERS)
    said = " ".join(reason.split())[:REASON_MAX]
    if len(said) < REASON_MIN:
        raise FormRefused("reason")
    now = utc_now()
    with office.sessions.begin() as session:
        _get(session, programme_id)
        session.add(
            ProgrammeRisk(
                programme_id=programme_id,
                risk=risk.value,
                reason=said,
                assessed_on=on or now.astimezone(office.jurisdiction.zone).date(),
                noted_at=now,
                noted_by=member.id,
            )
        )
        told = {"programme": programme_id, "risk": risk.value}
        note_act(session, staff_of(member.id), Act.PROGRAMME_CHANGED, told)


def end_watch(office: Office, member: Member, programme_id: int, until: date) -> None:
    """Commits. Raises NotAllowed, NotFound, Stale when it was ended already."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        row = _get(session, programme_id)
        if row.until is not None:
            raise Stale(f"programme {programme_id} is not watched any more")
        row.until = until
        told = {"programme": programme_id, "until": until.isoformat()}
        note_act(session, staff_of(member.id), Act.PROGRAMME_CHANGED, told)


def _get(session: Session, programme_id: int) -> Programme:
    row = session.get(Programme, programme_id, with_for_update=True)
    if row is None:
        raise NotFound(f"no programme {programme_id}")
    return row


def _view(row: Programme, graded: ProgrammeRisk | None) -> ProgrammeView:
    return ProgrammeView(
        row.id,
        row.name,
        row.agency,
        row.since,
        row.until,
        Risk(graded.risk) if graded else None,
        graded.reason if graded else None,
        graded.assessed_on if graded else None,
    )
