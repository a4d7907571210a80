"""Messages about a meeting to who agreed to them, in the chat of the petition that is at its table, and only by day.

In Spanish, after the words of their own language where people wrote them (`petitions.tongues`).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import AgreementDue, MeetingInvited, MeetingMoved
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require, tell, turn_of
from intake.audit.trail import digest_of
from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.errors import FormRefused
from intake.loops import again_and_again
from intake.meetings.kinds import AgreementState, State
from intake.meetings.planning import get_meeting, note_meeting
from intake.office import Office
from intake.outgoing.reaching import find_chat
from intake.outgoing.window import Way, way_of
from intake.petitions.case import note
from intake.petitions.tongues import texts_for
from intake.tables.meetings import Agreement, AgreementReminder, MeetingPetition
from intake.tables.petitions import Petition
from intake.terms.by_day import DAY_BEGINS, DAY_ENDS, until_day

BEFORE = timedelta(days=2)  # of an agreement's day
LOOK_EVERY_S, FIRST_S = 900.0, 60.0
AT_ONCE = 50
log = structlog.get_logger()


def invite(office: Office, member: Member, meeting_id: int) -> int:
    """Whoever agreed, was not invited yet and may be written to; how many. Commits each. Raises NotAllowed, NotFound,
    FormRefused: not_planned, night, nobody."""
    require(member, DECIDERS)
    now = utc_now()
    with reading(office.sessions) as session:
        meeting = get_meeting(session, meeting_id)
        if meeting.state != State.PLANNED or meeting.starts_at <= now:
            raise FormRefused("not_planned")
        folios = _uninvited(session, meeting_id)
    if not is_day(office, now):
        raise FormRefused("night")
    if not folios:
        raise FormRefused("nobody")
    when = meeting.starts_at.astimezone(office.jurisdiction.zone)
    return sum(_invite(office, member, meeting_id, MeetingInvited(folio, when, meeting.place)) for folio in folios)


def tell_change(office: Office, meeting_id: int) -> int:
    """Whoever was invited hears that it moved, or is not held; how many. By night they hear it in the morning. Commits
    each."""
    now = utc_now()
    with reading(office.sessions) as session:
        meeting = get_meeting(session, meeting_id)
        own = MeetingPetition.meeting_id == meeting_id, MeetingPetition.consents_at.is_not(None)
        wanted = select(Petition.folio).join(MeetingPetition, MeetingPetition.petition_id == Petition.id)
        told = MeetingPetition.invited_at.is_not(None), Petition.is_blocked.is_(False), Petition.is_sensitive.is_(False)
        folios = session.scalars(wanted.where(*own, *told).order_by(Petition.id)).all()
    if meeting.starts_at <= now:
        return 0
    when = None if meeting.state == State.CANCELLED else meeting.starts_at.astimezone(office.jurisdiction.zone)
    return sum(_tell_change(office, meeting_id, MeetingMoved(folio, when, meeting.place)) for folio in folios)


def _tell_change(office: Office, meeting_id: int, event: MeetingMoved) -> bool:
    with acting(office, event.folio) as (moment, petition):
        row = moment.session.get(MeetingPetition, (meeting_id, petition.id))
        if row is None or row.consents_at is None:
            return False  # since the list was read
        what = event.when.isoformat() if event.when else "cancelled"
        key = f"petition-{petition.id}-meeting-{meeting_id}-{digest_of([what, event.where])[:12]}"
        after = until_day(moment.now, office.jurisdiction.zone)
        tell(moment, event, key, after=after, texts=texts_for(moment.session, office, petition))
        return True


async def keep_reminding(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(remind_people, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="meetings.loop")


def remind_people(office: Office, now: datetime) -> int:
    """Of agreements whose day is near, each person once for each day; how many. Never at night. Commits each."""
    if not is_day(office, now):
        return 0
    today = now.astimezone(office.jurisdiction.zone).date()
    told = AgreementReminder.agreement_id == Agreement.id, AgreementReminder.petition_id == MeetingPetition.petition_id
    wanted = (
        select(Agreement.id, Petition.folio, Agreement.due_on)
        .join(MeetingPetition, MeetingPetition.meeting_id == Agreement.meeting_id)
        .join(Petition, Petition.id == MeetingPetition.petition_id)
        .where(Agreement.state == AgreementState.OPEN.value, Agreement.due_on.between(today, today + BEFORE))
        .where(MeetingPetition.consents_at.is_not(None), Petition.emergency.is_(None))
        .where(Petition.is_blocked.is_(False))
        .where(~select(AgreementReminder.told_at).where(*told, AgreementReminder.due_on == Agreement.due_on).exists())
    )
    with reading(office.sessions) as session:
        due = session.execute(wanted.order_by(Agreement.id).limit(AT_ONCE)).all()
    return sum(_remind(office, row[0], row[1]) for row in due)


def is_day(office: Office, now: datetime) -> bool:
    return DAY_BEGINS <= now.astimezone(office.jurisdiction.zone).time() < DAY_ENDS


def _invite(office: Office, member: Member, meeting_id: int, event: MeetingInvited) -> bool:
    """Not whom the dialogue tells nothing (after ALTO, where it is not safe): they are invited by a person."""
    with acting(office, event.folio) as (moment, petition):
        session = moment.session
        row = session.get(MeetingPetition, (meeting_id, petition.id))
        if row is None or row.invited_at or row.consents_at is None or petition.is_sensitive:
            return False  # since the list was read
        if not turn_of(office, find_chat(session, petition), event, moment.now).effects:
            return False
        row.invited_at = moment.now
        note(session, petition, moment.now, actor_of(member), "meeting_invited", {"meeting": meeting_id})
        note_meeting(session, member, meeting_id, "invited")
        texts = texts_for(session, office, petition)
        tell(moment, event, f"petition-{petition.id}-meeting-{meeting_id}", texts=texts)
        return True


def _remind(office: Office, agreement_id: int, folio: str) -> bool:
    """What would have to wait until the person writes is not said: it would come too late."""
    with acting(office, folio) as (moment, petition):
        agreement = moment.session.get_one(Agreement, agreement_id)
        brought = moment.session.get(MeetingPetition, (agreement.meeting_id, petition.id))
        if agreement.state != AgreementState.OPEN or brought is None or brought.consents_at is None:
            return False  # since the list was read
        row = {"agreement_id": agreement_id, "petition_id": petition.id, "due_on": agreement.due_on}
        new = insert_once(
            moment.session, AgreementReminder, [row | {"told_at": moment.now}], AgreementReminder.agreement_id
        )
        chat = find_chat(moment.session, petition)
        way = way_of(moment.session, office, chat, "notice.agreement_due", moment.now)
        if not new or way not in (Way.FREE, Way.TEMPLATE):
            return False
        event = AgreementDue(folio, agreement.due_on, petition.is_sensitive)
        source = f"petition-{petition.id}-agreement-{agreement_id}-{agreement.due_on}"
        tell(moment, event, source, texts=texts_for(moment.session, office, petition))
        log.info("agreement.reminded", agreement=agreement_id, petition=petition.id)
        return True


def _uninvited(session: Session, meeting_id: int) -> Sequence[str]:
    """Nothing of a sensitive petition is said in a chat: its person is invited by a person."""
    own = MeetingPetition.meeting_id == meeting_id, MeetingPetition.consents_at.is_not(None)
    wanted = select(Petition.folio).join(MeetingPetition, MeetingPetition.petition_id == Petition.id)
    open_ = MeetingPetition.invited_at.is_(None), Petition.is_sensitive.is_(False), Petition.is_blocked.is_(False)
    return session.scalars(wanted.where(*own, *open_).order_by(Petition.id)).all()
