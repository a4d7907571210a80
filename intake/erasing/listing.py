"""Cancellations that were granted, for «Derechos»: what is told, until when they stay blocked, what is ready to go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.erasing.archive import find_keeping
from intake.erasing.blocking import CANCELLATION, list_open
from intake.erasing.rows import find_person
from intake.erasing.suppressing import STEPS, SUPPRESSED, SUPPRESSING, is_ready
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.erasing import Erasure
from intake.tables.petitions import Petition

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class ErasureView:
    """`told`: what became of the answer, None while it is on its way. `kept_until`: None while nobody said how long;
    `held`: folios whose file is held. `steps_left`: of a suppression that a person confirmed."""

    id: int
    folio: str
    state: str
    blocked_at: datetime
    told: str | None
    kept_until: date | None
    held: tuple[str, ...]
    is_ready: bool
    steps_left: tuple[str, ...]
    suppressed_at: datetime | None


@dataclass(frozen=True)
class RequestView:
    """`open_folios`: petitions of the person's that are still attended, which a blocking waits for."""

    folio: str
    open_folios: tuple[str, ...]
    petitions: int
    erasure: ErasureView | None


def list_erasures(session: Session, office: Office) -> Sequence[ErasureView]:
    """The newest first."""
    wanted = select(Erasure, Petition.folio).join(Petition, Petition.id == Erasure.petition_id)
    return [
        _view(session, office, *row) for row in session.execute(wanted.order_by(Erasure.id.desc()).limit(SHOWN_AT_MOST))
    ]


def list_ready(session: Session, office: Office) -> Sequence[ErasureView]:
    """What may be suppressed, or is being, the oldest first: its term is over before that of any newer one."""
    wanted = select(Erasure, Petition.folio).join(Petition, Petition.id == Erasure.petition_id)
    oldest = wanted.where(Erasure.state != SUPPRESSED).order_by(Erasure.id).limit(SHOWN_AT_MOST)
    views = [_view(session, office, *row) for row in session.execute(oldest)]
    return [one for one in views if one.is_ready or one.state == SUPPRESSING]


def get_erasure(session: Session, office: Office, number: int) -> ErasureView:
    """Raises NotFound."""
    wanted = select(Erasure, Petition.folio).join(Petition, Petition.id == Erasure.petition_id)
    found = session.execute(wanted.where(Erasure.id == number)).first()
    if found is None:
        raise NotFound(f"no erasure {number}")
    return _view(session, office, *found)


def open_request(session: Session, office: Office, folio: str) -> RequestView:
    """Raises NotFound for what is no request for cancellation."""
    petition = get_petition(session, folio)
    if petition.data_right != CANCELLATION:
        raise NotFound(f"{folio} asks for no cancellation")
    person = find_person(session, [petition.citizen_id])
    theirs = session.scalars(select(Petition.id).where(Petition.citizen_id.in_(person.citizens))).all()
    found = session.scalars(select(Erasure).where(Erasure.petition_id == petition.id)).first()
    view = _view(session, office, found, folio) if found else None
    return RequestView(folio, tuple(list_open(session, petition, person)), len(theirs), view)


def _view(session: Session, office: Office, erasure: Erasure, folio: str) -> ErasureView:
    keeping = find_keeping(session, office, erasure)
    return ErasureView(
        id=erasure.id,
        folio=folio,
        state=erasure.state,
        blocked_at=erasure.blocked_at,
        told=erasure.told,
        kept_until=keeping.until,
        held=keeping.held,
        is_ready=erasure.state == "blocked" and is_ready(office, erasure, keeping, utc_now()),
        steps_left=tuple(name for name in STEPS if name not in erasure.steps),
        suppressed_at=erasure.suppressed_at,
    )
