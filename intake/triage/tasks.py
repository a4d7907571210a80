"""Answers that did not reach the citizen through the chat: each is a task until a person has told them another way.

The right of petition ends with an answer that is notified (facts/domain §2.1); a chat that fails is no excuse.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from bot.messages import DeliveryStatus
from bot.notices import EVIDENCE
from intake.accounts.staff import Member
from intake.acting import DECIDERS, acting, actor_of, require
from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.errors import NotFound, Stale
from intake.loops import again_and_again
from intake.office import Office
from intake.outgoing.notified import ANSWER, CAME, READY, answer_of, has_come, note_told
from intake.outgoing.replies import IN_PERSON, UNSAFE
from intake.petitions.case import note
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import Capture, Petition
from intake.triage.joining import part_from_ended

LOOK_EVERY_S = 60.0
HELD_FOR = timedelta(days=2)  # of silence of a person whose answer waits for them; then somebody calls
LOOKED_BACK = timedelta(days=90)
SHOWN_AT_MOST = 200
NOTE_MAX = 500
REASONS = {"failed": "failed", "ambiguous": "doubtful", "held": "held", IN_PERSON: "in_person"}  # by the reply's state
# Of what no chat carries: what is overtaken by any later notice, which says how the petition goes now.
OVERTAKEN = tuple(f"notice.{name}" for name in ("referred", "remitted", "accepted"))
log = structlog.get_logger()


class Means(StrEnum):
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    OTHER = "other"


class Outcome(StrEnum):
    TOLD = "told"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class OpenTask:
    """Of a petition that no chat brought: `way` it came, `phone` to call, `words` to be read aloud or handed over; None
    for a sensitive matter and a hidden identity, which are read on the petition's own page, where that is noted."""

    id: int
    folio: str
    reason: str
    opened_at: datetime
    words: str | None
    phone: str | None
    way: str | None


async def keep_tasks(office: Office) -> None:
    """For ever: what failed meanwhile becomes a task, what came through after all is one no more."""

    async def look() -> None:
        now = utc_now()
        await asyncio.to_thread(review, office, now)
        await asyncio.to_thread(part_from_ended, office, now)

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="tasks.loop")


def review(office: Office, now: datetime) -> int:
    """Open what is missing, close what is settled; how many were opened. Commits."""
    with office.sessions.begin() as session:
        opened = insert_once(session, Task, _rows(session, now), Task.id)
        for task in _settled(session):
            task.closed_at, task.outcome = now, "delivered"
        for task in _overtaken(session):
            task.closed_at, task.outcome = now, "overtaken"
    if opened:
        log.warning("tasks.opened", count=len(opened))
    return len(opened)


def list_open(office: Office) -> Sequence[OpenTask]:
    """Longest open first."""
    wanted = select(Task, Petition, Reply.text, Capture).join(Petition, Petition.id == Task.petition_id)
    wanted = wanted.join(Reply, Reply.id == Task.reply_id).outerjoin(Capture, Capture.petition_id == Petition.id)
    first = wanted.where(Task.closed_at.is_(None)).order_by(Task.opened_at).limit(SHOWN_AT_MOST)
    with reading(office.sessions) as session:
        return [_open_task(*row) for row in session.execute(first)]


def _open_task(task: Task, petition: Petition, words: str, capture: Capture | None) -> OpenTask:
    if capture is None:
        return OpenTask(task.id, petition.folio, task.reason, task.opened_at, None, None, None)
    is_shown = not petition.is_sensitive and not petition.hides_identity
    phone = capture.phone if is_shown else None
    return OpenTask(
        task.id, petition.folio, task.reason, task.opened_at, words if is_shown else None, phone, capture.way
    )


def count_open(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Task).where(Task.closed_at.is_(None))) or 0


def is_to_be_told(session: Session, petition: Petition) -> bool:
    open_one = select(Task.id).where(Task.petition_id == petition.id, Task.closed_at.is_(None))
    return session.scalars(open_one.limit(1)).first() is not None


def close(office: Office, member: Member, task_id: int, outcome: Outcome, means: Means, words: str) -> str:
    """A person told the citizen, or could not; the petition's folio. Commits. Raises NotFound, Stale, NotAllowed."""
    require(member, DECIDERS)
    with reading(office.sessions) as session:
        folio = _folio(session, task_id)
    with acting(office, folio) as (moment, petition):
        task = moment.session.get_one(Task, task_id)
        if task.closed_at is not None:
            raise Stale("the task is closed already")
        task.closed_at, task.closed_by = moment.now, member.id
        task.outcome, task.means, task.note = outcome.value, means.value, words[:NOTE_MAX] or None
        data = {"task": task.id, "outcome": outcome.value, "means": means.value}
        note(moment.session, petition, moment.now, actor_of(member), "told_otherwise", data)
        if outcome == Outcome.TOLD:
            reply = moment.session.get_one(Reply, task.reply_id)
            if reply.state == IN_PERSON:
                reply.delivery = DeliveryStatus.DELIVERED.value
            note_told(moment.session, reply, moment.now, actor_of(member), task=task.id)
    return folio


def _rows(session: Session, now: datetime) -> list[dict[str, object]]:
    """One for each answer and petition that it answers, however many messages it is; one more for its files, where
    these alone did not come."""
    undelivered = session.scalars(_undelivered(now)).all()
    of_petitions = select(Reply).join(Task, Task.reply_id == Reply.id)
    known = session.scalars(of_petitions.where(Reply.petition_id.in_({r.petition_id for r in undelivered})))
    seen, rows = {_told(reply) for reply in known}, []
    for reply in undelivered:
        if {_told(reply), _words_of(reply)}.isdisjoint(seen):
            seen.add(_told(reply))
            rows.append(_row(reply, now))
    return rows


def _told(reply: Reply) -> tuple[int, int | None, bool]:
    """A notice that is no answer is told by itself. Last: it is a file."""
    return answer_of(reply) or -reply.id, reply.petition_id, reply.purpose == EVIDENCE


def _words_of(reply: Reply) -> tuple[int, int | None, bool]:
    """What the answer's own words are told as: who tells them tells of the files."""
    return (*_told(reply)[:2], False)


def _undelivered(now: datetime) -> Select[Reply]:
    """Answers that failed, that may not have come, or that have waited too long for the citizen to write; of who has
    no chat every notice, once nobody takes it back any more.

    The next attempt's time is never before the reply's own: by it the index leads past what failed in all the years.
    """
    is_held = (Reply.state == "held") & (Reply.created_at <= now - HELD_FOR)
    known = select(Task.id).where(Task.reply_id == Reply.id)
    is_lost = Reply.state.in_(("failed", "ambiguous"))
    is_answer = (Reply.purpose.in_((ANSWER, READY)) & (is_lost | is_held)) | ((Reply.purpose == EVIDENCE) & is_lost)
    is_spoken = (Reply.state == IN_PERSON) & Reply.purpose.startswith("notice.") & (Reply.next_attempt_at <= now)
    wanted = select(Reply).where(
        Reply.state.in_(REASONS),
        Reply.created_at > now - LOOKED_BACK,
        Reply.next_attempt_at > now - LOOKED_BACK,
        is_answer | is_spoken,
        ~known.exists(),
    )
    return wanted.order_by(Reply.id)


def _settled(session: Session) -> Sequence[Task]:
    """Open tasks whose answer reached the citizen after all, all of it."""
    came = select(Reply.id).where(Reply.id == Task.reply_id, Reply.delivery.in_(CAME))
    open_ones = session.scalars(select(Task).where(Task.closed_at.is_(None), came.exists()))
    return [task for task in open_ones if has_come(session, session.get_one(Reply, task.reply_id))]


def _overtaken(session: Session) -> Sequence[Task]:
    """Open tasks that tell how a petition went before a later notice of it, which is a task too."""
    later = aliased(Task)
    is_later = select(later.id).where(later.petition_id == Task.petition_id, later.reply_id > Task.reply_id).exists()
    open_ones = select(Task).join(Reply, Reply.id == Task.reply_id).where(Task.closed_at.is_(None), is_later)
    return session.scalars(open_ones.where(Reply.state == IN_PERSON, Reply.purpose.in_(OVERTAKEN))).all()


def _row(reply: Reply, now: datetime) -> dict[str, object]:
    reason = UNSAFE if reply.error_code == UNSAFE else REASONS[reply.state]
    return {"petition_id": reply.petition_id, "reply_id": reply.id, "reason": reason, "opened_at": now}


def _folio(session: Session, task_id: int) -> str:
    wanted = select(Petition.folio).join(Task, Task.petition_id == Petition.id).where(Task.id == task_id)
    folio = session.scalar(wanted)
    if folio is None:
        raise NotFound(f"no task {task_id}")
    return folio
