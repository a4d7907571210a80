"""An agency's referrals as its own system walks them: by id, those that changed since, nothing of anybody else.

A page costs the same wherever it begins (by key). What an officer may still take back is not there yet. Read only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import find_place
from intake.tables.petitions import HistoryEntry, Matter, Petition, Referral
from intake.triage.marks import days_left_of, flags_of
from nlp.reading import Municipality

SHOWN = ("issued", "accepted", "answered", "returned")  # `undone` never reached the agency
LOOKING = ("read", "identity_opened", "suggested")  # history that changes nothing for who works on it


@dataclass(frozen=True)
class TurnsWish:
    """`state` None: any; `since`: only what changed then or later; `after`: the last id of the page before."""

    state: str | None = None
    since: datetime | None = None
    after: int = 0
    limit: int = 50


@dataclass(frozen=True)
class TurnRow:
    """One referral as a line, without a word of what the person wrote."""

    id: int
    folio: str
    state: str
    is_outside: bool
    issued_at: datetime
    updated_at: datetime
    due_on: date
    days_left: int
    place: Municipality | None
    flags: tuple[str, ...]
    emergency: str | None
    datum: str | None


def list_turns(
    session: Session, office: Office, member: Member, wish: TurnsWish
) -> tuple[Sequence[TurnRow], int | None]:
    """A page, oldest first, and the `after` of the next one; None on the last."""
    changed = _changed_at()
    wanted = _own(member).add_columns(changed.label("changed")).order_by(Referral.id).limit(wish.limit + 1)
    wanted = wanted.where(Referral.id > wish.after)
    if wish.state:
        wanted = wanted.where(Referral.state == wish.state)
    if wish.since:
        later = HistoryEntry.petition_id == Petition.id, HistoryEntry.happened_at >= wish.since
        wanted = wanted.where(select(HistoryEntry.id).where(*later, HistoryEntry.name.not_in(LOOKING)).exists())
    found = session.execute(wanted).all()
    rows = [_row(office, *one) for one in found[: wish.limit]]
    return rows, rows[-1].id if len(found) > wish.limit else None


def get_turn(office: Office, member: Member, referral_id: int) -> TurnRow:
    """Raises NotFound for what is another agency's, was taken back, or may still be."""
    wanted = _own(member).add_columns(_changed_at().label("changed")).where(Referral.id == referral_id)
    with reading(office.sessions) as session:
        found = session.execute(wanted).first()
    if found is None:
        raise NotFound(f"no referral {referral_id}")
    return _row(office, *found)


def _own(member: Member) -> Select[Petition, Referral]:
    has_left = or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())
    return (
        select(Petition, Referral)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.agency == member.agency, Referral.state.in_(SHOWN), has_left)
    )


def _changed_at() -> ColumnElement[datetime]:
    own = HistoryEntry.petition_id == Petition.id, HistoryEntry.name.not_in(LOOKING)
    latest = select(func.max(HistoryEntry.happened_at)).where(*own).correlate(Petition).scalar_subquery()
    return func.coalesce(latest, Petition.opened_at, type_=Petition.opened_at.type)


def _row(office: Office, petition: Petition, referral: Referral, changed: datetime) -> TurnRow:
    return TurnRow(
        id=referral.id,
        folio=petition.folio,
        state=referral.state,
        is_outside=referral.kind == "remision",
        issued_at=referral.issued_at,
        updated_at=changed,
        due_on=petition.due_on,
        days_left=days_left_of(office, petition),
        place=find_place(office, petition),
        flags=flags_of(petition),
        emergency=petition.emergency,
        datum=referral.datum,
    )
