"""What agencies asked a citizen for: asked through the chat or by a person, answered by the next message that joins.

Read for the dialogue and the agency's page; `effects` notes what came. Never commits.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.known import Question
from bot.place_talk import SAME_TALK
from intake.office import Office
from intake.outgoing.replies import IN_PERSON
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.incoming import Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Inquiry, Matter, Petition, Referral

ASKED, CAME = "asked", "came"
GONE = ("accepted", "sending", "ambiguous")  # states of a reply that the citizen may have read


def key_of(inquiry_id: int) -> str:
    """What the keys of the question's messages begin with."""
    return f"inquiry-{inquiry_id}"


def reply_of(session: Session, inquiry: Inquiry) -> Reply | None:
    """The first message that told the question."""
    return session.scalars(select(Reply).where(Reply.key == f"{key_of(inquiry.id)}-1:1")).first()


def find_questions(
    session: Session, office: Office, petitions: Collection[Petition], quoted: tuple[int, str | None] | None = None
) -> dict[int, tuple[Question, ...]]:
    """By petition: all that agencies still wait with, else the newest that was answered while it works on.

    First the one that the message at hand answers, as `take_answer` will have it: the one that it quotes, also when
    that has its answer (`quoted`: conversation and their id of the message), else the newest that was told; what was
    not told yet last.
    """
    found = session.execute(_of_open_referrals(petitions).add_columns(Matter.petition_id)).all() if petitions else ()
    meant = _quoted_inquiry(session, *quoted, [row[0].id for row in found]) if quoted else None
    asked = [(row[2], row[0].id == meant, _question(session, office, row[0], row[1])) for row in found]
    chosen: dict[int, list[Question]] = {}
    for petition_id, _, question in sorted(asked, key=lambda one: (not one[1], not one[2].is_open, not one[2].told_at)):
        of_it = chosen.setdefault(petition_id, [])
        if not of_it or question.is_open:
            of_it.append(question)
    return {petition_id: tuple(of_it) for petition_id, of_it in chosen.items()}


def _question(session: Session, office: Office, inquiry: Inquiry, referral: Referral) -> Question:
    told_at = _told_at(session, inquiry)
    local = told_at.astimezone(office.jurisdiction.zone) if told_at else None
    agency = office.jurisdiction.name_agency(referral.agency)
    return Question(agency, inquiry.text, local, is_open=inquiry.came_at is None)


def take_answer(
    session: Session,
    petition: Petition,
    message: Message,
    now: datetime,
    *,
    inquiry_id: int | None = None,
    goes_on: bool = False,
) -> bool:
    """Note the message with what it answers, or goes on to answer. Whether an agency waited for it.

    It answers one question: the one that is named (`inquiry_id`, whoever wrote the words down) or quoted, else the one
    that was asked last. What another agency asked stays open until its own answer comes. What `goes_on` with an answer,
    or comes when nobody waits, is kept with the newest answer of the same talk.
    """
    asked = session.execute(_of_open_referrals([petition])).all()
    waiting = [row for row in asked if row[0].came_at is None and _told_at(session, row[0])]
    ids = [inquiry.id for inquiry, _ in asked]
    meant = inquiry_id or _quoted_inquiry(session, message.conversation_id, message.reply_to, ids)
    came = [one for one, _ in asked if one.came_at is not None]
    next_one = [] if goes_on and came else waiting[:1]
    answered = [row for row in waiting if row[0].id == meant] if meant else next_one
    for inquiry, referral in answered:
        inquiry.came_at, referral.datum = now, CAME
    if told := _told_by([one for one, _ in answered] or came, meant, now):
        told.messages = [*told.messages, message.id]
    session.flush()  # a turn's questions do not (`process`), and the next one is who waits still
    return bool(answered)


def _told_by(came: Sequence[Inquiry], meant: int | None, now: datetime) -> Inquiry | None:
    """Of what has its answer, the one that a message of this moment belongs to: the newest in the same talk."""
    fresh = [(one.came_at, one.id, one) for one in came if one.came_at and now - one.came_at <= SAME_TALK]
    return max((row for row in fresh if meant in (None, row[1])), default=(None, 0, None))[2]


def is_waited_for(session: Session, petition: Petition) -> bool:
    """Some agency that works on it still waits for what it asked."""
    waiting = _of_open_referrals([petition]).where(Inquiry.came_at.is_(None)).limit(1)
    return session.execute(waiting).first() is not None


def _quoted_inquiry(
    session: Session, conversation_id: int, reply_to: str | None, inquiry_ids: Sequence[int]
) -> int | None:
    """Whose question a message is a reply to, in the chat's own sense."""
    if not reply_to or not inquiry_ids:
        return None
    own = Reply.conversation_id == conversation_id, Reply.external_id == reply_to
    key = session.scalars(select(Reply.key).where(*own)).first() or ""
    return next((one for one in inquiry_ids if key.startswith(f"{key_of(one)}-")), None)


def list_inquiries(session: Session, referral_id: int) -> Sequence[Inquiry]:
    """Oldest first."""
    return session.scalars(select(Inquiry).where(Inquiry.referral_id == referral_id).order_by(Inquiry.id)).all()


def list_answering(session: Session, petition: Petition) -> frozenset[int]:
    """Ids of the messages that came in answer to an agency."""
    own = select(Inquiry.messages).join(Referral).join(Matter).where(Matter.petition_id == petition.id)
    return frozenset(message for messages in session.scalars(own) for message in messages)


def is_datum(session: Session, petition_id: int | None, message_id: int) -> bool:
    """The message answers what an agency asked for."""
    petition = session.get(Petition, petition_id) if petition_id else None
    return petition is not None and message_id in list_answering(session, petition)


def _of_open_referrals(petitions: Iterable[Petition]) -> Select[Inquiry, Referral]:
    """Newest first."""
    return (
        select(Inquiry, Referral)
        .join(Referral, Referral.id == Inquiry.referral_id)
        .join(Matter, Matter.id == Referral.matter_id)
        .where(Matter.petition_id.in_([p.id for p in petitions]), Referral.state.in_(OPEN_REFERRALS))
        .order_by(Inquiry.id.desc())
    )


def _told_at(session: Session, inquiry: Inquiry) -> datetime | None:
    reply = reply_of(session, inquiry)
    has_gone = reply is not None and (reply.state in GONE or (reply.state == IN_PERSON and reply.delivery is not None))
    return reply.accepted_at or reply.created_at if reply and has_gone else None
