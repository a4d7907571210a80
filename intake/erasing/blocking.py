"""Blocking: a cancellation is accepted, and the person's identity and words are out of everybody's sight.

One transaction that holds all their chats. What is kept stays sealed in the vault until the archive's term is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.privacy_talk import data_blocked
from intake.accounts.staff import Member, Role
from intake.acting import actor_of, require
from intake.citizens.addresses import sealed_address
from intake.clock import due_date, utc_now
from intake.database import insert_once, overwriting
from intake.erasing.committed import commit_words
from intake.erasing.placeholders import GONE
from intake.erasing.rows import Person, find_person
from intake.erasing.taking import Keep, take_all, take_where
from intake.erasing.vault import new_key, open_box, seal_values
from intake.errors import FormRefused
from intake.office import Office
from intake.outgoing.replies import IN_PERSON, queue_replies
from intake.petitions.case import get_petition, list_matters, move_if_allowed, note
from intake.petitions.states import NEEDS_TRIAGE, OPEN_REFERRALS, WITH_AGENCY, Status
from intake.tables.accounts import Takeover
from intake.tables.citizens import Alias, Conversation, Link
from intake.tables.erasing import BlockedFile, BlockedValues, Erasure
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.tables.mind import Likeness
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import Petition, Referral
from intake.triage.referrals import drop_drafts

CANCELLATION = "cancellation"
BLOCKED, CLOSED_FOR = "blocked", "datos cancelados"
REASON_MAX = 500
UNFINISHED = NEEDS_TRIAGE | WITH_AGENCY
IN_FLIGHT = ("claimed", "sending")


@dataclass(frozen=True)
class Acceptance:
    """`further`: folios that are the same person's by what they showed, as of a petition on paper."""

    folio: str
    reason: str
    is_confirmed: bool
    further: tuple[str, ...] = ()


def accept(office: Office, member: Member, said: Acceptance) -> int:
    """Block a person's data; the erasure's id. Commits.

    Raises NotAllowed, NotFound, FormRefused: reason, confirm, right, done, open (petitions that are still attended),
    unread (what came is not read yet, and no chat is left for it), busy (a message is on its way this very moment).
    """
    require(member, frozenset({Role.ADMINISTRATOR}))
    if not said.reason.strip():
        raise FormRefused("reason")
    if not said.is_confirmed:
        raise FormRefused("confirm")
    with overwriting(office.sessions) as session:
        request = get_petition(session, said.folio)
        person = _hold(session, [request, *(get_petition(session, one) for one in said.further)])
        _check(session, office, request, person)
        erasure = _begin(session, office, member, request, person)
        chat = _new_chat(session, office, request)
        for asked in (request, *_list_same(session, request, person)):
            _settle(session, office, asked, member)
        _stop(session, person, chat)
        _take(session, office, person, erasure)
        _note(session, person, member, commit_words(session, request.id, said.reason.strip()))
        _tell(session, office, erasure, said.folio, chat)
        number = erasure.id
    office.wake.now()
    return number


def list_open(session: Session, request: Petition, person: Person) -> Sequence[str]:
    """Folios of theirs that are still attended: they go on until they are answered, or the person takes them back."""
    wanted = select(Petition.folio).where(
        Petition.citizen_id.in_(person.citizens),
        Petition.id != request.id,
        Petition.status.in_([status.value for status in UNFINISHED]),
        or_(Petition.data_right.is_(None), Petition.data_right != CANCELLATION),  # the same wish, told twice
    )
    return session.scalars(wanted.order_by(Petition.id)).all()


def _list_same(session: Session, request: Petition, person: Person) -> Sequence[Petition]:
    """Their other open requests for the same: granted with this one."""
    own = Petition.citizen_id.in_(person.citizens), Petition.id != request.id, Petition.data_right == CANCELLATION
    is_open = Petition.status.in_([status.value for status in UNFINISHED])
    return session.scalars(select(Petition).where(*own, is_open, Petition.is_blocked.is_(False))).all()


def _hold(session: Session, petitions: Sequence[Petition]) -> Person:
    """All their chats locked, in one order, and no worker's any more."""
    person = find_person(session, [petition.citizen_id for petition in petitions])
    locked = select(Conversation).where(Conversation.id.in_(person.conversations)).order_by(Conversation.id)
    for conversation in session.scalars(locked.with_for_update()):
        conversation.lease_number += 1
        conversation.lease_until = conversation.work_at = None
    for petition in petitions:
        session.refresh(petition)
    return person


def _has_chat(session: Session, office: Office, request: Petition) -> bool:
    return session.get_one(Conversation, request.conversation_id).channel in office.channels


def _has_unread(session: Session, person: Person) -> bool:
    unread = InboundEvent.conversation_id.in_(person.conversations), InboundEvent.state == "pending"
    return session.scalar(select(InboundEvent.id).where(*unread).limit(1)) is not None


def _check(session: Session, office: Office, request: Petition, person: Person) -> None:
    if request.data_right != CANCELLATION:
        raise FormRefused("right")
    if request.is_blocked:
        raise FormRefused("done")
    if list_open(session, request, person):
        raise FormRefused("open")
    if not _has_chat(session, office, request) and _has_unread(session, person):
        raise FormRefused("unread")
    flying = Reply.conversation_id.in_(person.conversations), Reply.state.in_(IN_FLIGHT)
    if session.scalar(select(Reply.id).where(*flying).limit(1)) is not None:
        raise FormRefused("busy")


def _begin(session: Session, office: Office, member: Member, request: Petition, person: Person) -> Erasure:
    now = utc_now()
    erasure = Erasure(
        petition_id=request.id,
        state=BLOCKED,
        citizens=list(person.citizens),
        key=new_key(office.settings),
        blocked_at=now,
        blocked_by=member.id,
        effective_on=_effective_on(office, now),
        steps={},
    )
    session.add(erasure)
    session.flush()
    return erasure


def _effective_on(office: Office, now: datetime) -> date:
    jurisdiction = office.jurisdiction
    terms = replace(jurisdiction.rights_terms, answer_days=jurisdiction.rights.figures["effective_days"])
    return due_date(now, terms, zone=jurisdiction.zone, closed=jurisdiction.closed)


def _new_chat(session: Session, office: Office, request: Petition) -> Conversation | None:
    """The same address as a chat in which nothing was ever said: what comes now is a new contact's. None: no chat."""
    if not _has_chat(session, office, request):
        return None
    old = session.get_one(Conversation, request.conversation_id)
    values = {"channel": old.channel, "last_inbound_at": old.last_inbound_at, "is_stopped": old.is_stopped}
    address, old.address = old.address, f"moving:{old.id}"
    session.flush()
    chat = Conversation(address=address, created_at=utc_now(), state={}, **values)
    session.add(chat)
    session.flush()
    return chat


def _note(session: Session, person: Person, member: Member, reason: str) -> None:
    now = utc_now()
    for petition in session.scalars(select(Petition).where(Petition.citizen_id.in_(person.citizens))):
        petition.is_blocked = True
        note(session, petition, now, actor_of(member), "data_blocked", {"reason": reason})


def _settle(session: Session, office: Office, request: Petition, member: Member) -> None:
    """The request itself is answered with what was done."""
    now, actor = utc_now(), actor_of(member)
    for then in (Status.ORIENTADA, Status.RESPONDIDA, Status.CONCLUIDA):
        move_if_allowed(session, request, [then], now, actor)
    request.closing_reason = CLOSED_FOR
    matters = [matter.id for matter in list_matters(request)]
    ours = Referral.matter_id.in_(matters), Referral.state.in_(OPEN_REFERRALS)
    for referral in session.scalars(select(Referral).where(*ours)).all():
        referral.state, referral.answered_at = "answered", now
        drop_drafts(session, referral)


def _stop(session: Session, person: Person, chat: Conversation | None) -> None:
    """Nothing more leaves, is fetched or is written by a person; what came and was not read yet is the new chat's."""
    now, chats = utc_now(), person.conversations
    waits = Reply.conversation_id.in_(chats), Reply.state.in_(("queued", "held", IN_PERSON))
    session.execute(update(Reply).where(*waits).values(state="undone", error_code=BLOCKED))
    unread = InboundEvent.conversation_id.in_(chats), InboundEvent.state == "pending"
    if chat is not None:
        moved = session.execute(update(InboundEvent).where(*unread).values(conversation_id=chat.id))
        chat.work_at = now if moved.rowcount else None  # type: ignore[attr-defined]
    petitions = select(Petition.id).where(Petition.citizen_id.in_(person.citizens))
    open_tasks = Task.petition_id.in_(petitions), Task.closed_at.is_(None)
    session.execute(update(Task).where(*open_tasks).values(closed_at=now, outcome="overtaken"))
    alike = or_(Likeness.petition_id.in_(petitions), Likeness.other_id.in_(petitions)), Likeness.state == "proposed"
    session.execute(delete(Likeness).where(*alike))
    there = Takeover.conversation_id.in_(chats), Takeover.ended_at.is_(None)
    session.execute(update(Takeover).where(*there).values(ended_at=now, ending="left"))
    joined = or_(Link.conversation_id.in_(chats), Link.other_id.in_(chats)), Link.ended_at.is_(None)
    session.execute(update(Link).where(*joined).values(ended_at=now))
    session.flush()


def _take(session: Session, office: Office, person: Person, erasure: Erasure) -> None:
    box = open_box(office.settings, erasure.key)
    addresses: dict[int, str] = {}

    def keep(name: str, row: str, values: dict[str, object]) -> None:
        sealed = seal_values(box, values)
        session.add(BlockedValues(erasure_id=erasure.id, relation=name, row=row, sealed=sealed))
        if name == "aliases":
            addresses[int(row)] = str(values["address"])
        if values.get("storage_key"):
            file = {"erasure_id": erasure.id, "storage_key": values["storage_key"]}
            insert_once(session, BlockedFile, [file], BlockedFile.id)

    _refuse_files(session, person)
    take_all(session, person, keep)
    take_reports(session, person.conversations, keep)
    for alias in session.scalars(select(Alias).where(Alias.id.in_(addresses))).all():
        _seal(session, alias, sealed_address(office.settings, alias.channel, addresses[alias.id]))


def _seal(session: Session, alias: Alias, sealed: str) -> None:
    """Of somebody who came again and has it cancelled again, the address is known by the newest blocking."""
    before = select(Alias).where(Alias.channel == alias.channel, Alias.address == sealed, Alias.id != alias.id)
    for older in session.scalars(before).all():
        older.address = f"{GONE}{older.id}"
        session.flush()
    alias.address = sealed
    session.flush()


def take_reports(session: Session, conversations: Sequence[int], keep: Keep) -> None:
    """Providers' delivery reports name the address too; each bears the id of the message that it is about."""
    given = select(Reply.channel, Reply.external_id).where(
        Reply.conversation_id.in_(conversations), Reply.external_id.is_not(None)
    )
    for channel, external_id in session.execute(given).all():
        own = select(InboundEvent.id).where(InboundEvent.channel == channel, *_about(external_id))
        ids = session.scalars(own.where(InboundEvent.state != "pending")).all()
        if ids:
            take_where(session, "inbound_events", InboundEvent.__table__.c.id.in_(ids), keep)


def _about(external_id: str | None) -> tuple[ColumnElement[bool], ...]:
    """Along the index in whatever order the database has its letters; there the sign after the id sorts anywhere."""
    own = InboundEvent.provider_id
    begins = own.startswith(f"{external_id}:", autoescape=True)
    return InboundEvent.kind == "status", own > external_id, own < f"{external_id}z", begins


def _refuse_files(session: Session, person: Person) -> None:
    """What was to be fetched still is not."""
    messages = select(Message.id).where(Message.conversation_id.in_(person.conversations))
    own = Attachment.message_id.in_(messages), Attachment.state == "pending"
    session.execute(update(Attachment).where(*own).values(state="refused", forget_at=None))


def _tell(session: Session, office: Office, erasure: Erasure, folio: str, chat: Conversation | None) -> None:
    """The legal answer, in the chat that knows nothing else."""
    if chat is None:
        erasure.told = IN_PERSON
        return
    erasure.chat_id = chat.id
    say = data_blocked(folio, office.texts)
    queue_replies(session, office, chat, [(say, None)], key=f"erasure-{erasure.id}")
