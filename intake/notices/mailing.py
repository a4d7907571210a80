"""What staff are written to about, by mail: written in the transaction of the act that it tells of, where somebody
wants it. Folio, agency, last days and a link; never a word of a person, never who it is. Sent by `posting`.

Without a mail server nothing is written. Never commits.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from intake.accounts.staff import OF_AGENCIES, Role
from intake.database import insert_once
from intake.notices.duty import ROLES, find_fallback, on_duty
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.notices import Mail, MailWish
from intake.tables.petitions import Consultation, Matter, Petition, Referral, ReferralCopy

TRIED_FOR = timedelta(hours=24)
IMMEDIATE = "immediate"


class Kind(StrEnum):
    GREETING = "greeting"
    CREATED = "created"
    RETURNED = "returned"
    REOPENED = "reopened"
    CONSULTED = "consulted"
    CONSULTATION_REPLIED = "consultation_replied"
    COPIED = "copied"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    DIGEST = "digest"
    EMERGENCY = "emergency"
    AGREEMENT = "agreement"


def mail_created(session: Session, office: Office, petition: Petition, referral: Referral, now: datetime) -> None:
    """To the agency's people; once it cannot be taken back any more."""
    if office.settings.smtp_host:
        _tell_agency(session, office, Kind.CREATED, petition, referral, now)


def mail_returned(
    session: Session, office: Office, petition: Petition, referral: Referral, now: datetime, by: int
) -> None:
    """To the agency's people but `by`, who did it, and to the officers, with whom it is again."""
    if office.settings.smtp_host:
        _tell_agency(session, office, Kind.RETURNED, petition, referral, now, but=by)
        _tell_officers(session, office, Kind.RETURNED, petition, now, f"returned-{referral.id}", referral, but=by)


def mail_reopened(session: Session, office: Office, petition: Petition, now: datetime, source: str) -> None:
    """To the officers, with whom it is again, and to the agencies that had answered it. `source`: of the act."""
    if not office.settings.smtp_host:
        return
    own = select(Referral).join(Matter, Matter.id == Referral.matter_id).where(Matter.petition_id == petition.id)
    for referral in session.scalars(own.where(Referral.state == "answered")):
        _tell_agency(session, office, Kind.REOPENED, petition, referral, now, apart=source)
    _tell_officers(session, office, Kind.REOPENED, petition, now, f"reopened-{petition.id}-{source}")


def mail_consulted(
    session: Session, office: Office, petition: Petition, consultation: Consultation, now: datetime
) -> None:
    """To the people of the agency that is asked."""
    if office.settings.smtp_host:
        to, path = _agencys_people(session, consultation.agency), f"/consultas/{consultation.id}"
        data = {"folio": petition.folio, "due_on": petition.due_on.isoformat(), "path": path}
        put(session, office, Kind.CONSULTED, to, data, now, key=f"{Kind.CONSULTED}-{consultation.id}")


def mail_replied(
    session: Session,
    office: Office,
    petition: Petition,
    referral: Referral,
    consultation: Consultation,
    now: datetime,
) -> None:
    """To the people of the agency that had asked."""
    if office.settings.smtp_host:
        _tell_agency(session, office, Kind.CONSULTATION_REPLIED, petition, referral, now, apart=str(consultation.id))


def mail_copied(
    session: Session, office: Office, petition: Petition, referral: Referral, copy: ReferralCopy, now: datetime
) -> None:
    """To the people of the agency that is to know of it; once the referral cannot be taken back any more."""
    if office.settings.smtp_host:
        data = {"folio": petition.folio, "due_on": petition.due_on.isoformat(), "path": f"/copias/{copy.id}"}
        to, key = _agencys_people(session, copy.agency), f"{Kind.COPIED}-{copy.id}"
        put(session, office, Kind.COPIED, to, data, now, key=key, referral_id=referral.id, first=referral.leaves_at)


def mail_emergency(session: Session, office: Office, petition: Petition, now: datetime) -> None:
    """To whoever is on duty and left an address, else to whom the roster names; once a day for each petition."""
    if not office.settings.smtp_host:
        return
    called = _reachable(session, MailWish.staff_id.in_([one.staff_id for one in on_duty(session, now)]))
    called = called or _reachable(session, Staff.role.in_([role.value for role in ROLES[find_fallback(session)]]))
    day = now.astimezone(office.jurisdiction.zone).date()
    data = {"folio": petition.folio, "path": f"/peticiones/{petition.folio}"}
    put(session, office, Kind.EMERGENCY, called, data, now, key=f"emergency-{petition.id}-{day}")


def take_back_mails(session: Session, referral_id: int) -> None:
    """The referral was undone before it left."""
    session.execute(delete(Mail).where(Mail.referral_id == referral_id, Mail.state == "waiting"))


def put(
    session: Session,
    office: Office,
    kind: Kind,
    to: Sequence[int],
    data: Mapping[str, Any],
    now: datetime,
    *,
    key: str,
    referral_id: int | None = None,
    first: datetime | None = None,
) -> None:
    """A letter to each, unless one under that key was written already. `first`: not sent before."""
    if not office.settings.smtp_host:
        return
    begins = max(now, first or now)
    row = {
        "key": key,
        "kind": kind.value,
        "referral_id": referral_id,
        "data": dict(data),
        "created_at": now,
        "state": "waiting",
        "next_attempt_at": begins,
        "give_up_at": begins + TRIED_FOR,
        "attempts": 0,
        "lease_number": 0,
    }
    rows = [row | {"staff_id": staff_id, "public_id": uuid.uuid4().hex} for staff_id in to]
    insert_once(session, Mail, rows, Mail.id)


def _tell_agency(
    session: Session,
    office: Office,
    kind: Kind,
    petition: Petition,
    referral: Referral,
    now: datetime,
    *,
    but: int = 0,
    apart: str = "",
) -> None:
    to = _agencys_people(session, referral.agency, but)
    data = _data(petition, referral) | {"path": f"/turnos/{referral.id}"}
    key = f"{kind}-{referral.id}{apart and '-'}{apart}"
    put(session, office, kind, to, data, now, key=key, referral_id=referral.id, first=referral.leaves_at)


def _agencys_people(session: Session, agency: str, but: int = 0) -> Sequence[int]:
    people = Staff.agency == agency, Staff.role.in_([role.value for role in OF_AGENCIES])
    return _reachable(session, MailWish.wish == IMMEDIATE, *people, Staff.id != but)


def _tell_officers(
    session: Session,
    office: Office,
    kind: Kind,
    petition: Petition,
    now: datetime,
    key: str,
    referral: Referral | None = None,
    but: int = 0,
) -> None:
    is_officer = Staff.role == Role.OFFICER.value
    to = _reachable(session, MailWish.wish == IMMEDIATE, is_officer, Staff.id != but)
    data = _data(petition, referral) | {"path": f"/peticiones/{petition.folio}"}
    put(session, office, kind, to, data, now, key=f"{key}-office")


def _data(petition: Petition, referral: Referral | None) -> dict[str, Any]:
    """Of what is sensitive not even the agency: its name may say what it is about."""
    agency = referral.agency if referral and not petition.is_sensitive else None
    return {"folio": petition.folio, "agency": agency, "due_on": petition.due_on.isoformat()}


def _reachable(session: Session, *which: ColumnElement[bool]) -> Sequence[int]:
    wanted = select(MailWish.staff_id).join(Staff, Staff.id == MailWish.staff_id)
    known = Staff.is_active.is_(True), MailWish.confirmed_at.is_not(None)
    return session.scalars(wanted.where(*known, *which).order_by(MailWish.staff_id)).all()
