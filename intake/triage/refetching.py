"""A citizen's file that could not be had is asked for once more, where that can help. Called by the admin.

`incoming.media` makes the try and settles it; the history says who asked and what came of it.
"""

from enum import StrEnum

from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.errors import NotFound, Stale
from intake.incoming.media import ATTEMPTS_MAX, REFUSED
from intake.office import Office
from intake.petitions.case import note
from intake.tables.incoming import Attachment
from intake.tables.petitions import Petition


class Refusal(StrEnum):
    """Why a file is not here. All but AWAY stay as they are, however often it is asked for."""

    AWAY = "away"  # the provider or the store did not give or take it, for a day
    TOO_BIG = "too_big"
    FOREIGN = "foreign"  # not on the provider's own hosts: the program asks nobody else
    GONE = "gone"  # the provider says that it has it no more


CODES = {
    "too_big": Refusal.TOO_BIG,
    "address": Refusal.FOREIGN,
    "redirects": Refusal.FOREIGN,
    "no_files": Refusal.GONE,
    "400": Refusal.GONE,
    "410": Refusal.GONE,
}


def refusal_of(row: Attachment) -> Refusal | None:
    """None: it is not refused, or a person's data were blocked and nothing is said of it."""
    if row.state != REFUSED or not row.note:
        return None
    code, _, detail = row.note.partition(":")
    if "too big" in detail.lower():  # Telegram's word for it is a 400
        return Refusal.TOO_BIG
    return CODES.get(code, Refusal.AWAY)


def ask_again(office: Office, member: Member, folio: str, attachment_id: int) -> None:
    """One further try, within a second or two. Commits. Raises NotAllowed, NotFound, Stale: somebody asked already, it
    is here, or asking cannot help."""
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        row = _find(moment.session, petition, attachment_id)
        if refusal_of(row) != Refusal.AWAY:
            raise Stale("another try is on its way, or helps nothing")
        row.state, row.note = "pending", None
        row.attempts, row.next_attempt_at = ATTEMPTS_MAX - 1, moment.now
        note(moment.session, petition, moment.now, actor_of(member), "file_asked_again", {"attachment": row.id})


def _find(session: Session, petition: Petition, attachment_id: int) -> Attachment:
    row = session.get(Attachment, attachment_id, with_for_update=True)
    if row is None or row.petition_id != petition.id:
        raise NotFound(f"no file {attachment_id} in {petition.folio}")
    return row
