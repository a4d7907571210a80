"""An incident's undecided petitions to one agency, each by the code of a single decision.

Called by the admin. Each petition is one transaction; sent twice, the second finds nothing left to decide.
"""

from collections.abc import Sequence

from sqlalchemy import select

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.answers.bulk_members import gather
from intake.database import reading
from intake.errors import MoveRefused, Stale
from intake.office import Office
from intake.tables.petitions import Matter, Petition
from intake.triage.referrals import Choice, decide

BATCH = 40  # decisions a request; more are left on the page


def refer_all(office: Office, member: Member, incident_id: int, matter_ids: Sequence[int], agency: str) -> int:
    """How many were referred now. Commits one by one. Raises NotAllowed, NotFound (incident, agency)."""
    require(member, DECIDERS)
    undecided = gather(office, member, incident_id).undecided
    key = office.jurisdiction.get_agency(agency).key
    chosen = [one for one in undecided if one.matter_id in set(matter_ids)][:BATCH]
    return sum(_refer(office, member, one.folio, one.matter_id, key) for one in chosen)


def _refer(office: Office, member: Member, folio: str, matter_id: int, agency: str) -> bool:
    """False: somebody was quicker."""
    with reading(office.sessions) as session:
        version = session.scalars(select(Petition.version).join(Matter).where(Matter.id == matter_id)).one()
    try:
        decide(office, member, folio, Choice(matter_id, agency, version))
    except (Stale, MoveRefused):
        return False
    return True
