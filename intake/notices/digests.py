"""The morning's digest of open terms, and who gets letters about terms at all. Each letter commits."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from intake.clock import is_business_day
from intake.database import reading
from intake.notices.mail_wishes import READERS, Wish
from intake.notices.mailing import Kind, put
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.notices import Mail, MailWish
from intake.terms.pressing import Pressing, count_open, list_pressing
from intake.terms.steps import Colour, Level
from intake.triage.informing import count_new_copies

SHOWN_AT_MOST = 15


def write_digests(office: Office, now: datetime) -> int:
    """On working days from the hour of the settings on, one for each who wants it; how many were written."""
    local = now.astimezone(office.jurisdiction.zone)
    today = local.date()
    if local.hour < office.settings.digest_hour or not is_business_day(today, office.jurisdiction.closed):
        return 0
    key = f"digest-{today}"
    had = select(Mail.id).where(Mail.staff_id == MailWish.staff_id, Mail.key == key)
    with reading(office.sessions) as session:
        by_scope = list_readers(session, MailWish.wish != Wish.NONE.value, ~had.exists())
    return sum(_write_digest(office, agency, to, today, now) for agency, to in by_scope.items())


def _write_digest(office: Office, agency: str | None, to: Sequence[int], today: date, now: datetime) -> int:
    with reading(office.sessions) as session:
        pressing, open_count = list_pressing(session, office, agency), count_open(session, agency)
        copies = count_new_copies(session, agency) if agency else 0
    counts = Counter(one.colour.value for one in pressing)
    counts[Colour.GREEN.value] += max(open_count - len(pressing), 0)
    shown = [one for one in pressing if one.colour != Colour.GREEN]
    data = {
        "day": today.isoformat(),
        "counts": dict(counts),
        "items": [item_of(one, is_agencys=agency is not None) for one in shown[:SHOWN_AT_MOST]],
        "more": max(len(shown) - SHOWN_AT_MOST, 0),
        "copies": copies,
    }
    with office.sessions.begin() as session:
        put(session, office, Kind.DIGEST, to, data, now, key=f"digest-{today}")
        if not open_count:
            _skip(session, to, f"digest-{today}")
    return len(to) if open_count else 0


def _skip(session: Session, to: Sequence[int], key: str) -> None:
    """Nothing is open: nobody is written to, for copies ask nothing of anybody, and nobody is looked at again today."""
    for row in session.scalars(select(Mail).where(Mail.staff_id.in_(to), Mail.key == key, Mail.state == "waiting")):
        row.state, row.outcome = "skipped", "nothing_open"


def item_of(one: Pressing, *, is_agencys: bool) -> dict[str, Any]:
    """`level`: whose matter it has become, where that is somebody above who has it."""
    path = f"/turnos/{one.referral_id}" if is_agencys else f"/peticiones/{one.folio}"
    gone_up = {} if one.level == Level.HOLDER else {"level": one.level.value}
    return gone_up | {
        "folio": one.folio,
        "step": one.step,
        "due_on": one.due_on.isoformat(),
        "colour": one.colour.value,
        "path": path,
    }


def list_readers(session: Session, *which: ColumnElement[bool]) -> dict[str | None, list[int]]:
    """Who wants it, by what they may see: an agency's terms, or (None) all."""
    rows = select(Staff.agency, Staff.id).join(MailWish, MailWish.staff_id == Staff.id)
    rows = rows.where(MailWish.confirmed_at.is_not(None))
    readers = Staff.is_active.is_(True), Staff.role.in_([role.value for role in READERS])
    people: dict[str | None, list[int]] = {}
    for agency, staff_id in session.execute(rows.where(*readers, *which).order_by(Staff.id)):
        people.setdefault(agency, []).append(staff_id)
    return people
