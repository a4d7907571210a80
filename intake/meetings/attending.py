"""Who came to a meeting: written down by staff, or by themselves at the address that the QR code holds.

A name is kept only with the person's consent; without it the attendance counts and nobody is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound
from intake.meetings.doors import ATTENDEES_MAX, is_open
from intake.meetings.kinds import Sector, State
from intake.meetings.planning import note_meeting
from intake.office import Office
from intake.tables.meetings import Attendee, Meeting

PATH = "/asistencia"
NAME_MAX, REPRESENTS_MAX = 120, 200  # the columns' lengths
QR, STAFF = "qr", "staff"


@dataclass(frozen=True)
class Arrived:
    """As a form has it. `represents`: the office, community or organisation that they speak for."""

    name: str
    represents: str
    sector: Sector
    consents: bool


def check_in_link(office: Office, meeting_id: int) -> str:
    """The same for as long as the meeting is there: what was printed stays good when its hour is moved."""
    return f"{office.settings.public_url}{PATH}/{_signer(office).dumps(meeting_id)}"


def find_open(office: Office, token: str) -> Meeting | None:
    """The meeting whose guests may sign in now; None when the link is forged, too early or over."""
    with reading(office.sessions) as session:
        row = session.get(Meeting, _meeting_id(office, token))
        return row if row and is_open(row, utc_now()) else None


def sign_in(office: Office, token: str, arrived: Arrived) -> bool:
    """By the guest. Commits. False: they are on the list already. Raises NotFound, FormRefused: no_name,
    no_consent, full."""
    if not arrived.consents:
        raise FormRefused("no_consent")
    _check(arrived)
    with office.sessions.begin() as session:
        row = session.get(Meeting, _meeting_id(office, token), with_for_update=True)
        if row is None or not is_open(row, utc_now()):
            raise NotFound("no meeting is open at that link")
        return _put(session, row.id, arrived, QR, None)


def note_attendee(office: Office, member: Member, meeting_id: int, arrived: Arrived) -> None:
    """By staff. Commits. Raises NotAllowed, NotFound, FormRefused: no_name, cancelled, full, twice."""
    require(member, DECIDERS)
    _check(arrived)
    with office.sessions.begin() as session:
        row = session.get(Meeting, meeting_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no meeting {meeting_id}")
        if row.state == State.CANCELLED:
            raise FormRefused("cancelled")
        if not _put(session, meeting_id, arrived, STAFF, member.id):
            raise FormRefused("twice")
        note_meeting(session, member, meeting_id, "attendee_added")


def remove_attendee(office: Office, member: Member, meeting_id: int, attendee_id: int) -> None:
    """Also at the person's own wish. Commits. Raises NotAllowed, NotFound."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        row = session.get(Attendee, attendee_id)
        if row is None or row.meeting_id != meeting_id:
            raise NotFound(f"no attendee {attendee_id} in meeting {meeting_id}")
        session.execute(delete(Attendee).where(Attendee.id == attendee_id))
        note_meeting(session, member, meeting_id, "attendee_removed")


def list_attendees(session: Session, meeting_id: int) -> Sequence[Attendee]:
    return session.scalars(select(Attendee).where(Attendee.meeting_id == meeting_id).order_by(Attendee.id)).all()


def count_sectors(attendees: Sequence[Attendee]) -> Mapping[Sector, int]:
    """In the order of their enumeration; those that nobody came for are not there."""
    counts = {sector: sum(one.sector == sector for one in attendees) for sector in Sector}
    return {sector: count for sector, count in counts.items() if count}


def _put(session: Session, meeting_id: int, arrived: Arrived, way: str, staff_id: int | None) -> bool:
    """The caller holds the meeting's row: nobody is put twice."""
    name = arrived.name[:NAME_MAX] if arrived.consents else ""
    represents = arrived.represents[:REPRESENTS_MAX]
    own = Attendee.meeting_id == meeting_id
    if (session.scalar(select(func.count()).select_from(Attendee).where(own)) or 0) >= ATTENDEES_MAX:
        raise FormRefused("full")
    same = _is_same(Attendee.name, name), _is_same(Attendee.represents, represents)
    if name and session.scalars(select(Attendee.id).where(own, *same)).first():
        return False
    row = Attendee(
        meeting_id=meeting_id,
        name=name,
        represents=represents,
        sector=arrived.sector.value,
        way=way,
        consents=arrived.consents,
        came_at=utc_now(),
        staff_id=staff_id,
    )
    session.add(row)
    return True


def _is_same(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    """But for capitals. SQLite makes small only letters without an accent, so it is asked both ways."""
    return func.lower(column).in_([words.lower(), func.lower(words)])


def _check(arrived: Arrived) -> None:
    if not arrived.represents or (arrived.consents and not arrived.name):
        raise FormRefused("no_name")


def _meeting_id(office: Office, token: str) -> int:
    """0, which is nobody's, for a forged one."""
    try:
        return int(_signer(office).loads(token))
    except (BadSignature, ValueError, TypeError):
        return 0


def _signer(office: Office) -> URLSafeSerializer:
    return URLSafeSerializer(office.settings.secret_key, salt="meeting-check-in")
