"""What a petition's file must hold before it can be closed, and what of it is missing. Reads; decides nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.correspondence.issuing import Kind, list_papers
from intake.outgoing.notified import ANSWER
from intake.petitions.case import list_matters
from intake.petitions.states import Status
from intake.tables.answers import Answer
from intake.tables.archive import ArchiveFile
from intake.tables.citizens import Conversation
from intake.tables.correspondence import OfficePaper
from intake.tables.incoming import Attachment
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import Matter, Petition, Referral

LIVE = ("issued", "accepted", "answered")
TOLD = frozenset({Status.NOTIFICADA, Status.CONCLUIDA})
WITHOUT_ANSWER = frozenset({Status.NO_PETICION, Status.DESISTIDA, Status.ACUMULADA})
GUIDED = Status.ORIENTADA


class Part(StrEnum):
    PETITION = "petition"
    ACKNOWLEDGEMENT = "acknowledgement"
    LETTER = "letter"
    ANSWER = "answer"
    NOTIFICATION = "notification"
    SERIES = "series"


class Standing(StrEnum):
    THERE = "there"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Check:
    part: Part
    standing: Standing


@dataclass(frozen=True)
class Whole:
    """What of a petition the checks look at, read once."""

    petition: Petition
    is_of_chat: bool
    matters: Sequence[Matter]
    referrals: Sequence[Referral]
    answers: Sequence[Answer]
    attachments: Sequence[Attachment]
    papers: Sequence[OfficePaper]
    is_attempted: bool
    file: ArchiveFile | None

    @property
    def statuses(self) -> set[Status]:
        return {Status(matter.status) for matter in self.matters}


def read_whole(session: Session, petition: Petition) -> Whole:
    conversation = session.get_one(Conversation, petition.conversation_id)
    own = select(Referral).join(Matter, Matter.id == Referral.matter_id)
    own = own.where(Matter.petition_id == petition.id, Referral.state.in_(LIVE)).order_by(Referral.id)
    referrals = session.scalars(own).all()
    ids = [one.id for one in referrals]
    answers = session.scalars(select(Answer).where(Answer.referral_id.in_(ids)).order_by(Answer.id)).all()
    files = select(Attachment).where(Attachment.petition_id == petition.id).order_by(Attachment.id)
    tried = select(Task.id).join(Reply, Reply.id == Task.reply_id)
    tried = tried.where(Task.petition_id == petition.id, Task.closed_at.is_not(None), Reply.purpose == ANSWER)
    return Whole(
        petition=petition,
        is_of_chat=conversation.channel != ChannelName.DESK,
        matters=list_matters(petition),
        referrals=referrals,
        answers=answers,
        attachments=session.scalars(files).all(),
        papers=list_papers(session, petition.id),
        is_attempted=session.scalar(tried.limit(1)) is not None,
        file=session.get(ArchiveFile, petition.id),
    )


def check_whole(whole: Whole) -> tuple[Check, ...]:
    """In the order in which a file is put together."""
    return tuple(Check(part, standing) for part, standing in _checks(whole))


def list_missing(whole: Whole) -> tuple[Part, ...]:
    return tuple(check.part for check in check_whole(whole) if check.standing == Standing.MISSING)


def _checks(whole: Whole) -> Iterator[tuple[Part, Standing]]:
    is_stored = all(one.state == "stored" for one in whole.attachments)
    yield Part.PETITION, _there(is_stored and any(matter.text for matter in whole.matters))
    has_paper = any(one.kind == Kind.ACKNOWLEDGEMENT for one in whole.papers)
    yield Part.ACKNOWLEDGEMENT, _there(whole.is_of_chat or has_paper)
    if whole.statuses <= WITHOUT_ANSWER:
        yield from ((part, Standing.NOT_NEEDED) for part in (Part.LETTER, Part.ANSWER, Part.NOTIFICATION))
    elif whole.statuses <= WITHOUT_ANSWER | {GUIDED}:
        yield Part.LETTER, Standing.NOT_NEEDED
        yield Part.ANSWER, Standing.THERE
        yield Part.NOTIFICATION, Standing.THERE
    else:
        yield Part.LETTER, _there(_has_letters(whole))
        yield Part.ANSWER, _there(_is_answered(whole))
        yield Part.NOTIFICATION, _there(_is_told(whole))
    yield Part.SERIES, _there(whole.file is not None)


def _has_letters(whole: Whole) -> bool:
    lettered = {one.referral_id for one in whole.papers if one.kind == Kind.LETTER}
    return bool(whole.referrals) and all(one.id in lettered for one in whole.referrals)


def _is_answered(whole: Whole) -> bool:
    answered = {one.referral_id for one in whole.answers}
    return bool(whole.referrals) and all(one.id in answered for one in whole.referrals)


def _is_told(whole: Whole) -> bool:
    rest = whole.statuses - WITHOUT_ANSWER - {GUIDED}
    return rest <= TOLD or (whole.is_attempted and rest <= TOLD | {Status.RESPONDIDA})


def _there(is_there: bool) -> Standing:
    return Standing.THERE if is_there else Standing.MISSING
