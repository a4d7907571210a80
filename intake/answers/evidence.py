"""Files that an agency gives with its answer, as rows: of a draft, taken over by the answer, gone with the draft.

Called by `attaching`, `drafts`, `referrals`, `own_data`. Never commits. How they leave: `evidence_links`; how
they are shown: `evidence_views`.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.events import AnswerFile
from intake.tables.answers import Answer, Evidence


def list_of_draft(session: Session, referral_id: int, staff_id: int) -> Sequence[Evidence]:
    """In the order in which they were put."""
    own = Evidence.referral_id == referral_id, Evidence.staff_id == staff_id, Evidence.answer_id.is_(None)
    return session.scalars(select(Evidence).where(*own).order_by(Evidence.id)).all()


def list_of_answer(session: Session, answer_id: int) -> Sequence[Evidence]:
    return session.scalars(select(Evidence).where(Evidence.answer_id == answer_id).order_by(Evidence.id)).all()


def give_to_answer(session: Session, answer: Answer) -> tuple[AnswerFile, ...]:
    """The files of its author's draft are the answer's from now on."""
    files = list_of_draft(session, answer.referral_id, answer.staff_id)
    for file in files:
        file.answer_id = answer.id
    return as_event(files)


def as_event(files: Sequence[Evidence]) -> tuple[AnswerFile, ...]:
    return tuple(AnswerFile(file.id, file.name) for file in files)


def drop_unsent(session: Session, referral_id: int) -> None:
    """Those of drafts, when the referral waits for no answer any more."""
    session.execute(delete(Evidence).where(Evidence.referral_id == referral_id, Evidence.answer_id.is_(None)))
