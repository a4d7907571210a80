"""The register of studies, analyses and proposals: planned, in progress, delivered, with the petitions they lean on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.petitions import Petition
from intake.tables.studies import Programme, Study, StudyPetition

TITLE_MIN, TITLE_MAX, SUMMARY_MAX, FOLIOS_MAX = 5, 200, 4000, 200
LISTED = 200


class Kind(StrEnum):
    STUDY = "study"
    ANALYSIS = "analysis"
    PROPOSAL = "proposal"


class State(StrEnum):
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Draft:
    """As a form has it. `folios`: of the petitions it leans on."""

    kind: Kind
    title: str
    summary: str
    planned_on: date | None
    programme_id: int | None = None
    folios: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudyView:
    id: int
    kind: Kind
    title: str
    summary: str
    programme: str | None
    state: State
    planned_on: date
    delivered_on: date | None
    folios: tuple[str, ...]


def list_studies(
    session: Session, *, kind: Kind | None = None, state: State | None = None, most: int = LISTED
) -> Sequence[StudyView]:
    """The newest term first."""
    wanted = select(Study, Programme.name).outerjoin(Programme, Programme.id == Study.programme_id)
    if kind:
        wanted = wanted.where(Study.kind == kind.value)
    if state:
        wanted = wanted.where(Study.state == state.value)
    rows = session.execute(wanted.order_by(Study.planned_on.desc(), Study.id.desc()).limit(most)).all()
    folios = _folios(session, [row.id for row, _ in rows])
    return [_view(row, name, folios.get(row.id, ())) for row, name in rows]


def add_study(office: Office, member: Member, draft: Draft) -> int:
    """Commits. Raises NotAllowed, FormRefused: title, planned, programme, folio (one that there is not)."""
    require(member, DECIDERS)
    title = " ".join(draft.title.split())[:TITLE_MAX]
    if len(title) < TITLE_MIN:
        raise FormRefused("title")
    if draft.planned_on is None:
        raise FormRefused("planned")
    with office.sessions.begin() as session:
        if draft.programme_id is not None and session.get(Programme, draft.programme_id) is None:
            raise FormRefused("programme")
        row = Study(
            kind=draft.kind.value,
            title=title,
            summary=draft.summary.strip()[:SUMMARY_MAX],
            programme_id=draft.programme_id,
            state=State.PLANNED.value,
            planned_on=draft.planned_on,
            made_at=utc_now(),
            made_by=member.id,
        )
        session.add(row)
        session.flush()
        _lean_on(session, row.id, member, draft.folios)
        note_act(session, staff_of(member.id), Act.STUDY_CHANGED, {"study": row.id, "state": row.state})
        return row.id


def move_study(office: Office, member: Member, study_id: int, state: State, on: date | None) -> None:
    """`on`: the day of a delivery. Any state may follow any: what was marked by mistake is marked right. Commits.

    Raises NotAllowed, NotFound, FormRefused: delivered (without its day, or on a day to come).
    """
    require(member, DECIDERS)
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    if state == State.DELIVERED and (on is None or on > today):
        raise FormRefused("delivered")
    with office.sessions.begin() as session:
        row = _get(session, study_id)
        row.state = state.value
        row.delivered_on = on if state == State.DELIVERED else None
        note_act(session, staff_of(member.id), Act.STUDY_CHANGED, {"study": study_id, "state": state.value})


def link_petitions(office: Office, member: Member, study_id: int, folios: Iterable[str]) -> int:
    """How many it leans on now. Commits. Raises NotAllowed, NotFound, FormRefused: folio."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        _get(session, study_id)
        _lean_on(session, study_id, member, tuple(folios))
        session.flush()
        wanted = select(func.count()).select_from(StudyPetition).where(StudyPetition.study_id == study_id)
        count = int(session.scalar(wanted) or 0)
        note_act(session, staff_of(member.id), Act.STUDY_CHANGED, {"study": study_id, "petitions": count})
        return count


def split_folios(written: str) -> tuple[str, ...]:
    """As people write several: by spaces, commas, lines."""
    return tuple(dict.fromkeys(written.replace(",", " ").replace(";", " ").upper().split()))


def _lean_on(session: Session, study_id: int, member: Member, folios: tuple[str, ...]) -> None:
    there = set(session.scalars(select(StudyPetition.petition_id).where(StudyPetition.study_id == study_id)))
    for folio in folios[:FOLIOS_MAX]:
        try:
            petition = get_petition(session, folio)
        except NotFound as error:
            raise FormRefused("folio") from error
        if petition.id not in there:
            there.add(petition.id)
            session.add(
                StudyPetition(study_id=study_id, petition_id=petition.id, added_at=utc_now(), added_by=member.id)
            )


def _get(session: Session, study_id: int) -> Study:
    """Locked."""
    row = session.get(Study, study_id, with_for_update=True)
    if row is None:
        raise NotFound(f"no study {study_id}")
    return row


def _folios(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = select(StudyPetition.study_id, Petition.folio).join(Petition, Petition.id == StudyPetition.petition_id)
    found: dict[int, tuple[str, ...]] = {}
    for study, folio in session.execute(rows.where(StudyPetition.study_id.in_(ids)).order_by(Petition.id)):
        found[study] = (*found.get(study, ()), folio)
    return found


def _view(row: Study, programme: str | None, folios: tuple[str, ...]) -> StudyView:
    kind, state = Kind(row.kind), State(row.state)
    return StudyView(row.id, kind, row.title, row.summary, programme, state, row.planned_on, row.delivered_on, folios)
