"""An agency asks another one for what it knows, before it answers: the other reads the question and the matter, never
who told it, and writes back to the agency. The citizen is told nothing of it, and the petition's term runs on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import OF_AGENCIES, Member, Role
from intake.acting import acting, actor_of, require
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.notices.mailing import mail_consulted, mail_replied
from intake.office import Office
from intake.petitions.case import note
from intake.petitions.states import OPEN_REFERRALS
from intake.tables.accounts import Staff
from intake.tables.petitions import Consultation, Matter, Petition, Referral
from intake.thinking.facts import place_name
from intake.triage.agencies import list_reached
from intake.triage.marks import days_left_of
from intake.triage.referrals import acting_on_referral
from intake.triage.veil import veil_of
from nlp.masks import mask

REPLIED_SHOWN = 25  # on an agency's page; all others stand with their petitions


class Stand(StrEnum):
    """OVER: the agency that asked has answered the citizen, or given the petition back, and needs no word any more."""

    WAITS = "waits"
    REPLIED = "replied"
    OVER = "over"


@dataclass(frozen=True)
class ConsultationView:
    """`asked`, `asking`: names of agencies. `author`, `replier`: of staff."""

    id: int
    stand: Stand
    asked: str
    asking: str
    author: str
    asked_at: datetime
    question: str
    reply: str | None
    replied_at: datetime | None
    replier: str | None


@dataclass(frozen=True)
class Consulted:
    """What the asked agency sees. `words`: the matter's, masked; None: reserved, or the agency that asked is through
    with it."""

    view: ConsultationView
    folio: str
    due_on: date
    days_left: int
    place: str | None
    words: str | None


def consult(office: Office, member: Member, referral_id: int, agency: str, question: str) -> int:
    """Returns the consultation's id. Commits. Raises NotFound, Stale while the same agency was asked and has not
    replied, FormRefused: reserved (its matter is for as few eyes as can be), agency (itself, or nobody reads there)."""
    with acting_on_referral(office, member, referral_id, OPEN_REFERRALS) as (moment, petition, referral):
        session = moment.session
        if petition.is_sensitive:
            raise FormRefused("reserved")
        if agency == referral.agency or agency not in list_reached(session):
            raise FormRefused("agency")
        own = Consultation.referral_id == referral.id, Consultation.agency == agency
        if session.scalar(select(Consultation.id).where(*own, Consultation.replied_at.is_(None))):
            raise Stale(f"{agency} was asked already and has not replied")
        row = Consultation(
            referral_id=referral.id, agency=agency, staff_id=member.id, question=question, asked_at=moment.now
        )
        session.add(row)
        session.flush()
        note(session, petition, moment.now, actor_of(member), "consulted", {"consultation": row.id, "agency": agency})
        mail_consulted(session, office, petition, row, moment.now)
        return row.id


def reply(office: Office, member: Member, consultation_id: int, text: str) -> None:
    """By the asked agency's liaison. Commits. Raises NotAllowed, NotFound, Stale: replied already, or not needed."""
    require(member, frozenset({Role.LIAISON}))
    with reading(office.sessions) as session:
        folio = _find(session, member, consultation_id)[1].folio
    with acting(office, folio) as (moment, petition):
        session = moment.session
        row, _, referral, _ = _find(session, member, consultation_id)
        if _stand_of(row, referral) != Stand.WAITS:
            raise Stale("it was replied to, or is not needed any more")
        row.reply, row.replied_at, row.replied_by = text, moment.now, member.id
        data = {"consultation": row.id, "agency": row.agency}
        note(session, petition, moment.now, actor_of(member), "consultation_replied", data)
        mail_replied(session, office, petition, referral, row, moment.now)


def open_consultation(office: Office, member: Member, consultation_id: int) -> Consulted:
    """For the asked agency's people. Raises NotFound for all others', and when its person's data are blocked."""
    with reading(office.sessions) as session:
        return _consulted(session, office, member, *_find(session, member, consultation_id))


def list_consultations(session: Session, office: Office, member: Member) -> Sequence[Consulted]:
    """What the member's agency is asked: what waits, soonest due first; then the newest of what it replied to."""
    waiting = _waiting(member).order_by(Petition.due_on, Consultation.id)
    replied = _own(member).where(Consultation.replied_at.is_not(None)).order_by(Consultation.replied_at.desc())
    rows = [*session.execute(waiting), *session.execute(replied.limit(REPLIED_SHOWN))]
    return [_consulted(session, office, member, *row) for row in rows]


def count_consultations(session: Session, member: Member) -> int:
    """Those that wait for the member's agency."""
    return session.scalar(_waiting(member).with_only_columns(func.count())) or 0


def view_consultations(session: Session, office: Office, referral: Referral) -> Sequence[ConsultationView]:
    """Of one referral, oldest first."""
    own = select(Consultation).where(Consultation.referral_id == referral.id).order_by(Consultation.id)
    return [_view(session, office, row, referral) for row in session.scalars(own)]


def stands_of(session: Session, referral_ids: Collection[int]) -> Mapping[int, Stand]:
    """Of open referrals that asked others: WAITS while one of them has not replied."""
    wanted = select(Consultation.referral_id, Consultation.replied_at).where(Consultation.referral_id.in_(referral_ids))
    stands: dict[int, Stand] = {}
    for referral_id, replied_at in session.execute(wanted) if referral_ids else ():
        if replied_at is None or referral_id not in stands:
            stands[referral_id] = Stand.REPLIED if replied_at else Stand.WAITS
    return stands


def _rows() -> Select[Consultation, Petition, Referral, Matter]:
    return (
        select(Consultation, Petition, Referral, Matter)
        .join(Referral, Referral.id == Consultation.referral_id)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
    )


def _own(member: Member) -> Select[Consultation, Petition, Referral, Matter]:
    """What the member's agency was asked, unless the person's data are blocked."""
    return _rows().where(Consultation.agency == member.agency, Petition.is_blocked.is_(False))


def _waiting(member: Member) -> Select[Consultation, Petition, Referral, Matter]:
    return _own(member).where(Consultation.replied_at.is_(None), Referral.state.in_(OPEN_REFERRALS))


def _find(session: Session, member: Member, consultation_id: int) -> tuple[Consultation, Petition, Referral, Matter]:
    own = Consultation.id == consultation_id, Consultation.agency == member.agency
    found = (
        session.execute(_rows().where(*own, Petition.is_blocked.is_(False))).first()
        if member.role in OF_AGENCIES
        else None
    )
    if found is None:
        raise NotFound(f"no consultation {consultation_id}")
    return found[0], found[1], found[2], found[3]


def _stand_of(row: Consultation, referral: Referral) -> Stand:
    if row.replied_at is not None:
        return Stand.REPLIED
    return Stand.WAITS if referral.state in OPEN_REFERRALS else Stand.OVER


def _consulted(
    session: Session,
    office: Office,
    member: Member,
    row: Consultation,
    petition: Petition,
    referral: Referral,
    matter: Matter,
) -> Consulted:
    view = _view(session, office, row, referral)
    is_shown = not petition.is_sensitive and referral.state in OPEN_REFERRALS
    return Consulted(
        view=view,
        folio=petition.folio,
        due_on=petition.due_on,
        days_left=days_left_of(office, petition),
        place=place_name(office, petition),
        words=mask(veil_of(session, petition, member).text(matter.text)) if is_shown else None,
    )


def _view(session: Session, office: Office, row: Consultation, referral: Referral) -> ConsultationView:
    replier = session.get(Staff, row.replied_by) if row.replied_by else None
    return ConsultationView(
        id=row.id,
        stand=_stand_of(row, referral),
        asked=office.jurisdiction.name_agency(row.agency),
        asking=office.jurisdiction.name_agency(referral.agency),
        author=session.get_one(Staff, row.staff_id).name,
        asked_at=row.asked_at,
        question=row.question,
        reply=row.reply,
        replied_at=row.replied_at,
        replier=replier.name if replier else None,
    )
