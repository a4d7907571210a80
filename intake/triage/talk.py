"""A petition's conversation as its page shows it while people talk: who is in it, what was said, how a text leaves.

Read only, but for noting sensitive readings; asked for again every few seconds while a person of the office is in it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.takeover import SAYS
from intake.accounts.staff import OVERSEERS, Member
from intake.acting import actor_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.outgoing.window import Way, way_of
from intake.petitions.case import get_petition
from intake.tables.citizens import Conversation
from intake.tables.petitions import HistoryEntry, Petition
from intake.triage.referrals import note_read
from intake.triage.speech import Utterance, list_speech
from intake.triage.takeovers import PersonIn, find_person
from intake.triage.veil import veil_of

READ_FOR = timedelta(hours=1)  # a page that looks again every few seconds is one reading, noted once an hour


@dataclass(frozen=True)
class Talk:
    """`person`: of the office, in it now; `is_own`: it is the member who asks. `way`: how a text would leave now."""

    folio: str
    person: PersonIn | None
    is_own: bool
    way: Way
    speech: tuple[Utterance, ...]

    @property
    def mark(self) -> str:
        """The same while nothing that is shown has changed."""
        return hashlib.sha256(repr((self.person, self.speech)).encode()).hexdigest()[:16]


def open_talk(office: Office, member: Member, folio: str, listed: Sequence[Utterance] | None = None) -> Talk:
    """For the office's own staff; who is in the conversation sees what is said in it of other petitions too.

    `listed`: what the petition's dossier has of it already, which is all that others see.
    Raises NotFound. Commits a note for each sensitive petition of which something is shown, once an hour.
    """
    if member.role not in OVERSEERS:
        raise NotFound(f"no petition {folio}")
    with reading(office.sessions) as session:
        talk = _talk(session, office, member, get_petition(session, folio), listed)
    note_readings(office, member, {folio, *(item.folio for item in talk.speech if item.folio)})
    return talk


def note_readings(office: Office, member: Member, folios: set[str]) -> None:
    """The member is shown something of these petitions: noted in the sensitive ones, once an hour. Commits."""
    with reading(office.sessions) as session:
        unnoted = _list_unnoted(session, member, folios, utc_now() - READ_FOR)
    for folio in unnoted:
        note_read(office, member, folio)


def _talk(
    session: Session, office: Office, member: Member, petition: Petition, listed: Sequence[Utterance] | None
) -> Talk:
    conversation = session.get_one(Conversation, petition.conversation_id)
    person = find_person(session, conversation.id)
    is_own = person is not None and person.staff_id == member.id
    since = person.since if person and is_own else None
    if listed is None or since:
        veil = veil_of(session, petition, member)
        listed = list_speech(session, petition, veil, with_rest_of_chat=True, whole_since=since)
    return Talk(
        folio=petition.folio,
        person=person,
        is_own=is_own,
        way=way_of(session, office, conversation, SAYS, utc_now()),
        speech=tuple(listed),
    )


def _list_unnoted(session: Session, member: Member, folios: set[str], since: datetime) -> list[str]:
    """Sensitive petitions among them whose reading by the member was not noted since."""
    noted = select(HistoryEntry.id).where(
        HistoryEntry.petition_id == Petition.id,
        HistoryEntry.name == "read",
        HistoryEntry.actor == actor_of(member),
        HistoryEntry.happened_at >= since,
    )
    wanted = select(Petition.folio).where(Petition.folio.in_(folios), Petition.is_sensitive.is_(True), ~noted.exists())
    return sorted(session.scalars(wanted))
