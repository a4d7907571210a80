"""«Deshacer»: an officer takes a decision back before the referral and its notice leave. Nothing is deleted."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, actor_of, require
from intake.errors import Stale
from intake.notices.mailing import take_back_mails
from intake.office import Office
from intake.outgoing.unsent import take_back_unsent
from intake.petitions.case import move
from intake.petitions.states import Status
from intake.systems.announcing import take_back_notices
from intake.tables.mind import Decision
from intake.tables.petitions import Matter
from intake.thinking.suggestions import settle_sensitivity
from intake.triage.referrals import acting_on_referral, drop_drafts, key_of_issue

UNDO_FOR = timedelta(seconds=10)  # issue 6: a slip of the finger is seen at once, and no citizen waits longer for it


def undo(office: Office, member: Member, referral_id: int) -> str:
    """Back to triage; the folio. Commits. Raises NotAllowed, NotFound, Stale once the notice left or the agency has
    begun: from then on the matter is corrected."""
    require(member, DECIDERS)
    with acting_on_referral(office, member, referral_id, ("issued",)) as (moment, petition, referral):
        is_gone = referral.leaves_at is None or moment.now >= referral.leaves_at
        is_own = referral.issued_by == member.id
        if not is_own or is_gone or not take_back_unsent(moment.session, key_of_issue(referral.id)):
            raise Stale("the notice of the referral has left")
        referral.state = "undone"
        drop_drafts(moment.session, referral)
        take_back_notices(moment.session, referral.id)
        take_back_mails(moment.session, referral.id)
        matter = moment.session.get_one(Matter, referral.matter_id)
        matter.agency = None
        settle_sensitivity(office, petition, matter, None)
        _decision(moment.session, matter).undone_at = moment.now
        data = {"referral": referral.id, "agency": referral.agency, "is_undone": True}
        move(moment.session, petition, [matter], Status.CLASIFICADA, moment.now, actor_of(member), **data)
        return petition.folio


def _decision(session: Session, matter: Matter) -> Decision:
    own = select(Decision).where(Decision.matter_id == matter.id).order_by(Decision.id.desc()).limit(1)
    return session.scalars(own).one()
