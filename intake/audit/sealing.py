"""Keeps the trail sealed: staff's acts within seconds, and every petition's history, citizens' and the machine's part
too, in stretches whose digest is a link of the chain. Runs beside the servers; costs a message nothing.
"""

import asyncio
from collections import deque
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from intake.audit.checks import check
from intake.audit.stretches import digest_of
from intake.audit.trail import MACHINE, Act, add_links, hold_chain, seal
from intake.clock import utc_now
from intake.database import is_any, reading
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.audit import AuditCheck, AuditEntry, AuditWaiting
from intake.tables.petitions import HistoryEntry

SEALS_EVERY_S = 5.0
SETTLES = timedelta(minutes=10)  # a transaction that is older was ended by the database (IDLE_IN_TRANSACTION_MS)
MARKS_EVERY = timedelta(minutes=1)
CHECKS_EVERY = timedelta(days=1)
STRETCH = 20_000  # ids of history that one link covers at most
log = structlog.get_logger()


class Sealer:
    """One a process. Remembers how far the history reached at which moment: on PostgreSQL a row with a lower number may
    still be on its way when a higher one is seen, and a stretch is closed only when none can come any more."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._marks: deque[tuple[datetime, int]] = deque()

    def look(self, now: datetime) -> None:
        """Commits what there is to be sealed by now; once a day the whole chain is checked."""
        if is_any(self._office.sessions, select(AuditWaiting.id)):
            seal(self._office)
        if not self._marks or now - self._marks[-1][0] >= MARKS_EVERY:
            with reading(self._office.sessions) as session:
                self._marks.append((now, session.scalar(select(func.max(HistoryEntry.id))) or 0))
        while self._marks and now - self._marks[0][0] >= SETTLES:
            seal_history(self._office, self._marks.popleft()[1])
        if self._is_check_due(now):
            verdict = check(self._office)
            log.info("audit.checked", head=verdict.head.hash, entries=verdict.head.number, is_whole=verdict.is_whole)

    def _is_check_due(self, now: datetime) -> bool:
        with reading(self._office.sessions) as session:
            last = session.scalar(select(func.max(AuditCheck.checked_at)))
        return last is None or now - last >= CHECKS_EVERY


async def keep_sealing(office: Office) -> None:
    sealer = Sealer(office)

    async def look() -> None:
        await asyncio.to_thread(sealer.look, utc_now())

    await again_and_again(look, every_s=SEALS_EVERY_S, name="audit.seal-failed", first_s=SEALS_EVERY_S)


def seal_history(office: Office, until: int) -> None:
    """Close stretches of the history up to that id, which nothing is added to any more. Commits each."""
    while _seal_stretch(office, until):
        pass


def _seal_stretch(office: Office, until: int) -> bool:
    with office.sessions.begin() as session:
        hold_chain(session)
        sealed = select(AuditEntry).where(AuditEntry.act == Act.HISTORY_SEALED.value)
        last = session.scalars(sealed.order_by(AuditEntry.number.desc()).limit(1)).first()
        after = last.data["until"] if last else 0
        if after >= until:
            return False
        end = min(until, after + STRETCH)
        count, digest = digest_of(session, after, end)
        data = {"after": after, "until": end, "count": count, "digest": digest}
        act = Act.HISTORY_SEALED.value
        add_links(session, [AuditWaiting(happened_at=utc_now(), actor=MACHINE, act=act, petition_id=None, data=data)])
        return True
