"""The case: opened with its folio, moved along the lifecycle, every move noted in its history. Never commits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from intake.clock import due_date
from intake.errors import NotFound
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.petitions import history
from intake.petitions.folio import folio_part
from intake.petitions.line import tier_of
from intake.petitions.states import MOVES, Status, check_move, slowest
from intake.tables.citizens import Conversation
from intake.tables.petitions import Matter, Petition
from intake.writing import write_new
from nlp.reading import Municipality

# Made once: making a statement takes longer than running it.
BY_FOLIO = select(Petition).where(Petition.folio == bindparam("folio"))


def open_petition(
    session: Session,
    jurisdiction: Jurisdiction,
    conversation: Conversation,
    folio: str,
    now: datetime,
    *,
    text: str = "",
    emergency: str | None = None,
) -> Petition:
    """A petition in RECIBIDA with one matter. `text`: of the matter, as far as it is known already."""
    days, terms = jurisdiction.closed.of(None), jurisdiction.terms_at(now)
    petition = Petition(
        folio=folio,
        folio_part=folio_part(folio),
        citizen_id=conversation.citizen_id,
        conversation_id=conversation.id,
        status=Status.RECIBIDA.value,
        opened_at=now,
        due_on=due_date(now, terms, zone=jurisdiction.zone, closed=days),
        calendar=days.number,
        term_days=terms.answer_days,
        term_is_business=terms.counts_business_days,
        emergency=emergency,
        is_urgent=emergency is not None,
    )
    write_new(session, petition)
    matter = Matter(petition_id=petition.id, text=text, status=Status.RECIBIDA.value)
    write_new(session, matter)
    set_committed_value(petition, "matters", [matter])
    hold(session, [petition])
    history.begin(session, petition.id)
    note(
        session,
        petition,
        now,
        "citizen",
        "opened",
        {"channel": conversation.channel, "due_on": petition.due_on.isoformat()},
    )
    return petition


def find_petition(session: Session, folio: str) -> Petition | None:
    """A turn asks for the same one from many places; what the transaction holds is not read again."""
    held = _held(session)
    if folio not in held and (found := session.scalars(BY_FOLIO, {"folio": folio}).first()):
        held[folio] = found
    return held.get(folio)


def hold(session: Session, petitions: Iterable[Petition]) -> None:
    """They were read some other way: `find_petition` needs not ask for them again in this transaction."""
    _held(session).update((petition.folio, petition) for petition in petitions)


def _held(session: Session) -> dict[str, Petition]:
    held: dict[str, Petition] = session.info.setdefault("petitions.held", {})
    return held


def get_petition(session: Session, folio: str) -> Petition:
    petition = find_petition(session, folio)
    if petition is None:
        raise NotFound(f"no petition {folio}")
    return petition


def list_folios(session: Session, petition_ids: Iterable[int | None]) -> dict[int, str]:
    """By petition; what belongs to none is left out."""
    ids = {petition_id for petition_id in petition_ids if petition_id}
    if not ids:
        return {}
    found = session.execute(select(Petition.id, Petition.folio).where(Petition.id.in_(ids)))
    return {row[0]: row[1] for row in found}


def find_place(office: Office, petition: Petition) -> Municipality | None:
    """Where the petition is, as far as it is known by its municipality."""
    return office.reader.find_municipality(petition.municipality) if petition.municipality else None


def list_matters(petition: Petition) -> list[Matter]:
    """In the order in which they were told. Read once a transaction."""
    return list(petition.matters)


def move(
    session: Session,
    petition: Petition,
    matters: Iterable[Matter],
    then: Status,
    now: datetime,
    actor: str,
    **data: Any,
) -> None:
    """Move matters, derive the petition's status from the slowest one, note it. Raises MoveRefused."""
    for matter in matters:
        check_move(Status(matter.status), then)
        matter.status = then.value
    session.flush()
    petition.status = slowest(Status(m.status) for m in list_matters(petition)).value
    note(session, petition, now, actor, then.value, data)


def move_if_allowed(
    session: Session, petition: Petition, thens: Iterable[Status], now: datetime, actor: str, **data: Any
) -> bool:
    """Move every matter that may go to the first allowed of `thens`; False when none may."""
    matters = list_matters(petition)
    for then in thens:
        movable = [m for m in matters if then in MOVES[Status(m.status)]]
        if movable:
            move(session, petition, movable, then, now, actor, **data)
            return True
    return False


def note(session: Session, petition: Petition, now: datetime, actor: str, name: str, data: dict[str, Any]) -> None:
    """Whatever changes a petition's marks is noted after it: with the note its place in the queue is made anew."""
    tier = int(tier_of(petition))
    if petition.tier != tier:  # a row that is given what it has is one more to look through
        petition.tier = tier
    history.append(session, petition.id, history.Entry(now, actor, name, data))
