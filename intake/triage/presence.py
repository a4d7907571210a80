"""Who has a petition open at this moment: said by open streams, forgotten when nothing more is said. No history."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.database import insert_or_touch
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.accounts import Staff
from intake.tables.entrances import Presence
from intake.tables.petitions import Matter, Referral

SAID_EVERY_S = 20
LASTS = timedelta(seconds=3 * SAID_EVERY_S)  # a process that died says nothing more
Seat = tuple[int, int]  # petition, member


def find_looked_at(session: Session, member: Member, folio: str, referral_id: int) -> int:
    """The petition's id, by its folio or by a referral of it. Raises NotFound, also for another agency's."""
    if folio and member.is_overseer:
        return get_petition(session, folio).id
    found = select(Matter.petition_id).join(Referral, Referral.matter_id == Matter.id).where(Referral.id == referral_id)
    own = found if member.is_overseer else found.where(Referral.agency == member.agency)
    petition_id = session.scalar(own)
    if petition_id is None:
        raise NotFound(f"no referral {referral_id} for this member")
    return petition_id


def say_present(office: Office, seats: Collection[Seat], left: Collection[Seat], now: datetime) -> None:
    """Commits."""
    if not seats and not left:
        return
    with office.sessions.begin() as session:
        gone = [seat for seat in left if seat not in seats]
        if gone:
            session.execute(delete(Presence).where(_these(gone)))
        session.execute(delete(Presence).where(Presence.seen_at < now - LASTS))
        if seats:
            rows = [{"petition_id": one[0], "staff_id": one[1], "since": now, "seen_at": now} for one in sorted(seats)]
            insert_or_touch(
                session,
                Presence,
                rows,
                keys=("petition_id", "staff_id"),
                touch=("since",),
                returning=(Presence.petition_id,),
            )
            session.execute(update(Presence).where(_these(seats)).values(seen_at=now))


def list_present(
    session: Session, petition_ids: Collection[int], now: datetime
) -> dict[int, list[tuple[int, str, str | None]]]:
    """By petition, id, name and agency of everybody who has it open, by name."""
    found: dict[int, list[tuple[int, str, str | None]]] = {one: [] for one in petition_ids}
    if not found:
        return found
    open_ones = select(Presence.petition_id, Staff.id, Staff.name, Staff.agency).join(
        Staff, Staff.id == Presence.staff_id
    )
    fresh = open_ones.where(Presence.petition_id.in_(found), Presence.seen_at > now - LASTS)
    for petition_id, staff_id, name, agency in session.execute(fresh.order_by(Staff.name, Staff.id)):
        found[petition_id].append((staff_id, name, agency))
    return found


def _these(seats: Iterable[Seat]) -> ColumnElement[bool]:
    return tuple_(Presence.petition_id, Presence.staff_id).in_(sorted(set(seats)))
