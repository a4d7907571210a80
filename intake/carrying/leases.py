"""Who carries an import or an export: leased with a fencing number, renewed while its process lives, tried a few times.

What a process that was killed leaves is free within seconds. What fails rests a while, so that those behind it go on.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import claimable, is_any
from intake.errors import LeaseLost
from intake.office import Office
from intake.tables.carrying import Carried, Export, Import

LEASE = timedelta(seconds=15)
RENEW_EVERY_S = 4.0  # three chances within a lease
REST = timedelta(seconds=10)  # after a try that failed
TRIES_MAX = 3  # without anything that stays done in between
log = structlog.get_logger()


@dataclass(frozen=True)
class Errand:
    """The right to carry one import or export, while `lease` is its latest. `tries`: this one included."""

    table: type[Carried]
    id: int
    lease: int
    tries: int


def claim(office: Office, table: type[Carried], wanted: ColumnElement[bool], now: datetime) -> Errand | None:
    """The oldest of the wanted that nobody carries, more than TRIES_MAX times too: whoever claims gives up. Commits."""
    free = or_(table.lease_until.is_(None), table.lease_until < now)
    due = select(table).where(wanted, free).order_by(table.id).limit(1)
    if not is_any(office.sessions, due):
        return None
    with office.sessions.begin() as session:
        row = session.scalars(claimable(due)).first()
        if row is None:
            return None
        row.lease_until, row.lease, row.tries = now + LEASE, row.lease + 1, row.tries + 1
        return Errand(table, row.id, row.lease, row.tries)


@contextmanager
def kept(office: Office, errand: Errand) -> Iterator[None]:
    """Renewed by a thread meanwhile: slow is not dead."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(RENEW_EVERY_S):
            try:
                _set_until(office, errand, utc_now() + LEASE)
            except Exception as error:  # the thread outlives a database that is away for a moment
                log.error("carrying.lease", error=type(error).__name__)

    thread = threading.Thread(target=renew, daemon=True, name=f"lease-{errand.table.__tablename__}-{errand.id}")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def hold(session: Session, errand: Errand) -> Carried:
    """Its row until the commit. Raises LeaseLost when another process carries it."""
    row = session.scalars(select(errand.table).where(is_ours(errand)).with_for_update()).first()
    if row is None:
        raise LeaseLost(f"{errand.table.__tablename__} {errand.id}")
    return row


def hold_import(session: Session, errand: Errand) -> Import:
    """As `hold`."""
    row = hold(session, errand)
    if not isinstance(row, Import):
        raise TypeError(f"{errand.table.__tablename__} {errand.id} is no import")
    return row


def hold_export(session: Session, errand: Errand) -> Export:
    """As `hold`."""
    row = hold(session, errand)
    if not isinstance(row, Export):
        raise TypeError(f"{errand.table.__tablename__} {errand.id} is no export")
    return row


def let_go(row: Carried, *, is_done: bool) -> None:
    """Free for the next step; what is done counts its tries anew. The caller holds the row and commits."""
    row.lease_until = None
    row.tries = 0 if is_done else row.tries


def let_rest(office: Office, errand: Errand) -> None:
    """After a try that failed: those behind it go first. Commits."""
    _set_until(office, errand, utc_now() + REST)


def is_ours(errand: Errand) -> ColumnElement[bool]:
    return and_(errand.table.id == errand.id, errand.table.lease == errand.lease)


def _set_until(office: Office, errand: Errand, until: datetime) -> None:
    still = is_ours(errand), errand.table.lease_until.is_not(None)
    with office.sessions.begin() as session:
        session.execute(update(errand.table).where(*still).values(lease_until=until))
