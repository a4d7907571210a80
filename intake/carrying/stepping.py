"""The steps of an import: its rows judged, tried, brought in, and its petitions taken back.

Each step is one transaction that says how far it has come, so what a process leaves when it dies is gone on from there.
A folio that came before does not come again, whatever file it stands in.
"""

import csv
import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import structlog
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from intake.carrying.imports import AT_WORK, FILE, LOCK, State
from intake.carrying.judging import Judge, Verdict
from intake.carrying.leases import (
    TRIES_MAX,
    Errand,
    claim,
    hold,
    hold_import,
    is_ours,
    kept,
    let_go,
    let_rest,
)
from intake.carrying.mapping import Reading, mapping_from
from intake.carrying.tabular import read_heading, read_rows, sha256_of
from intake.carrying.undoing import undo_some
from intake.clock import utc_now
from intake.database import give_way, one_at_a_time, reading
from intake.errors import FormRefused, LeaseLost
from intake.failpoints import pass_point
from intake.office import Office
from intake.petitions.past import Past, Written, status_of, write_past
from intake.petitions.states import Status
from intake.reports.workbook import harmless
from intake.staff_texts import Texts
from intake.tables.carrying import Import, Imported
from intake.tables.petitions import HistoryEntry, Petition
from intake.thinking.suggestions import is_reserved, suggest

AT_ONCE = 250  # rows a step: some 0.3 s of a transaction on SQLite
STEPS = (AT_ONCE, 25, 1)  # of each try without progress: in the end it is known after which row it fails
UNSURE_KEPT = 400  # different words of a kind
COUNTS = ("comes", "known", "refused", "unsure")
HEADS = ("row", "folio", "what", "why", "unsure", "notes")
Opened = Callable[[], BinaryIO]
log = structlog.get_logger()


class Writes(Protocol):
    def write(self, words: str, /) -> int: ...


def work_once(office: Office, texts: Texts) -> bool:
    """The oldest import at work that nobody carries, as far as it goes; False when there is none. Commits."""
    is_at_work = Import.state.in_([state.value for state in AT_WORK])
    has_file = and_(Import.state == State.DONE.value, Import.lease_until.is_not(None))  # nobody has let it go yet
    errand = claim(office, Import, or_(is_at_work, has_file), utc_now())
    if errand is None:
        return False
    try:
        with kept(office, errand):
            _carry(office, errand, texts)
    except LeaseLost:
        log.warning("imports.lease-lost", number=errand.id)
    except Exception as error:  # whatever it is, other imports go on, and who sent it is told
        log.error("imports.failed", number=errand.id, tries=errand.tries, error=type(error).__name__)
        with suppress(LeaseLost):
            give_up(office, errand) if errand.tries >= TRIES_MAX else let_rest(office, errand)
    return True


def _carry(office: Office, errand: Errand, texts: Texts) -> None:
    if errand.tries > TRIES_MAX:  # each of its processes was gone before it could say why
        give_up(office, errand)
        return
    with office.sessions() as session:
        row = session.get_one(Import, errand.id)
    rows = STEPS[errand.tries - 1]
    match State(row.state):
        case State.TRYING:
            _try(office, errand, row, texts)
        case State.RUNNING:
            _bring_some(office, errand, row, rows)
        case State.UNDOING:
            office.files.remove(row.storage_key)  # what was taken back half way still has its file
            office.files.remove(row.report_key or "")
            undo_some(office, errand, rows)
        case State.DONE:
            office.files.remove(row.storage_key)  # by a process that was gone before it could
    with office.sessions.begin() as session:
        let_go(hold(session, errand), is_done=True)


def give_up(office: Office, errand: Errand) -> None:
    """Where it stands; what came in stays. A trial goes back to its columns. Commits. Raises LeaseLost."""
    with office.sessions.begin() as session:
        row = hold_import(session, errand)
        if row.state == State.TRYING.value:
            row.state, row.unsure = State.MAPPING.value, {FILE: {"failed": 1}}
        elif row.state in AT_WORK:
            row.failed_step, row.state = row.state, State.FAILED.value
        let_go(row, is_done=True)


def judge_file(office: Office, opened: Opened, wanted: Reading, *, after: int = 0) -> Iterator[Verdict]:
    """Each row's, in order. A folio that stands twice in the file is refused the second time."""
    heading, _ = read_heading(opened, rows=1)
    judge, seen = Judge(office, wanted, heading, utc_now()), set[bytes]()
    for number, row in read_rows(opened, after=after):
        verdict = judge.judge(number, row)
        mark = hashlib.blake2b(verdict.old_key.encode(), digest_size=8).digest()  # of 200,000 keys: 13 MB
        if verdict.past and mark in seen:
            verdict = replace(verdict, past=None, faults=("twice",))
        seen.add(mark)
        yield verdict


def write_report(
    office: Office, verdicts: Iterable[Verdict], target: Writes, say: Texts
) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """A line for each row: what becomes of it and why; the counts, and the words that nobody knew."""
    lines, counts = csv.writer(target), Counter[str]()
    unsure: dict[str, Counter[str]] = {}
    lines.writerow([say(f"import.head_{name}") for name in HEADS])
    rows = iter(verdicts)
    while some := list(islice(rows, AT_ONCE)):
        with reading(office.sessions) as session:
            known = _known(session, some)
        for one in some:
            what = "refused" if one.past is None else "known" if one.old_key in known else "comes"
            counts[what] += 1
            if what == "comes" and one.unsure:
                counts["unsure"] += 1
            counts.update(_faults(one))
            for kind, words in one.unsure:
                _count(unsure.setdefault(kind, Counter()), words)
            why = "; ".join(say(f"import.fault_{fault}") for fault in one.faults)
            doubts = "; ".join(f"{say(f'import.kind_{kind}')}: {words}" for kind, words in one.unsure)
            notes = "; ".join(say(f"import.note_{note}") for note in one.notes)
            lines.writerow([one.number, harmless(one.old_folio), say(f"import.what_{what}"), why, doubts, notes])
    return counts, unsure


def _faults(one: Verdict) -> list[str]:
    return [f"fault_{fault}" for fault in one.faults]


def _count(words: Counter[str], word: str) -> None:
    if word in words or len(words) < UNSURE_KEPT:
        words[word] += 1


def _try(office: Office, errand: Errand, row: Import, texts: Texts) -> None:
    """Whole, as it changes nothing but the report: begun anew when the process ends meanwhile. A file that cannot be
    read to its end, or is gone, goes back to who sent it: the imports behind it are not held up. Raises LeaseLost."""
    _drop_report(office, errand)
    try:
        values = _trial(office, errand, row, texts)
    except LeaseLost:
        raise
    except FileNotFoundError:
        values = {"state": State.MAPPING.value, "unsure": {FILE: {"gone": 1}}}
    except FormRefused as refused:
        values = {"state": State.MAPPING.value, "unsure": {FILE: {refused.fault: 1}}}
    except Exception as error:  # whatever it is, other imports go on, and who sent it is told
        log.error("imports.failed", number=row.id, error=type(error).__name__)
        values = {"state": State.MAPPING.value, "unsure": {FILE: {"failed": 1}}}
    if values["state"] != State.TRIED:
        _drop_report(office, errand)
    with office.sessions.begin() as session:
        still = is_ours(errand), Import.state == State.TRYING.value
        session.execute(update(Import).where(*still).values(**values))
    log.info("imports.tried", number=row.id, state=values["state"], **values.get("counts", {}))


def _drop_report(office: Office, errand: Errand) -> None:
    """What an earlier try put into the store, or this one before it failed. Raises LeaseLost."""
    with office.sessions() as session:
        left = hold_import(session, errand).report_key
    if left:
        office.files.remove(left)
        with office.sessions.begin() as session:
            hold_import(session, errand).report_key = None


def _trial(office: Office, errand: Errand, row: Import, texts: Texts) -> dict[str, Any]:
    """What the import's row is to say of it. Its report's key is noted before it is put there: none is left behind
    unknown. The key is this lease's own, so that whoever slept past it takes only its own away. Raises LeaseLost."""
    wanted = mapping_from(row.mapping)
    with tempfile.NamedTemporaryFile("w+", newline="", encoding="utf-8-sig", prefix="canaliza-") as target:
        verdicts = judge_file(office, lambda: office.files.open(row.storage_key), wanted)
        counts, unsure = write_report(office, verdicts, target, texts)
        target.flush()
        path = Path(target.name)
        key = f"imports/{row.id}-{errand.lease}-{sha256_of(path)}"  # apart from originals: it goes with the import
        with office.sessions.begin() as session:
            hold_import(session, errand).report_key = key
        office.files.put(path, key)
    pass_point("carrying.reported")
    try:
        with office.sessions() as session:
            hold_import(session, errand)
    except LeaseLost:
        office.files.remove(key)
        raise
    return {
        "state": State.TRIED.value,
        "counts": dict(counts),
        "unsure": {kind: dict(words.most_common(UNSURE_KEPT)) for kind, words in unsure.items()},
    }


def _bring_some(office: Office, errand: Errand, row: Import, rows: int) -> None:
    """Steps of one pass over the file, until it is over or the import is no more at work. Raises LeaseLost."""
    wanted = mapping_from(row.mapping)
    verdicts = judge_file(office, lambda: office.files.open(row.storage_key), wanted, after=row.at_row)
    brought = 0
    while some := list(islice(verdicts, rows)):
        if not _write_some(office, errand, some):
            return
        brought += len(some)
        if rows < AT_ONCE <= brought:  # past what failed: from here on by whole steps again
            return
        give_way(office.sessions)
    with office.sessions.begin() as session:
        ours = hold_import(session, errand)
        if ours.state != State.RUNNING.value:
            return
        ours.state, ours.ended_at = State.DONE.value, utc_now()
    office.files.remove(row.storage_key)  # it holds persons' data, and nothing needs it any more
    log.info("imports.done", number=row.id)


def _write_some(office: Office, errand: Errand, some: Sequence[Verdict]) -> bool:
    """False: somebody takes it back. Raises LeaseLost: another process has gone on."""
    judged = [replace(one, past=_reserved(office, one)) for one in some]
    with office.sessions.begin() as session:
        one_at_a_time(session, LOCK)
        row = hold_import(session, errand)
        if row.state != State.RUNNING.value:
            return False
        known = _known(session, judged)
        fresh = [one for one in judged if one.past and one.old_key not in known]
        written = write_past(session, office, [one.past for one in fresh if one.past], row.made_by)
        suggested = _suggest(session, office, written)
        session.add_all(_imported(row.id, *pair) for pair in zip(fresh, map(suggested, written), strict=True))
        row.at_row, row.counts, row.tries = some[-1].number, _added(row.counts, judged, known), 0
        pass_point("carrying.rows-written")
    return True


def _suggest(session: Session, office: Office, written: Sequence[Written]) -> Callable[[Written], Written]:
    """What is still to be decided gets its suggestion, as anything that comes; then its history is that much longer."""
    now, ids = utc_now(), [one.petition_id for one in written]
    waiting = Petition.id.in_(ids), Petition.status == Status.RECIBIDA.value
    petitions = {petition.id: petition for petition in session.scalars(select(Petition).where(*waiting))}
    for petition in petitions.values():
        suggest(session, office, petition, now)
    counts = select(HistoryEntry.petition_id, func.count()).where(HistoryEntry.petition_id.in_(petitions))
    longer = {row[0]: row[1] for row in session.execute(counts.group_by(HistoryEntry.petition_id))}
    return lambda one: replace(one, entries=longer.get(one.petition_id, one.entries))


def _reserved(office: Office, one: Verdict) -> Past | None:
    """What is still to be decided is read when it gets its suggestion, which marks it."""
    past = one.past
    if past is None or status_of(past) == Status.RECIBIDA:
        return past
    agency = past.turns[-1].agency if past.turns else None
    return replace(past, is_sensitive=is_reserved(office, past.text, agency, past.municipality))


def _imported(number: int, one: Verdict, written: Written) -> Imported:
    return Imported(
        petition_id=written.petition_id,
        import_id=number,
        row=one.number,
        old_folio=one.old_folio,
        old_key=one.old_key,
        entries=written.entries,
    )


def _added(counts: dict[str, int], judged: Sequence[Verdict], known: set[str]) -> dict[str, int]:
    found = Counter(counts)
    for one in judged:
        found["refused" if one.past is None else "known" if one.old_key in known else "comes"] += 1
        found["unsure"] += bool(one.past and one.unsure and one.old_key not in known)
        found.update(_faults(one))
    return {name: found[name] for name in (*COUNTS, *sorted(found.keys() - set(COUNTS)))}


def _known(session: Session, some: Sequence[Verdict]) -> set[str]:
    keys = [one.old_key for one in some if one.past]
    return set(session.scalars(select(Imported.old_key).where(Imported.old_key.in_(keys))))
