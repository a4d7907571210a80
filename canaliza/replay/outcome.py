"""What a played conversation left in the office's rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.office import Office
from intake.petitions.case import list_matters
from intake.tables.citizens import Conversation
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.tables.petitions import Matter, Petition
from intake.thinking.facts import place_name
from intake.thinking.messages import petition_text
from intake.thinking.suggestions import find_suggestion

FLAGS = {
    "is_urgent": "urgent",
    "is_sensitive": "sensitive",
    "wants_person": "wants_person",
    "needs_interpreter": "needs_interpreter",
    "is_anonymous": "anonymous",
    "is_minor": "minor",
}


@dataclass(frozen=True)
class PetitionSeen:
    """`place`: the municipality's name, else the citizen's words; `agency`: where it is, else who is suggested;
    `covered`: of its files, those that show an identity paper.

    `point`: it stands on the map.
    """

    folio: str
    text: str
    place: str | None
    has_municipality: bool
    agency: str | None
    status: str
    flags: frozenset[str]
    emergency: str | None
    files: int
    covered: int
    point: bool
    matters: int


@dataclass(frozen=True)
class Messages:
    """`read`: each version's kind and emergency, by the provider's id. `left`: events that were not worked through."""

    read: dict[str, list[tuple[str, str | None]]]
    left: int


def see_petitions(session: Session, office: Office, addresses: Sequence[str]) -> tuple[PetitionSeen, ...]:
    own = select(Petition).join(Conversation, Conversation.id == Petition.conversation_id)
    rows = session.scalars(own.where(Conversation.address.in_(addresses)).order_by(Petition.id))
    return tuple(_see(session, office, petition) for petition in rows)


def see_messages(session: Session, addresses: Sequence[str]) -> Messages:
    own = Conversation.address.in_(addresses)
    read: dict[str, list[tuple[str, str | None]]] = {}
    for message in session.scalars(select(Message).join(Conversation).where(own).order_by(Message.id)):
        read.setdefault(message.external_id, []).append((message.kind, message.emergency))
    left = select(func.count()).select_from(InboundEvent).where(InboundEvent.state.in_(("pending", "dead")))
    return Messages(read, session.scalar(left) or 0)


def _see(session: Session, office: Office, petition: Petition) -> PetitionSeen:
    matters = list_matters(petition)
    files = select(func.count()).select_from(Attachment).where(Attachment.petition_id == petition.id)
    flags = {name for field, name in FLAGS.items() if getattr(petition, field)}
    if petition.is_solved is not None:
        flags.add("solved" if petition.is_solved else "unsolved")
    return PetitionSeen(
        folio=petition.folio,
        text=petition_text(session, petition.id),
        place=place_name(office, petition),
        has_municipality=petition.municipality is not None,
        agency=_agency(session, matters[0]),
        status=petition.status,
        flags=frozenset(flags),
        emergency=petition.emergency,
        files=session.scalar(files) or 0,
        covered=session.scalar(files.where(Attachment.is_restricted.is_(True))) or 0,
        point=petition.latitude is not None,
        matters=len(matters),
    )


def _agency(session: Session, matter: Matter) -> str | None:
    if matter.agency:
        return matter.agency
    row = find_suggestion(session, matter.id)
    if row is None:
        return None
    return row.agency or next((str(item["agency"]) for item in row.ranking), None)
