"""Proves the trail: every link, every stretch of the history that a link covers, every petition's own chain.

Finds what was changed, removed, put in or put elsewhere. Who makes the chain anew from
a row on is found by a head that was written down elsewhere. Called by `canaliza audit verify`, the page, `sealing`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from intake.audit.stretches import digest_of
from intake.audit.trail import FIRST, Act, Head, link_hash, seal
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.petitions import history
from intake.tables.audit import AuditCheck, AuditEntry
from intake.tables.petitions import HistoryEntry, Petition

AT_ONCE, PETITIONS_AT_ONCE = 1_000, 200  # that are in memory


class FaultKind(StrEnum):
    """What is wrong with the entry that is named."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"  # it does not follow from the one before it
    CUT_OFF = "cut_off"  # it was there at an earlier check, or when its hash was written down
    OTHER_HEAD = "other_head"  # another one stood there
    HISTORY_REMOVED = "history_removed"  # of the stretch that it covers entries are missing or changed
    HISTORY_CHANGED = "history_changed"  # of a petition


@dataclass(frozen=True)
class Fault:
    """`number`: of the first entry that is wrong; of a petition's history its own number, and `folio` names it."""

    kind: FaultKind
    number: int
    folio: str | None = None


@dataclass(frozen=True)
class Verdict:
    head: Head
    fault: Fault | None
    histories: int

    @property
    def is_whole(self) -> bool:
        return self.fault is None


@dataclass(frozen=True)
class LastCheck:
    checked_at: datetime
    head: Head
    fault: Fault | None


def check(office: Office, heads: Sequence[Head] = ()) -> Verdict:
    """Seal what waits, prove everything, keep the outcome. `heads`: as they were written down elsewhere. Commits."""
    seal(office)
    began = time.monotonic()
    with reading(office.sessions) as session:
        verdict = verify(session, [*heads, *_heads_before(session)])
    fault = asdict(verdict.fault) if verdict.fault else None
    row = AuditCheck(
        checked_at=utc_now(),
        entries=verdict.head.number,
        head=verdict.head.hash,
        seconds=round(time.monotonic() - began),
        fault=fault,
    )
    with office.sessions.begin() as session:
        session.add(row)
    return verdict


def verify(session: Session, heads: Sequence[Head]) -> Verdict:
    """Changes nothing."""
    wanted: dict[int, set[str]] = {}
    for head in heads:
        wanted.setdefault(head.number, set()).add(head.hash)
    last, fault = _walk(session, wanted)
    if fault is None and any(number > last.number for number in wanted):
        fault = Fault(FaultKind.CUT_OFF, last.number + 1)
    broken, count = _walk_histories(session) if fault is None else (None, 0)
    return Verdict(last, fault or broken, count)


def find_last_check(session: Session) -> LastCheck | None:
    row = session.scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)).first()
    if row is None:
        return None
    fault = Fault(FaultKind(row.fault["kind"]), row.fault["number"], row.fault["folio"]) if row.fault else None
    return LastCheck(row.checked_at, Head(row.entries, row.head), fault)


def _heads_before(session: Session) -> Sequence[Head]:
    """Of the newest check that found nothing: what was there then has to be there now."""
    good = select(AuditCheck).where(AuditCheck.fault.is_(None)).order_by(AuditCheck.entries.desc()).limit(1)
    return [Head(row.entries, row.head) for row in session.scalars(good)]


def _walk(session: Session, wanted: Mapping[int, set[str]]) -> tuple[Head, Fault | None]:
    """The end of the chain, as far as it holds, and the first fault."""
    head = Head(0, FIRST)
    for link in _stream(session):
        fault = _fault_of(session, link, head)
        if fault is None and wanted.get(link.number, {link.hash}) != {link.hash}:
            fault = Fault(FaultKind.OTHER_HEAD, link.number)
        if fault:
            return head, fault
        head = replace(head, number=link.number, hash=link.hash)
    return head, None


def _fault_of(session: Session, link: AuditEntry, before: Head) -> Fault | None:
    if link.number != before.number + 1:
        return Fault(FaultKind.MISSING, before.number + 1)
    if link.hash != link_hash(link):
        return Fault(FaultKind.CHANGED, link.number)
    if link.previous_hash != before.hash:
        return Fault(FaultKind.UNLINKED, link.number)
    if link.act == Act.HISTORY_SEALED:
        said = link.data["count"], link.data["digest"]
        if digest_of(session, link.data["after"], link.data["until"]) != said:
            return Fault(FaultKind.HISTORY_REMOVED, link.number)
    return None


def _walk_histories(session: Session) -> tuple[Fault | None, int]:
    """The first petition whose own chain is broken, and how many were looked at."""
    count = 0
    for entries in _histories(session):
        count += 1
        if number := history.find_break(entries):
            folio = session.scalar(select(Petition.folio).where(Petition.id == entries[0].petition_id))
            return Fault(FaultKind.HISTORY_CHANGED, number, folio), count
    return None, count


def _histories(session: Session) -> Iterator[list[HistoryEntry]]:
    """One petition's entries after the other. Read by pages: a cursor would need one long transaction."""
    greatest = session.scalar(select(func.max(HistoryEntry.petition_id))) or 0
    for after in range(0, greatest, PETITIONS_AT_ONCE):
        own = HistoryEntry.petition_id > after, HistoryEntry.petition_id <= after + PETITIONS_AT_ONCE
        rows = session.scalars(select(HistoryEntry).where(*own).order_by(HistoryEntry.petition_id, HistoryEntry.number))
        for _, entries in groupby(rows, key=lambda row: row.petition_id):
            yield list(entries)


def _stream(session: Session) -> Iterator[AuditEntry]:
    number = -(2**62)
    while page := session.scalars(_after(number)).all():
        yield from page
        number = page[-1].number


def _after(number: int) -> Select[AuditEntry]:
    return select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number).limit(AT_ONCE)
