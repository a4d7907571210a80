"""Who needs an interpreter, who was found, when they meet: a record with states; each change is told to the citizen.

The need is noted by `effects`; the rest is done by officers through the admin. No machine translates anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.events import InterpreterMoved
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require, tell
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.outgoing.window import Way, way_of
from intake.petitions.case import note
from intake.petitions.states import CLOSED
from intake.tables.accounts import Staff
from intake.tables.citizens import Conversation
from intake.tables.petitions import Interpretation, Petition
from intake.thinking.needs import Stage

SHOWN_AT_MOST = 200
NAME_MAX, PLACE_MAX, NOTE_MAX = 200, 300, 500  # the columns' lengths


# An interpreter may fall out, an appointment may be moved, and what was done may have to be done again.
MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.REQUESTED: (Stage.ASSIGNED, Stage.APPOINTMENT),
    Stage.ASSIGNED: (Stage.APPOINTMENT, Stage.DONE, Stage.REQUESTED),
    Stage.APPOINTMENT: (Stage.DONE, Stage.APPOINTMENT, Stage.REQUESTED),
    Stage.DONE: (Stage.REQUESTED,),
}


@dataclass(frozen=True)
class Step:
    """Where a request shall go. `expected`: its state when the page was read; `meets_at`: aware."""

    expected: Stage
    stage: Stage
    interpreter: str = ""
    meets_at: datetime | None = None
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class InterpretationView:
    """`way`: how the notice of a change would leave now. `is_open`: the petition is."""

    folio: str
    stage: Stage
    moves: tuple[Stage, ...]
    language: str | None
    town: str | None
    requested_at: datetime
    moved_at: datetime
    moved_by: str | None
    interpreter: str | None
    meets_at: datetime | None
    place: str | None
    note: str | None
    is_open: bool
    way: Way


def move(office: Office, member: Member, folio: str, step: Step) -> None:
    """Commits. Raises NotAllowed, NotFound, Stale when it was moved meanwhile or cannot go there, FormRefused."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        row = moment.session.get(Interpretation, petition.id)
        if row is None:
            raise NotFound(f"{folio} needs no interpreter")
        if row.state != step.expected or step.stage not in MOVES[Stage(row.state)]:
            raise Stale(f"the interpreter of {folio} was moved meanwhile")
        _check(row, step, moment.now)
        _write(row, step, moment.now, member)
        data = {"interpreter": row.interpreter, "meets_at": row.meets_at.isoformat() if row.meets_at else None}
        name = f"interpreter_{step.stage.value}"
        note(moment.session, petition, moment.now, actor_of(member), name, data)
        zone = office.jurisdiction.zone
        when = row.meets_at.astimezone(zone) if row.meets_at else None
        told = InterpreterMoved(folio, step.stage.value, when, row.place or "", petition.is_sensitive)
        tell(moment, told, f"petition-{petition.id}-interpreter-{moment.now:%Y%m%dT%H%M%S%f}")


def list_interpretations(office: Office, *, now: datetime) -> Sequence[InterpretationView]:
    """Those that are not done, longest waiting first, then the latest that are."""
    with reading(office.sessions) as session:
        undone = _all().where(Interpretation.state != Stage.DONE.value).order_by(Interpretation.requested_at)
        done = _all().where(Interpretation.state == Stage.DONE.value).order_by(Interpretation.moved_at.desc())
        rows = [*session.execute(undone.limit(SHOWN_AT_MOST)), *session.execute(done.limit(SHOWN_AT_MOST // 4))]
        return [_view(session, office, row, petition, now) for row, petition in rows]


def find_interpretation(
    session: Session, office: Office, petition: Petition, now: datetime
) -> InterpretationView | None:
    row = session.get(Interpretation, petition.id)
    return _view(session, office, row, petition, now) if row else None


def count_requested(session: Session) -> int:
    waiting = select(func.count()).select_from(Interpretation).where(Interpretation.state == Stage.REQUESTED.value)
    return session.scalar(waiting) or 0


def _all() -> Select[Interpretation, Petition]:
    return select(Interpretation, Petition).join(Petition, Petition.id == Interpretation.petition_id)


def _check(row: Interpretation, step: Step, now: datetime) -> None:
    if step.stage in (Stage.ASSIGNED, Stage.APPOINTMENT) and not (step.interpreter or row.interpreter):
        raise FormRefused("no_interpreter")
    if step.stage == Stage.APPOINTMENT and (step.meets_at is None or step.meets_at <= now):
        raise FormRefused("no_date")
    if step.stage == Stage.APPOINTMENT and not step.place:
        raise FormRefused("no_place")


def _write(row: Interpretation, step: Step, now: datetime, member: Member) -> None:
    row.state, row.moved_at, row.moved_by = step.stage.value, now, member.id
    row.note = step.note[:NOTE_MAX] or None
    if step.stage == Stage.REQUESTED:
        row.interpreter = row.meets_at = row.place = None
        return
    row.interpreter = step.interpreter[:NAME_MAX] or row.interpreter
    if step.stage == Stage.APPOINTMENT:
        row.meets_at, row.place = step.meets_at, step.place[:PLACE_MAX]


def _view(
    session: Session, office: Office, row: Interpretation, petition: Petition, now: datetime
) -> InterpretationView:
    stage, conversation = Stage(row.state), session.get_one(Conversation, petition.conversation_id)
    return InterpretationView(
        folio=petition.folio,
        stage=stage,
        moves=MOVES[stage],
        language=row.language,
        town=row.town,
        requested_at=row.requested_at,
        moved_at=row.moved_at,
        moved_by=session.get_one(Staff, row.moved_by).name if row.moved_by else None,
        interpreter=row.interpreter,
        meets_at=row.meets_at,
        place=row.place,
        note=row.note,
        is_open=petition.status not in {status.value for status in CLOSED},
        way=way_of(session, office, conversation, f"notice.interpreter_{stage.value}", now),
    )
