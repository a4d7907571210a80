"""«Emergencia»: an officer marks what the machine did not see, or unmarks what is none; who and why is kept.

What is marked goes first and calls the person on duty, by the same effect as a message that tells of danger. Nobody
is written to: it was said some time ago, and the phone may be in other hands by now.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.effects import CallPerson
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.errors import MoveRefused, NotFound
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.joined import LED
from intake.petitions.states import Status
from intake.tables.accounts import Staff
from intake.tables.petitions import Alarm, Petition
from intake.thinking.effects import carry_out
from nlp.reading import EmergencyKind

KINDS = tuple(kind.value for kind in EmergencyKind)


@dataclass(frozen=True)
class AlarmView:
    """The newest mark. `kind` None: it was unmarked."""

    kind: str | None
    author: str
    at: datetime
    reason: str


def mark(office: Office, member: Member, folio: str, kind: str, reason: str) -> None:
    """`kind`: one of KINDS. Commits. Raises NotAllowed, NotFound, MoveRefused where nobody attends it any more."""
    require(member, DECIDERS)
    if kind not in KINDS:
        raise NotFound(f"no kind of emergency {kind}")
    with acting(office, folio) as (moment, petition):
        _check(petition)
        petition.emergency = kind
        carry_out(moment, (CallPerson(folio, "emergency"),))
        row = _record(moment.session, petition, member, moment.now, kind, reason)
        note(moment.session, petition, moment.now, actor_of(member), "emergency_marked", {"alarm": row.id})


def unmark(office: Office, member: Member, folio: str, reason: str) -> None:
    """It takes its place in the queue by its time again. Commits. Raises NotAllowed, NotFound, MoveRefused."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        _check(petition)
        petition.emergency, petition.is_urgent = None, False
        row = _record(moment.session, petition, member, moment.now, None, reason)
        note(moment.session, petition, moment.now, actor_of(member), "emergency_unmarked", {"alarm": row.id})


def may_mark(petition: Petition) -> bool:
    return Status(petition.status) in LED


def find_alarm(session: Session, petition: Petition) -> AlarmView | None:
    newest = select(Alarm, Staff.name).join(Staff, Staff.id == Alarm.staff_id).where(Alarm.petition_id == petition.id)
    found = session.execute(newest.order_by(Alarm.id.desc()).limit(1)).first()
    return AlarmView(found[0].kind, found[1], found[0].raised_at, found[0].reason) if found else None


def _check(petition: Petition) -> None:
    if not may_mark(petition):
        raise MoveRefused(f"{petition.status}: nobody attends it any more")


def _record(
    session: Session, petition: Petition, member: Member, now: datetime, kind: str | None, reason: str
) -> Alarm:
    row = Alarm(petition_id=petition.id, staff_id=member.id, kind=kind, reason=reason, raised_at=now)
    session.add(row)
    session.flush()
    return row
