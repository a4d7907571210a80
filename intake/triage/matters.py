"""Several matters in one petition: an officer parts them where the mind proposes it (`parts`). The folio stays one.

Each part is then suggested, decided, referred and answered by itself; nothing of the text is lost between them.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.parting import MATTERS_AT_MOST, part
from intake.petitions.parts import cut, tidy
from intake.petitions.states import NEEDS_TRIAGE, Status
from intake.tables.petitions import Matter


def part_matters(
    office: Office, member: Member, folio: str, matter_id: int, starts: Sequence[int], version: int
) -> int:
    """Part a matter that waits for triage before each of `starts`; how many there are then. Commits.

    Raises NotAllowed, NotFound (no such matter, or a part would be empty), Stale.
    """
    require(member, DECIDERS)
    with acting(office, folio, version) as (moment, petition):
        matter = moment.session.get(Matter, matter_id)
        if matter is None or matter.petition_id != petition.id or Status(matter.status) not in NEEDS_TRIAGE:
            raise NotFound(f"no matter {matter_id} waits in {folio}")
        texts = [tidy(part) for part in cut(matter.text, [0, *sorted({*starts} - {0})])]
        if not all(texts) or not 1 < len(texts) <= MATTERS_AT_MOST:
            raise NotFound(f"matter {matter_id} has no {len(texts)} parts there")
        part(moment.session, office, petition, matter, texts, moment.now, actor_of(member))
        return len(texts)


def has_waiting_matter(session: Session, folio: str) -> bool:
    matters = list_matters(get_petition(session, folio))
    return any(Status(matter.status) in NEEDS_TRIAGE for matter in matters)
