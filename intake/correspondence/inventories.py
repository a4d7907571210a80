"""Inventories of closed files, general, of transfer and of disposal: lists that people sign. Nothing is ever deleted
or moved by them: a signed disposal is a note that people may act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.audit.trail import Act, digest_of, note_act, staff_of
from intake.clock import utc_now
from intake.correspondence.numbering import next_number
from intake.database import insert_all, one_at_a_time
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.tables.archive import ArchiveFile, Inventory, InventoryMember
from intake.tables.petitions import Petition
from intake.triage.marks import today_at

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER})
SIGNERS_MIN, SIGNERS_MAX = 3, 300
ROWS_MAX = 2_000


class Kind(StrEnum):
    GENERAL = "general"
    TRANSFER = "transfer"
    DISPOSAL = "disposal"


@dataclass(frozen=True)
class Counts:
    """Of a series: files that are closed, due for transfer, due for disposal; None: the term is not known."""

    series: str
    closed: int
    transfer: int | None
    disposal: int | None


def count_series(session: Session, office: Office) -> list[Counts]:
    today = today_at(office)
    return [_counts(session, office, code, today) for code in office.jurisdiction.records.series]


def list_inventories(session: Session, limit: int = 100) -> Sequence[Inventory]:
    return session.scalars(select(Inventory).order_by(Inventory.id.desc()).limit(limit)).all()


def get_inventory(session: Session, inventory_id: int) -> Inventory:
    row = session.get(Inventory, inventory_id)
    if row is None:
        raise NotFound(f"no inventory {inventory_id}")
    return row


def make_inventory(office: Office, member: Member, kind: Kind, series: str) -> int:
    """Of all that is due and on no such inventory yet. Commits. Raises FormRefused: series, no_term, empty."""
    require(member, KEEPERS)
    records = office.jurisdiction.records
    if series not in records.series:
        raise FormRefused("series")
    now, today = utc_now(), today_at(office)
    with office.sessions.begin() as session:
        one_at_a_time(session, "inventories")
        due = list_due(session, office, kind, series, today)
        if due is None:
            raise FormRefused("no_term")
        if not due:
            raise FormRefused("empty")
        rows = [_as_row(office, file, petition) for file, petition in due]
        number = next_number(session, kind.value, today.year)
        confirmed = records.is_confirmed and all(row["is_confirmed"] for row in rows)
        inventory = Inventory(
            kind=kind.value,
            series=series,
            year=today.year,
            number=number,
            label=records.numbering.label(kind.value, number, today.year),
            rows=rows,
            digest=digest_of(rows),
            is_confirmed=confirmed,
            made_at=now,
            made_by=member.id,
        )
        session.add(inventory)
        session.flush()
        members = [{"inventory_id": inventory.id, "petition_id": file.petition_id} for file, _ in due]
        insert_all(session, InventoryMember, members)
        told = {"inventory": inventory.id, "label": inventory.label, "files": len(rows)}
        note_act(session, staff_of(member.id), Act.INVENTORY_MADE, told)
        return inventory.id


def note_signed(office: Office, member: Member, inventory_id: int, signers: str) -> None:
    """Who put their names on the paper. Commits. Raises FormRefused: signers, unconfirmed (a disposal of files whose
    terms the archive has not confirmed is never signed), Stale."""
    require(member, frozenset({Role.ADMINISTRATOR}))
    if not SIGNERS_MIN <= len(signers) <= SIGNERS_MAX:
        raise FormRefused("signers")
    with office.sessions.begin() as session:
        row = session.get(Inventory, inventory_id, with_for_update=True)
        if row is None:
            raise NotFound(f"no inventory {inventory_id}")
        if row.signed_at:
            raise Stale(f"inventory {inventory_id} is signed")
        if row.kind == Kind.DISPOSAL and not row.is_confirmed:
            raise FormRefused("unconfirmed")
        row.signed_at, row.signed_by, row.noted_by = utc_now(), signers, member.id
        note_act(session, staff_of(member.id), Act.INVENTORY_SIGNED, {"inventory": row.id, "label": row.label})


def list_due(
    session: Session, office: Office, kind: Kind, series: str, today: date
) -> list[tuple[ArchiveFile, Petition]] | None:
    """Oldest first; None: a term that it would need is not known. A file that is held is due for nothing."""
    terms = office.jurisdiction.records.series[series]
    if kind == Kind.TRANSFER and terms.active_years is None:
        return None
    if kind == Kind.DISPOSAL and (terms.active_years is None or terms.resting_years is None):
        return None
    years = {Kind.GENERAL: 0, Kind.TRANSFER: terms.active_years or 0}.get(kind)
    years = (terms.active_years or 0) + (terms.resting_years or 0) if years is None else years
    own = select(ArchiveFile, Petition).join(Petition, Petition.id == ArchiveFile.petition_id)
    own = own.where(ArchiveFile.series == series, ArchiveFile.closed_at.is_not(None))
    if kind != Kind.GENERAL:
        listed = select(InventoryMember.petition_id).join(Inventory, Inventory.id == InventoryMember.inventory_id)
        listed = listed.where(Inventory.kind == kind.value, InventoryMember.petition_id == ArchiveFile.petition_id)
        own = own.where(~listed.exists(), ArchiveFile.is_held.is_(False))
    found = session.execute(own.order_by(ArchiveFile.closed_at, ArchiveFile.petition_id).limit(ROWS_MAX)).all()
    return [(file, petition) for file, petition in found if _is_over(office, file.closed_at, years, today)]


def _is_over(office: Office, closed_at: datetime | None, years: int, today: date) -> bool:
    """Whole years from the day on which it was closed."""
    assert closed_at is not None
    closed = closed_at.astimezone(office.jurisdiction.zone).date()
    return (today.year - closed.year, today.month, today.day) >= (years, closed.month, closed.day)


def _counts(session: Session, office: Office, code: str, today: date) -> Counts:
    general, transfer, disposal = (list_due(session, office, kind, code, today) for kind in Kind)
    return Counts(
        code,
        len(general or ()),
        None if transfer is None else len(transfer),
        None if disposal is None else len(disposal),
    )


def _as_row(office: Office, file: ArchiveFile, petition: Petition) -> dict[str, Any]:
    zone, terms = office.jurisdiction.zone, file.terms or {}
    closed = file.closed_at.astimezone(zone).date() if file.closed_at else None
    return {
        "label": file.label,
        "folio": petition.folio,
        "opened": petition.opened_at.astimezone(zone).date().isoformat(),
        "closed": closed.isoformat() if closed else "",
        "papers": len(file.contents or ()),
        "location": file.location,
        "active_years": terms.get("active_years"),
        "resting_years": terms.get("resting_years"),
        "destination": terms.get("destination"),
        "values": terms.get("values", []),
        "is_confirmed": bool(terms.get("is_confirmed")),
        "is_held": file.is_held,
    }
