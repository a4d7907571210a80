"""What a member does not see of a petition: who told it, when that is not to be known, and identity papers.

Never in an agency's pages; for the office's own officers until they write down why they look, and then for an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import AttachmentKind
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.clock import utc_now
from intake.erasing.committed import commit_words
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import note
from intake.tables.citizens import Citizen
from intake.tables.incoming import Attachment
from intake.tables.petitions import HistoryEntry, Petition
from nlp.masks import hide_identity, hide_writer

LOOKED = "identity_opened"
LOOKS_FOR = timedelta(hours=1)
REASON_MAX = 500
HEARD = frozenset({AttachmentKind.VOICE, AttachmentKind.AUDIO, AttachmentKind.VIDEO})  # a voice is known by itself


@dataclass(frozen=True)
class Veil:
    """`hides`: who told it is not to be known. `is_open`: the member gave a reason. `name`: as the channel gave it."""

    hides: bool
    is_open: bool
    is_agencys: bool
    name: str | None

    @property
    def hides_writer(self) -> bool:
        return self.hides and not self.is_open

    def text(self, text: str, *, is_asked_for: bool = False) -> str:
        """`is_asked_for`: the person wrote it because an agency needs it."""
        if self.is_open or is_asked_for:
            return text
        return hide_writer(text, self.name) if self.hides else hide_identity(text)

    def hides_file(self, file: Attachment, *, is_asked_for: bool = False) -> bool:
        if self.is_open or is_asked_for:
            return False
        return file.is_restricted or (self.hides and self.is_agencys and file.kind in HEARD)

    def hides_file_names(self) -> bool:
        return self.hides_writer and self.is_agencys


def veil_of(session: Session, petition: Petition, member: Member) -> Veil:
    is_open = member.role in DECIDERS and _has_reason(session, petition.id, member, utc_now())
    name = session.get_one(Citizen, petition.citizen_id).name if petition.hides_identity else None
    return Veil(petition.hides_identity, is_open, member.is_agencys, name)


def look(office: Office, member: Member, folio: str, reason: str) -> None:
    """The member sees who told it and its papers from now on, for an hour. Commits the reason to the history.

    Raises NotAllowed, NotFound.
    """
    require(member, DECIDERS)
    with acting(office, folio) as (moment, petition):
        said = commit_words(moment.session, petition.id, reason)
        note(moment.session, petition, moment.now, actor_of(member), LOOKED, {"reason": said})


def check_file(session: Session, file: Attachment, member: Member, *, is_asked_for: bool) -> None:
    """Raises NotFound for a file that the member does not see."""
    petition = session.get(Petition, file.petition_id) if file.petition_id else None
    if petition is None:
        if file.is_restricted:
            raise NotFound(f"no file {file.id}")
        return
    if veil_of(session, petition, member).hides_file(file, is_asked_for=is_asked_for):
        raise NotFound(f"no file {file.id}")


def _has_reason(session: Session, petition_id: int, member: Member, now: datetime) -> bool:
    looked = select(HistoryEntry.id).where(
        HistoryEntry.petition_id == petition_id,
        HistoryEntry.name == LOOKED,
        HistoryEntry.actor == actor_of(member),
        HistoryEntry.happened_at > now - LOOKS_FOR,
    )
    return session.scalar(looked.limit(1)) is not None
