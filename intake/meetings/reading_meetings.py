"""Meetings as the admin lists and shows them. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.meetings.attending import count_sectors, list_attendees
from intake.meetings.filing import list_minutes
from intake.meetings.kinds import Kind, Sector, State
from intake.meetings.planning import get_meeting, list_items
from intake.meetings.pressing_agreements import AgreementView, AgreementWish, list_agreements
from intake.office import Office
from intake.petitions.tongues import is_told_in_own
from intake.tables.meetings import (
    Agreement,
    Attendee,
    Meeting,
    MeetingFile,
    MeetingItem,
    MeetingOpinion,
    MeetingPetition,
)
from intake.tables.petitions import Interpretation, Petition

SHOWN_AT_MOST = 100
INVITES = ("notice.meeting_invited",)


@dataclass(frozen=True)
class MeetingWish:
    """What of the list is wanted; None and empty: all."""

    kind: Kind | None = None
    state: State | None = None
    municipality: str = ""
    language: str = ""


@dataclass(frozen=True)
class MeetingView:
    id: int
    kind: Kind
    title: str
    starts_at: datetime
    place: str
    town: str | None
    community: str | None
    language: str | None
    state: State
    attendees: int
    agreements: int


@dataclass(frozen=True)
class BroughtView:
    """A petition at the table. `interpreter`: of its own record, where its person asked for one; `tongue`: the language
    in which people wrote the invitation for them, said before the Spanish one."""

    folio: str
    place: str | None
    status: str
    consents: bool
    invited_at: datetime | None
    needs_interpreter: bool
    interpreter: str | None
    tongue: str | None


@dataclass(frozen=True)
class MeetingDetail:
    row: Meeting
    view: MeetingView
    items: Sequence[MeetingItem]
    attendees: Sequence[Attendee]
    sectors: dict[Sector, int]
    brought: Sequence[BroughtView]
    opinions: Sequence[MeetingOpinion]
    files: Sequence[MeetingFile]
    agreements: Sequence[AgreementView]


def list_meetings(session: Session, office: Office, wish: MeetingWish, now: datetime) -> Sequence[MeetingView]:
    """Those to come first, soonest on top, then what has been, latest first."""
    which = _conditions(wish)
    ahead = select(Meeting).where(Meeting.starts_at >= now, *which).order_by(Meeting.starts_at, Meeting.id)
    past = select(Meeting).where(Meeting.starts_at < now, *which).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    rows = [*session.scalars(ahead.limit(SHOWN_AT_MOST)), *session.scalars(past.limit(SHOWN_AT_MOST))]
    ids = [row.id for row in rows]
    came, agreed = _counts(session, Attendee.meeting_id, ids), _counts(session, Agreement.meeting_id, ids)
    return [_view(office, row, came.get(row.id, 0), agreed.get(row.id, 0)) for row in rows]


def read_meeting(session: Session, office: Office, member: Member, meeting_id: int) -> MeetingDetail:
    """Raises NotFound."""
    row = get_meeting(session, meeting_id)
    attendees = list_attendees(session, meeting_id)
    agreements = list_agreements(session, office, member, AgreementWish(meeting_id=meeting_id))
    opinions = select(MeetingOpinion).where(MeetingOpinion.meeting_id == meeting_id).order_by(MeetingOpinion.id)
    return MeetingDetail(
        row=row,
        view=_view(office, row, len(attendees), len(agreements)),
        items=list_items(session, meeting_id),
        attendees=attendees,
        sectors=dict(count_sectors(attendees)),
        brought=_brought(session, office, meeting_id),
        opinions=session.scalars(opinions).all(),
        files=list_minutes(session, meeting_id),
        agreements=agreements,
    )


def _conditions(wish: MeetingWish) -> list[ColumnElement[bool]]:
    wanted = {
        Meeting.kind: wish.kind.value if wish.kind else "",
        Meeting.state: wish.state.value if wish.state else "",
        Meeting.municipality: wish.municipality,
        Meeting.language: wish.language,
    }
    return [column == value for column, value in wanted.items() if value]


def _counts(session: Session, column: ColumnElement[int] | object, ids: Sequence[int]) -> dict[int, int]:
    key: ColumnElement[int] = column  # type: ignore[assignment]  # a mapped attribute is one
    rows = session.execute(select(key, func.count()).where(key.in_(ids)).group_by(key))
    return {row[0]: row[1] for row in rows}


def _view(office: Office, row: Meeting, attendees: int, agreements: int) -> MeetingView:
    place = office.reader.find_municipality(row.municipality) if row.municipality else None
    return MeetingView(
        id=row.id,
        kind=Kind(row.kind),
        title=row.title,
        starts_at=row.starts_at,
        place=row.place,
        town=place.nombre if place else None,
        community=row.community,
        language=office.jurisdiction.languages.names.get(row.language) if row.language else None,
        state=State(row.state),
        attendees=attendees,
        agreements=agreements,
    )


def _brought(session: Session, office: Office, meeting_id: int) -> Sequence[BroughtView]:
    wanted = (
        select(MeetingPetition, Petition, Interpretation)
        .join(Petition, Petition.id == MeetingPetition.petition_id)
        .outerjoin(Interpretation, Interpretation.petition_id == Petition.id)
        .where(MeetingPetition.meeting_id == meeting_id)
        .order_by(MeetingPetition.brought_at, Petition.id)
    )
    views = []
    for row, petition, interpretation in session.execute(wanted):
        place = office.reader.find_municipality(petition.municipality) if petition.municipality else None
        views.append(
            BroughtView(
                petition.folio,
                place.nombre if place else None,
                petition.status,
                row.consents_at is not None,
                row.invited_at,
                interpretation is not None,
                interpretation.interpreter if interpretation else None,
                interpretation.language if interpretation and is_told_in_own(office, interpretation, INVITES) else None,
            )
        )
    return views
