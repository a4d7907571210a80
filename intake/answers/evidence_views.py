"""An answer's files as staff see them: with how far each has come to the citizen. Read only."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.answers.evidence import list_of_answer
from intake.tables.answers import Answer, Evidence
from intake.tables.outgoing import Reply
from intake.triage.speech import Delivery, delivery_of


@dataclass(frozen=True)
class EvidenceView:
    """`delivery`: None while it is of a draft, or reserved. `is_photo`: a browser shows it."""

    id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    delivery: Delivery | None = None

    @property
    def is_photo(self) -> bool:
        return self.media_type.startswith("image/")


def view_of(file: Evidence, delivery: Delivery | None = None) -> EvidenceView:
    return EvidenceView(file.id, file.name, file.media_type, file.size_bytes, file.sha256, delivery)


def view_answers_files(session: Session, answer: Answer, petition_id: int) -> tuple[EvidenceView, ...]:
    """With how far each has come to the petition's own citizen."""
    files = list_of_answer(session, answer.id)
    sent = Reply.petition_id == petition_id, Reply.evidence_id.in_([file.id for file in files])
    replies = session.scalars(select(Reply).where(*sent).order_by(Reply.id)) if files else ()
    came = {reply.evidence_id: delivery_of(reply) for reply in replies}  # read out twice: the last one counts
    return tuple(view_of(file, came.get(file.id)) for file in files)
