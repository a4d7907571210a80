"""Inventories of closed files, general, of transfer and of disposal: lists that people sign. Nothing is ever deleted
or moved by them: a signed disposal is a note that people may act on."""

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, defer

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
HISTORICAL = "historico"
Terms = tuple[int | None, int | None, str | None]  # years in both archives, destination
HAS_OWN_TERMS = func.coalesce(ArchiveFile.terms["is_confirmed"].as_boolean(), false())
OWN_TERMS = (
    ArchiveFile.terms["active_years"].as_integer(),
    ArchiveFile.terms["resting_years"].as_integer(),
    ArchiveFile.terms["destination"].as_string(),
)


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
    return [count_one(session, office, code, today) for code in office.jurisdiction.records.series]


def list_inventories(session: Session, limit: int = 100) -> Sequence[tuple[Inventory, int]]:
    """Newest first, without their rows, and how many files each has."""
    members = select(func.count()).where(InventoryMember.inventory_id == Inventory.id).scalar_subquery()
    own = select(Inventory, members).options(defer(Inventory.rows, raiseload=True))
    found = session.execute(own.order_by(Inventory.id.desc()).limit(limit))
    return [(inventory, count) for inventory, count in found]


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
        confirmed = records.series[series].is_confirmed and all(row["is_confirmed"] for row in rows)
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
    terms the archive has not confirmed is never signed), held (one of them is kept by now), Stale."""
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
        if row.kind == Kind.DISPOSAL and _is_any_held(session, row.id):
            raise FormRefused("held")
        row.signed_at, row.signed_by, row.noted_by = utc_now(), signers, member.id
        note_act(session, staff_of(member.id), Act.INVENTORY_SIGNED, {"inventory": row.id, "label": row.label})


def list_due(
    session: Session, office: Office, kind: Kind, series: str, today: date
) -> list[tuple[ArchiveFile, Petition]] | None:
    """Oldest first, at most ROWS_MAX; None: a term that it would need is not known."""
    due = _due(session, office, kind, series, today)
    if due is None:
        return None
    if kind == Kind.GENERAL and _count(session, due) > ROWS_MAX:
        due = due.where(~_is_listed(kind))  # in parts
    own = due.order_by(ArchiveFile.closed_at, ArchiveFile.petition_id).limit(ROWS_MAX)
    return [(file, petition) for file, petition in session.execute(own)]


def first_due(session: Session, office: Office, kind: Kind, series: str, today: date, limit: int) -> Sequence[str]:
    """Folios of the files that are due the longest."""
    due = _due(session, office, kind, series, today)
    if due is None:
        return ()
    folios = due.with_only_columns(Petition.folio).order_by(ArchiveFile.closed_at, ArchiveFile.petition_id)
    return session.scalars(folios.limit(limit)).all()


def _due(
    session: Session, office: Office, kind: Kind, series: str, today: date
) -> Select[ArchiveFile, Petition] | None:
    """A file that is held is due for nothing, and one that goes to the historical archive for no disposal. Whose terms
    the archive had confirmed when it was closed goes by those, every other one by today's."""
    own = select(ArchiveFile, Petition).join(Petition, Petition.id == ArchiveFile.petition_id)
    own = own.where(ArchiveFile.series == series, ArchiveFile.closed_at < _closed_before(office, 0, today))
    if kind == Kind.GENERAL:
        return own
    now = office.jurisdiction.records.series[series]
    groups: list[tuple[ColumnElement[bool], Terms]] = [
        (~HAS_OWN_TERMS, (now.active_years, now.resting_years, now.destination))
    ]
    kept = select(*OWN_TERMS).where(ArchiveFile.series == series, HAS_OWN_TERMS).distinct()
    for active, resting, destination in session.execute(kept):
        same = OWN_TERMS[0] == active, OWN_TERMS[1] == resting, OWN_TERMS[2] == destination
        groups.append((and_(HAS_OWN_TERMS, *same), (active, resting, destination)))
    due = [_is_old(office, kind, today, which, *terms) for which, terms in groups]
    known = [one for one in due if one is not None]
    if not known:
        return None
    return own.where(or_(*known), ~_is_listed(kind), ArchiveFile.is_held.is_(False))


def _is_old(
    office: Office,
    kind: Kind,
    today: date,
    which: ColumnElement[bool],
    active: int | None,
    resting: int | None,
    destination: str | None,
) -> ColumnElement[bool] | None:
    """Of the files with those terms the ones that are due; None: their years are not known."""
    years = active if kind == Kind.TRANSFER or active is None or resting is None else active + resting
    if years is None or (kind == Kind.DISPOSAL and resting is None):
        return None
    if kind == Kind.DISPOSAL and destination == HISTORICAL:
        return false()
    return and_(which, ArchiveFile.closed_at < _closed_before(office, years, today))


def _is_listed(kind: Kind) -> ColumnElement[bool]:
    listed = select(InventoryMember.petition_id).join(Inventory, Inventory.id == InventoryMember.inventory_id)
    own = listed.where(Inventory.kind == kind.value, InventoryMember.petition_id == ArchiveFile.petition_id)
    return own.correlate(ArchiveFile).exists()


def _is_any_held(session: Session, inventory_id: int) -> bool:
    own = select(ArchiveFile.petition_id).join(InventoryMember, InventoryMember.petition_id == ArchiveFile.petition_id)
    own = own.where(InventoryMember.inventory_id == inventory_id, ArchiveFile.is_held)
    return session.execute(own.limit(1)).first() is not None


def _closed_before(office: Office, years: int, today: date) -> datetime:
    """What was closed before this is whole years old today: they count from the day of closing."""
    year = today.year - years
    is_no_day = (today.month, today.day) == (2, 29) and not isleap(year)
    after = date(year, 3, 1) if is_no_day else today.replace(year=year) + timedelta(days=1)
    return datetime.combine(after, time(), office.jurisdiction.zone)


def _count(session: Session, due: Select[ArchiveFile, Petition]) -> int:
    return (
        session.scalar(select(func.count()).select_from(due.with_only_columns(ArchiveFile.petition_id).subquery())) or 0
    )


def count_one(session: Session, office: Office, code: str, today: date) -> Counts:
    """Of one series; of a code that there is not, nothing."""
    if code not in office.jurisdiction.records.series:
        return Counts(code, 0, None, None)
    counts = [
        None if due is None else _count(session, due)
        for due in (_due(session, office, kind, code, today) for kind in Kind)
    ]
    return Counts(code, counts[0] or 0, counts[1], counts[2])


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
