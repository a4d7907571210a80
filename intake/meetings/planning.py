"""A meeting is planned, changed, held or cancelled, with its agenda, its minutes and what the community was told.

Each act commits and is noted in the trail. For the admin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound, Stale
from intake.meetings.kinds import Kind, State
from intake.office import Office
from intake.tables.meetings import Agreement, Meeting, MeetingItem

TITLE_MAX, PLACE_MAX, COMMUNITY_MAX, NAME_MAX, REASON_MAX, ITEM_MAX = 200, 300, 200, 200, 300, 300  # of the columns
MINUTES_MAX = 20_000
ITEMS_MAX = 40


@dataclass(frozen=True)
class Plan:
    """A meeting as a form has it. `starts_at`: aware; `municipality`: INEGI key; `language`: of the jurisdiction's."""

    kind: Kind
    title: str
    starts_at: datetime | None
    place: str
    municipality: str = ""
    community: str = ""
    language: str = ""
    needs_interpreter: bool = False
    interpreter: str = ""


def plan_meeting(office: Office, member: Member, plan: Plan, agenda: Sequence[str] = ()) -> int:
    """Its number. Raises NotAllowed, FormRefused: no_title, no_time, no_place, town, tongue,
    many_items."""
    require(member, DECIDERS)
    _check(office, plan)
    now, points = utc_now(), [line[:ITEM_MAX] for line in agenda if line.strip()]
    if len(points) > ITEMS_MAX:
        raise FormRefused("many_items")
    with office.sessions.begin() as session:
        row = Meeting(state=State.PLANNED.value, made_at=now, made_by=member.id, **_values(plan))
        session.add(row)
        session.flush()
        session.add_all(MeetingItem(meeting_id=row.id, text=point) for point in points)
        note_meeting(session, member, row.id, "planned")
        return row.id


def change_meeting(office: Office, member: Member, meeting_id: int, plan: Plan) -> bool:
    """Whether it is to come, at another time or place than before. Raises as `plan_meeting`, NotFound, Stale for one
    that was cancelled; FormRefused: not_yet, for one that was held and would be to come."""
    require(member, DECIDERS)
    _check(office, plan)
    with office.sessions.begin() as session:
        row = _hold_open(session, meeting_id)
        if row.state == State.HELD:
            if plan.starts_at and plan.starts_at > utc_now():
                raise FormRefused("not_yet")
            row.held_at = plan.starts_at
        was = row.starts_at, row.place
        for name, value in _values(plan).items():
            setattr(row, name, value)
        note_meeting(session, member, meeting_id, "changed")
        return row.state == State.PLANNED and was != (row.starts_at, row.place)


def hold_meeting(office: Office, member: Member, meeting_id: int) -> None:
    """It has taken place. Raises NotAllowed, NotFound, Stale, FormRefused: not_yet."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        row = _hold_open(session, meeting_id)
        if row.state == State.HELD:
            raise Stale(f"meeting {meeting_id} was held already")
        if row.starts_at > utc_now():
            raise FormRefused("not_yet")
        row.state, row.held_at = State.HELD.value, row.starts_at
        note_meeting(session, member, meeting_id, "held")


def cancel_meeting(office: Office, member: Member, meeting_id: int, reason: str) -> None:
    """Raises NotAllowed, NotFound, Stale for one that was held, FormRefused: no_reason."""
    require(member, DECIDERS)
    if not reason:
        raise FormRefused("no_reason")
    with office.sessions.begin() as session:
        row = _hold_open(session, meeting_id)
        if row.state != State.PLANNED:
            raise Stale(f"meeting {meeting_id} was held")
        row.state, row.reason = State.CANCELLED.value, reason[:REASON_MAX]
        note_meeting(session, member, meeting_id, "cancelled")


def add_item(office: Office, member: Member, meeting_id: int, text: str) -> None:
    """Raises NotAllowed, NotFound, Stale, FormRefused: no_item, many_items."""
    require(member, DECIDERS)
    if not text:
        raise FormRefused("no_item")
    with office.sessions.begin() as session:
        _hold_open(session, meeting_id)
        if len(list_items(session, meeting_id)) >= ITEMS_MAX:
            raise FormRefused("many_items")
        session.add(MeetingItem(meeting_id=meeting_id, text=text[:ITEM_MAX]))
        note_meeting(session, member, meeting_id, "item_added")


def remove_item(office: Office, member: Member, meeting_id: int, item_id: int) -> None:
    """Raises NotAllowed, NotFound, Stale for a point that something was agreed on."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        _hold_open(session, meeting_id)
        own = MeetingItem.id == item_id, MeetingItem.meeting_id == meeting_id
        if not session.scalars(select(MeetingItem.id).where(*own)).first():
            raise NotFound(f"no point {item_id} in meeting {meeting_id}")
        if session.scalars(select(Agreement.id).where(Agreement.item_id == item_id)).first():
            raise Stale("something was agreed on that point")
        session.execute(delete(MeetingItem).where(*own))
        note_meeting(session, member, meeting_id, "item_removed")


def write_minutes(office: Office, member: Member, meeting_id: int, text: str) -> None:
    """Raises NotAllowed, NotFound, Stale, FormRefused: not_held, no_minutes."""
    require(member, DECIDERS)
    if not text:
        raise FormRefused("no_minutes")
    with office.sessions.begin() as session:
        row = hold_held(session, meeting_id)
        row.minutes = text[:MINUTES_MAX]
        note_meeting(session, member, meeting_id, "minutes")


def tell_community(office: Office, member: Member, meeting_id: int, text: str) -> None:
    """What was answered to the community. Raises NotAllowed, NotFound, Stale, FormRefused: not_held, no_told."""
    require(member, DECIDERS)
    if not text:
        raise FormRefused("no_told")
    with office.sessions.begin() as session:
        row = hold_held(session, meeting_id)
        row.told, row.told_at = text[:MINUTES_MAX], utc_now()
        note_meeting(session, member, meeting_id, "told")


def list_items(session: Session, meeting_id: int) -> Sequence[MeetingItem]:
    return session.scalars(
        select(MeetingItem).where(MeetingItem.meeting_id == meeting_id).order_by(MeetingItem.id)
    ).all()


def get_meeting(session: Session, meeting_id: int) -> Meeting:
    """Raises NotFound."""
    row = session.get(Meeting, meeting_id)
    if row is None:
        raise NotFound(f"no meeting {meeting_id}")
    return row


def hold_held(session: Session, meeting_id: int) -> Meeting:
    """Locked. Raises NotFound, Stale, FormRefused: not_held."""
    row = _hold_open(session, meeting_id)
    if row.state != State.HELD:
        raise FormRefused("not_held")
    return row


def note_meeting(session: Session, member: Member, meeting_id: int, did: str, **more: int | str) -> None:
    note_act(session, staff_of(member.id), Act.MEETING_CHANGED, {"meeting": meeting_id, "did": did, **more})


def _hold_open(session: Session, meeting_id: int) -> Meeting:
    """Locked. Raises NotFound, Stale for one that was cancelled."""
    row = session.get(Meeting, meeting_id, with_for_update=True)
    if row is None:
        raise NotFound(f"no meeting {meeting_id}")
    if row.state == State.CANCELLED:
        raise Stale(f"meeting {meeting_id} was cancelled")
    return row


def _check(office: Office, plan: Plan) -> None:
    if not plan.title:
        raise FormRefused("no_title")
    if plan.starts_at is None:
        raise FormRefused("no_time")
    if not plan.place:
        raise FormRefused("no_place")
    if plan.municipality and office.reader.find_municipality(plan.municipality) is None:
        raise FormRefused("town")
    if plan.language and plan.language not in office.jurisdiction.languages.names:
        raise FormRefused("tongue")


def _values(plan: Plan) -> dict[str, object]:
    return {
        "kind": plan.kind.value,
        "title": plan.title[:TITLE_MAX],
        "starts_at": plan.starts_at,
        "place": plan.place[:PLACE_MAX],
        "municipality": plan.municipality or None,
        "community": plan.community[:COMMUNITY_MAX] or None,
        "language": plan.language or None,
        "needs_interpreter": plan.needs_interpreter,
        "interpreter": plan.interpreter[:NAME_MAX] or None,
    }
