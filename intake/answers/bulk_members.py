"""Whom one answer to an incident would reach: the open referrals of one agency, and what is left out and why.

Read by `bulk_answers`, `bulk_referrals` and the admin; changes nothing. A liaison learns of the own agency's referrals
alone: of the incident's other petitions how many they are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.answers.approvals import list_standing
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.incidents import WORDS_MAX
from intake.petitions.states import NEEDS_TRIAGE, OPEN_REFERRALS
from intake.tables.mind import IncidentMember
from intake.tables.petitions import Matter, Petition, Referral
from intake.thinking.facts import place_name, shorten
from intake.triage.veil import veil_of
from nlp.masks import mask

AT_MOST = 500  # referrals of an incident that are gone through; the open ones, then the oldest, first
HIDDEN = frozenset({"undone"})  # taken back before it left: the agency never had it


class Caution(StrEnum):
    """Why a petition is not ticked until a person ticks it."""

    RESERVED = "reserved"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Candidate:
    """An open referral. `words`: None for a reserved petition, which is read on its own page."""

    referral_id: int
    folio: str
    place: str | None
    words: str | None
    caution: Caution | None


@dataclass(frozen=True)
class LeftOut:
    """`why`: the referral's state, `waits` (for the head), or for the office's staff the other agency's key."""

    folio: str
    why: str
    agency: str | None = None


@dataclass(frozen=True)
class Undecided:
    """A matter that waits in triage."""

    matter_id: int
    folio: str
    place: str | None
    words: str | None
    caution: Caution | None


@dataclass(frozen=True)
class Gathering:
    """`agencies`: whose referrals are open, most first; for a liaison the own one. `elsewhere`: petitions of the
    incident of which nothing is or was with the agency."""

    incident_id: int
    agency: str
    agencies: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    elsewhere: int
    undecided: tuple[Undecided, ...]


Row = tuple[Referral, Petition, str]


def gather(office: Office, member: Member, incident_id: int, agency: str = "") -> Gathering:
    """Raises NotFound: no such incident, or nothing of it is or was with the liaison's agency."""
    with reading(office.sessions) as session:
        rows = _rows(session, incident_id, member)
        size = _size(session, incident_id)
        agencies = (member.agency or "",) if member.is_agencys else _agencies(rows)
        agency = agency if agency in agencies else next(iter(agencies), "")
        own = [row for row in rows if row[0].agency == agency]
        if not size or (member.is_agencys and not own):
            raise NotFound(f"no incident {incident_id}")
        others = [] if member.is_agencys else [row for row in rows if row[0].agency != agency]
        waiting = _waiting(session, member, own)
        return Gathering(
            incident_id,
            agency,
            agencies,
            tuple(
                _candidate(session, office, member, row) for row in own if _is_open(row) and row[0].id not in waiting
            ),
            (*_left_out(own, waiting), *(_elsewhere(row) for row in others)),
            size - len({petition.id for _, petition, _ in own}),
            () if member.is_agencys else _undecided(session, office, member, incident_id),
        )


def find_shared(session: Session, member: Member, referral_id: int) -> tuple[int, int] | None:
    """The incident of that referral's petition and how many open referrals its agency has in it; None when there is
    no other to be answered with it."""
    own = (
        select(IncidentMember.incident_id, Referral.agency)
        .join(Matter, Matter.petition_id == IncidentMember.petition_id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.id == referral_id)
    )
    found = session.execute(own).first()
    if found is None or (member.is_agencys and found.agency != member.agency):
        return None
    rows = _rows(session, found.incident_id, member)
    count = sum(_is_open(row) for row in rows if row[0].agency == found.agency)
    return (found.incident_id, count) if count > 1 else None


def _rows(session: Session, incident_id: int, member: Member) -> Sequence[Row]:
    """By petition. What is answered already takes no place of what is not, nor other agencies' of a liaison's own."""
    is_theirs = [Referral.agency == member.agency] if member.is_agencys else []
    wanted = (
        select(Referral, Petition, Matter.text)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .join(IncidentMember, IncidentMember.petition_id == Petition.id)
        .where(IncidentMember.incident_id == incident_id, Referral.state.not_in(HIDDEN))
        .where(func.coalesce(Referral.leaves_at, utc_now()) <= utc_now(), *is_theirs)
        .order_by(case((Referral.state.in_(OPEN_REFERRALS), 0), else_=1), Petition.id, Referral.id)
        .limit(AT_MOST)
    )
    found = [(referral, petition, text) for referral, petition, text in session.execute(wanted)]
    return sorted(found, key=lambda row: (row[1].id, row[0].id))


def _size(session: Session, incident_id: int) -> int:
    own = select(func.count()).select_from(IncidentMember).where(IncidentMember.incident_id == incident_id)
    return session.scalar(own) or 0


def _agencies(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(key for key, _ in Counter(row[0].agency for row in rows if _is_open(row)).most_common())


def _is_open(row: Row) -> bool:
    return row[0].state in OPEN_REFERRALS


def _waiting(session: Session, member: Member, rows: Sequence[Row]) -> frozenset[int]:
    """What is at the agency's head already; the office's staff may still answer it."""
    if member.role != Role.LIAISON:
        return frozenset()
    standing = list_standing(session, [row[0].id for row in rows if _is_open(row)])
    return frozenset(number for number, is_at_head in standing.items() if is_at_head)


def _candidate(session: Session, office: Office, member: Member, row: Row) -> Candidate:
    referral, petition, text = row
    words = _words(session, member, petition, text)
    return Candidate(referral.id, petition.folio, place_name(office, petition), words, caution_of(petition))


def caution_of(petition: Petition) -> Caution | None:
    if petition.is_sensitive:
        return Caution.RESERVED
    return Caution.ANONYMOUS if petition.is_anonymous else None


def _words(session: Session, member: Member, petition: Petition, text: str) -> str | None:
    if petition.is_sensitive:
        return None
    shown = veil_of(session, petition, member).text(text) if petition.hides_identity else text
    return shorten(mask(shown), WORDS_MAX)


def _left_out(rows: Sequence[Row], waiting: frozenset[int]) -> Sequence[LeftOut]:
    return [
        LeftOut(petition.folio, "waits" if referral.id in waiting else referral.state)
        for referral, petition, _ in rows
        if referral.id in waiting or referral.state not in OPEN_REFERRALS
    ]


def _elsewhere(row: Row) -> LeftOut:
    return LeftOut(row[1].folio, "elsewhere" if _is_open(row) else row[0].state, row[0].agency)


def _undecided(session: Session, office: Office, member: Member, incident_id: int) -> tuple[Undecided, ...]:
    wanted = (
        select(Matter, Petition)
        .join(Petition, Petition.id == Matter.petition_id)
        .join(IncidentMember, IncidentMember.petition_id == Petition.id)
        .where(IncidentMember.incident_id == incident_id)
        .where(Matter.status.in_([status.value for status in NEEDS_TRIAGE]))
        .order_by(Petition.id, Matter.id)
        .limit(AT_MOST)
    )
    return tuple(
        Undecided(
            matter.id,
            petition.folio,
            place_name(office, petition),
            _words(session, member, petition, matter.text),
            caution_of(petition),
        )
        for matter, petition in session.execute(wanted)
    )
