"""The rows of a person: from each table of the inventory the way to their conversations, or to their citizens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy import Table as Relation
from sqlalchemy.orm import Session

from intake.erasing.inventory import CITIZENS, taken_of
from intake.tables import Table
from intake.tables.citizens import Conversation, Link
from intake.tables.petitions import Petition

RELATIONS = Table.metadata.tables
# The column of each table that leads on, until the conversation is reached.
ONWARD: Mapping[str, str] = MappingProxyType(
    {
        "conversations": "id",
        "links": "conversation_id",
        "inbound_events": "conversation_id",
        "messages": "conversation_id",
        "set_aside": "message_id",
        "attachments": "message_id",
        "transcriptions": "attachment_id",
        "floods": "conversation_id",
        "petitions": "conversation_id",
        "captures": "petition_id",
        "imported": "petition_id",
        "claims": "petition_id",
        "presences": "petition_id",
        "matters": "petition_id",
        "suggestions": "matter_id",
        "decisions": "matter_id",
        "trial_rankings": "matter_id",
        "traits": "petition_id",
        "bands": "petition_id",
        "comparisons": "petition_id",
        "likenesses": "petition_id",
        "incident_members": "petition_id",
        "search_texts": "petition_id",
        "referrals": "matter_id",
        "answers": "referral_id",
        "answer_drafts": "referral_id",
        "approvals": "referral_id",
        "evidence": "referral_id",
        "papers": "answer_id",
        "bulk_members": "referral_id",
        "joinings": "petition_id",
        "alarms": "petition_id",
        "inquiries": "referral_id",
        "consultations": "referral_id",
        "referral_copies": "referral_id",
        "extensions": "petition_id",
        "pauses": "petition_id",
        "interpretations": "petition_id",
        "ratings": "petition_id",
        "history": "petition_id",
        "takeovers": "conversation_id",
        "timers": "conversation_id",
        "replies": "conversation_id",
        "reserved_words": "petition_id",
        "tasks": "petition_id",
        "system_requests": "petition_id",
        "committed_words": "petition_id",
        "mails": "referral_id",
        "system_notices": "referral_id",
        "told_terms": "referral_id",
        "pieces": "petition_id",
        "piece_files": "piece_id",
        "office_papers": "petition_id",
        "archive_files": "petition_id",
        "inventory_members": "petition_id",
        "meeting_petitions": "petition_id",
        "agreement_reminders": "petition_id",
        "matter_topics": "matter_id",
        "study_petitions": "petition_id",
    }
)
BY_CITIZEN = MappingProxyType({"citizens": "id", "aliases": "citizen_id"})
APART = frozenset({"erasures", "blocked_values", "blocked_files", "bulk_answers"})  # each has a step of its own
# Made again from the words, or only a mark of what is still to be done: nothing of them is kept.
DROPPED = ("search_texts", "bands", "traits", "comparisons", "timers", "set_aside")


@dataclass(frozen=True)
class Person:
    """Whose data it is: all that they are known as, and their chats."""

    citizens: tuple[int, ...]
    conversations: tuple[int, ...]


def find_person(session: Session, citizens: Sequence[int]) -> Person:
    """With who they were before they made a second chat theirs."""
    known = set(citizens)
    chats = set(session.scalars(select(Conversation.id).where(Conversation.citizen_id.in_(known))))
    chats |= set(session.scalars(select(Petition.conversation_id).where(Petition.citizen_id.in_(known))))
    joined = Link.ended_at.is_(None), Link.joined_at.is_not(None), Link.conversation_id.in_(chats)
    known |= set(session.scalars(select(Link.other_citizen_id).where(*joined, Link.other_citizen_id.is_not(None))))
    return Person(tuple(sorted(known)), tuple(sorted(chats)))


def list_taken(tables: Sequence[str] | None = None) -> list[str]:
    """Tables of a person's with columns that are emptied, those that others lead through last."""
    named = tables or [*BY_CITIZEN, *ONWARD]
    return [name for name in named if name not in APART and name not in DROPPED and taken_of(name)]


def of_person(name: str, person: Person) -> ColumnElement[bool]:
    """Which rows of a table are the person's."""
    relation = RELATIONS[name]
    if name in BY_CITIZEN:
        return relation.c[BY_CITIZEN[name]].in_(person.citizens)
    own = relation.c[ONWARD[name]].in_(_parents(name, person))
    if name == "links":
        return or_(own, relation.c.other_id.in_(person.conversations))
    if name == "inbound_events":  # the form of a petition that a person wrote down hangs on its message
        return or_(own, relation.c.id.in_(_through("messages", "event_id", person)))
    return own


def key_of(relation: Relation) -> tuple[str, ...]:
    return tuple(column.name for column in relation.primary_key.columns)


def _parents(name: str, person: Person) -> Sequence[int] | Select[int]:
    if name in ("conversations",) or ONWARD[name] == "conversation_id":
        return person.conversations
    (reference,) = RELATIONS[name].c[ONWARD[name]].foreign_keys
    return _through(reference.column.table.name, reference.column.name, person)


def _through(name: str, column: str, person: Person) -> Select[int]:
    return select(RELATIONS[name].c[column]).where(of_person(name, person))


def check_complete() -> set[str]:
    """Tables of citizens that no way is known of."""
    return set(CITIZENS) - set(ONWARD) - set(BY_CITIZEN) - APART
