"""What comes to a meeting's table: petitions by their folio, with whether their person wants messages, and opinions.

Each act commits.
"""

from sqlalchemy import select

from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.meetings.kinds import State
from intake.meetings.planning import get_meeting, note_meeting
from intake.office import Office
from intake.petitions.case import note
from intake.tables.meetings import MeetingOpinion, MeetingPetition

OPINION_MAX, SAID_BY_MAX = 4000, 200


def bring_petition(office: Office, member: Member, meeting_id: int, folio: str, *, consents: bool) -> None:
    """`consents`: its person said yes to messages about the meeting and what is agreed on there. Once more changes
    only that. Raises NotAllowed, NotFound (no such folio), FormRefused: cancelled."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        session = moment.session
        if get_meeting(session, meeting_id).state == State.CANCELLED:
            raise FormRefused("cancelled")
        row = session.get(MeetingPetition, (meeting_id, petition.id))
        if row is None:
            row = MeetingPetition(
                meeting_id=meeting_id, petition_id=petition.id, brought_at=moment.now, brought_by=member.id
            )
            session.add(row)
            note(session, petition, moment.now, actor_of(member), "brought_to_meeting", {"meeting": meeting_id})
            note_meeting(session, member, meeting_id, "petition_brought")
        if (row.consents_at is not None) != consents:
            note_meeting(session, member, meeting_id, "consent" if consents else "consent_withdrawn")
        row.consents_at = (row.consents_at or moment.now) if consents else None
        row.consented_by = member.id if consents else None


def take_petition_away(office: Office, member: Member, meeting_id: int, folio: str) -> None:
    """Raises NotAllowed, NotFound."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        row = moment.session.get(MeetingPetition, (meeting_id, petition.id))
        if row is None:
            raise NotFound(f"{folio} was not brought to meeting {meeting_id}")
        moment.session.delete(row)
        note(moment.session, petition, moment.now, actor_of(member), "taken_from_meeting", {"meeting": meeting_id})
        note_meeting(moment.session, member, meeting_id, "petition_taken")


def note_opinion(office: Office, member: Member, meeting_id: int, text: str, said_by: str) -> None:
    """Raises NotAllowed, NotFound, FormRefused: no_opinion."""
    require(member, DECIDERS)
    if not text or not said_by:
        raise FormRefused("no_opinion")
    with office.sessions.begin() as session:
        get_meeting(session, meeting_id)
        row = MeetingOpinion(
            meeting_id=meeting_id,
            text=text[:OPINION_MAX],
            said_by=said_by[:SAID_BY_MAX],
            noted_at=utc_now(),
            noted_by=member.id,
        )
        session.add(row)
        note_meeting(session, member, meeting_id, "opinion")


def remove_opinion(office: Office, member: Member, meeting_id: int, opinion_id: int) -> None:
    """Raises NotAllowed, NotFound."""
    require(member, DECIDERS)
    with office.sessions.begin() as session:
        own = MeetingOpinion.id == opinion_id, MeetingOpinion.meeting_id == meeting_id
        row = session.scalars(select(MeetingOpinion).where(*own)).first()
        if row is None:
            raise NotFound(f"no opinion {opinion_id} in meeting {meeting_id}")
        session.delete(row)
        note_meeting(session, member, meeting_id, "opinion_removed")
