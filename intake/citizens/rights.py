"""Requests about one's own data (ARCO): petitions with a right and a term of their own. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clock import due_date
from intake.jurisdiction import Jurisdiction
from intake.petitions.case import list_matters
from intake.petitions.states import CLOSED, Status
from intake.tables.citizens import Conversation
from intake.tables.incoming import Message
from intake.tables.petitions import Petition
from intake.thinking.messages import attach_to_petition
from nlp.reading import MessageKind

ASKED_WITHIN = timedelta(days=1)  # the words that were answered by «¿Abrimos su solicitud?»
SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class RightsRequest:
    folio: str
    right: str
    opened_at: datetime
    due_on: date
    is_open: bool


def file_request(
    session: Session,
    jurisdiction: Jurisdiction,
    conversation: Conversation,
    petition: Petition,
    right: str,
    now: datetime,
) -> None:
    """Give a petition its right and term; the words by which it was asked for join it, and its agency is proposed."""
    petition.data_right, petition.due_on = right, rights_due_on(jurisdiction, now)
    petition.term_days = petition.term_is_business = None
    list_matters(petition)[0].told = jurisdiction.rights_agency
    asked = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.kind == MessageKind.PRIVACY.value,
        Message.petition_id.is_(None),
        Message.received_at > now - ASKED_WITHIN,
    )
    words = session.scalars(asked.order_by(Message.id.desc()).limit(1)).first()
    if words is not None:
        attach_to_petition(session, words, petition.id)


def rights_due_on(jurisdiction: Jurisdiction, now: datetime) -> date:
    return due_date(now, jurisdiction.rights_terms, zone=jurisdiction.zone, closed=jurisdiction.closed)


def list_requests(session: Session) -> Sequence[RightsRequest]:
    """Open ones first, soonest due first."""
    asked = select(Petition).where(Petition.data_right.is_not(None)).order_by(Petition.id.desc()).limit(SHOWN_AT_MOST)
    requests = [
        RightsRequest(p.folio, p.data_right or "", p.opened_at, p.due_on, Status(p.status) not in CLOSED)
        for p in session.scalars(asked)
    ]
    return sorted(requests, key=lambda request: (not request.is_open, request.due_on))
