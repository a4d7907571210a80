"""An agency asks the citizen for a datum; the question goes through the chat, and so does what comes back."""

from bot.events import Asked
from intake.accounts.staff import Member
from intake.acting import actor_of, tell
from intake.errors import Stale
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.inquiries import ASKED, key_of
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.petitions import Inquiry
from intake.terms.pausing import begin_pause
from intake.triage.referrals import acting_on_referral


def ask(office: Office, member: Member, referral_id: int, text: str) -> int:
    """One question at a time. Returns the inquiry's id. Commits. Raises NotFound, Stale while one is open."""
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        if referral.datum == ASKED:
            raise Stale("the citizen was asked already and has not answered")
        row = Inquiry(referral_id=referral.id, staff_id=member.id, text=text, asked_at=moment.now)
        moment.session.add(row)
        moment.session.flush()
        referral.datum = ASKED
        data = {"inquiry": row.id, "agency": referral.agency}
        note(moment.session, petition, moment.now, actor_of(member), "datum_asked", data)
        agency = office.jurisdiction.get_agency(referral.agency)
        tell(moment, Asked(petition.folio, agency.name, text, petition.is_sensitive), key_of(row.id))
        begin_pause(moment.session, office, petition, row, moment.now)
        return row.id
