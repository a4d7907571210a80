"""What a head approved leaves when it can be taken back no more: by the code that sends every answer, in its writer's
name. Until then nothing of the answer is done, so that taking it back undoes nothing.

Called by a loop in `serving`; several processes may look, each answer leaves once.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from intake.answers.approvals import Outcome
from intake.answers.approving import author_of
from intake.audit.trail import MACHINE
from intake.clock import utc_now
from intake.database import reading
from intake.errors import IntakeError, Stale
from intake.loops import again_and_again
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.answers import Approval
from intake.tables.petitions import Matter, Petition, Referral
from intake.triage.referrals import acting_on_referral, send_answer

LOOK_EVERY_S = 2.0
AT_ONCE = 100
AGAIN = timedelta(minutes=1)
log = structlog.get_logger()


async def keep_leaving(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(send_approved, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="approved.loop")


def send_approved(office: Office, now: datetime) -> int:
    """How many left, one transaction each. Commits."""
    due = select(Approval.id).where(Approval.leaves_at <= now).order_by(Approval.leaves_at, Approval.id).limit(AT_ONCE)
    with reading(office.sessions) as session:
        approvals = session.scalars(due).all()
    return sum(_send_or_put_off(office, approval_id, now) for approval_id in approvals)


def _send_or_put_off(office: Office, approval_id: int, now: datetime) -> bool:
    """One that cannot leave holds up no other. What may leave no more (the person took the petition back meanwhile, or
    its data were blocked) waits for the head again, and the history says so."""
    try:
        _send(office, approval_id)
    except Stale:  # taken back, or sent by another process, at this moment
        return False
    except IntakeError as error:
        log.warning("approved.waits-again", approval=approval_id, error=type(error).__name__)
        _put(office, approval_id, None)
        return False
    except Exception as error:
        log.error("approved.failed", approval=approval_id, error=type(error).__name__)
        _put(office, approval_id, now + AGAIN)
        return False
    return True


def _send(office: Office, approval_id: int) -> None:
    with reading(office.sessions) as session:
        row = session.get_one(Approval, approval_id)
        referral = session.get_one(Referral, row.referral_id)
        author = author_of(session, row, referral)
    with acting_on_referral(office, author, row.referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        row = moment.session.get_one(Approval, approval_id, with_for_update=True, populate_existing=True)
        if row.outcome is not None or row.leaves_at is None or moment.now < row.leaves_at:
            raise Stale("it is not to leave now")
        row.outcome, row.leaves_at = Outcome.APPROVED.value, None
        send_answer(moment, petition, referral, author, row.text)


def _put(office: Office, approval_id: int, leaves_at: datetime | None) -> None:
    """None: it waits for the head again."""
    with office.sessions.begin() as session:
        row = session.get_one(Approval, approval_id, with_for_update=True)
        if row.outcome is not None or row.leaves_at is None:
            return  # taken back, or overtaken, a moment ago
        row.leaves_at = leaves_at
        if leaves_at is None:
            row.decided_at, row.decided_by = None, None
            matter = session.get_one(Matter, session.get_one(Referral, row.referral_id).matter_id)
            petition = session.get_one(Petition, matter.petition_id)
            note(session, petition, utc_now(), MACHINE, "approved_waits_again", {"approval": row.id})
