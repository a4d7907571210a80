"""Who is looking at a petition in triage: for a few minutes it is theirs, so that two do not decide on one.

A claim is a courtesy, not a lock: it ends by itself, and who means it decides all the same. It is no part of the
petition's history: looking changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.acting import DECIDERS
from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.states import NEEDS_TRIAGE, Status
from intake.tables.accounts import Claim, Staff
from intake.tables.petitions import Petition

CLAIM_FOR = timedelta(minutes=5)  # issue of the queue; the open page asks for more each minute
RENEWED_EVERY_S = 60


@dataclass(frozen=True)
class Hold:
    """`since` None: from before that was kept."""

    name: str
    since: datetime | None


def claim(office: Office, member: Member, folio: str, *, frees_others: bool = False) -> str | None:
    """The petition is the member's to look at, or for longer; the name of who has it, when that is somebody else.

    Nothing for who does not decide and for what does not wait. `frees_others`: the member came from another one, which
    is free again. Commits. Raises NotFound.
    """
    if member.role not in DECIDERS:
        return find_holder(office, member, folio)
    now = utc_now()
    with office.sessions.begin() as session:
        petition = get_petition(session, folio)
        if Status(petition.status) not in NEEDS_TRIAGE:
            return None
        if frees_others:
            session.execute(delete(Claim).where(Claim.staff_id == member.id, Claim.petition_id != petition.id))
        row = {"petition_id": petition.id, "staff_id": member.id, "until": now + CLAIM_FOR, "since": now}
        if insert_once(session, Claim, [row], Claim.petition_id):
            return None
        held = session.get_one(Claim, petition.id, with_for_update=True, populate_existing=True)
        if held.staff_id != member.id and held.until > now:
            return session.get_one(Staff, held.staff_id).name
        if held.staff_id != member.id or held.until <= now:
            held.since = now
        held.staff_id, held.until = member.id, now + CLAIM_FOR
        return None


def find_holder(office: Office, member: Member, folio: str) -> str | None:
    """The name of who else has it now."""
    with reading(office.sessions) as session:
        return list_holders(session, [get_petition(session, folio).id], member, utc_now()).popitem()[1]


def find_hold(office: Office, member: Member, folio: str) -> Hold | None:
    """Who else has it now, and since when."""
    with reading(office.sessions) as session:
        held = select(Staff.name, Claim.since).join(Staff, Staff.id == Claim.staff_id)
        own = Claim.petition_id == get_petition(session, folio).id, Claim.staff_id != member.id
        found = session.execute(held.where(*own, Claim.until > utc_now())).first()
    return Hold(found[0], found[1]) if found else None


def list_holders(session: Session, petition_ids: Sequence[int], member: Member, now: datetime) -> dict[int, str | None]:
    """By petition, the name of who else is looking at it now; None: nobody."""
    held = select(Claim.petition_id, Staff.name).join(Staff, Staff.id == Claim.staff_id)
    others = held.where(Claim.petition_id.in_(petition_ids), Claim.staff_id != member.id, Claim.until > now)
    return dict.fromkeys(petition_ids) | {row[0]: row[1] for row in session.execute(others)}


def is_free_for(member: Member, now: datetime) -> ColumnElement[bool]:
    """Nobody else has the petition at hand."""
    others = select(Claim.petition_id).where(Claim.petition_id == Petition.id)
    return ~others.where(Claim.staff_id != member.id, Claim.until > now).exists()
