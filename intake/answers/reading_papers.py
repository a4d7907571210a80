"""A member of staff opens an answer's paper. Called by the admin."""

from intake.accounts.staff import Member
from intake.answers.papers import open_paper
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.tables.answers import Answer
from intake.triage.dossier import find_referral
from intake.triage.referrals import note_read


def read_paper(office: Office, member: Member, referral_id: int, answer_id: int) -> tuple[str, bytes]:
    """The folio and the PDF. Raises NotFound, OSError. Commits a note when the matter is sensitive."""
    with reading(office.sessions) as session:
        petition, referral = find_referral(session, member, referral_id)
        row = session.get(Answer, answer_id)
        if row is None or row.referral_id != referral.id:
            raise NotFound(f"no answer {answer_id} of referral {referral_id}")
    if petition.is_sensitive:
        note_read(office, member, petition.folio)
    _, content = open_paper(office, answer_id)
    return petition.folio, content
