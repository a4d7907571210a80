"""What the rows say of a period's petitions, as one value per petition; read once, counted many times. Read only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from intake.indicators.measures import Case, Ledger, Subject, Turn
from intake.indicators.period import Period
from intake.indicators.register_rows import read_registers
from intake.jurisdiction import days_of
from intake.office import Office
from intake.outgoing.notified import CAME, WITHOUT_RECEIPTS
from intake.petitions.states import CLOSED, NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.archive import ArchiveFile
from intake.tables.incoming import Attachment
from intake.tables.mind import Decision
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import HistoryEntry, Matter, Petition, Referral

GUIDED = "notice.guided"
PENDING = frozenset(status.value for status in NEEDS_TRIAGE | WITH_AGENCY)
ENDS = sorted(status.value for status in CLOSED - {Status.ACUMULADA, Status.NO_PETICION})
AT_ONCE = 5_000  # ids in one statement
COUNTED_ON = timedelta(days=120)  # no term of the matrix is longer, holidays included
# Columns, not objects: a quarter is 15,000 petitions, and a row of the ORM costs ten times a row of the database.
PETITION = (
    Petition.id,
    Petition.status,
    Petition.emergency,
    Petition.data_right,
    Petition.opened_at,
    Petition.due_on,
    Petition.municipality,
)
REFERRAL = (  # in the order of `Turn`
    Referral.id,
    Petition.id,
    Referral.matter_id,
    Referral.agency,
    Referral.kind == "remision",
    Referral.state,
    Referral.issued_at,
    Referral.accepted_at,
    Referral.answered_at,
    Petition.due_on,
)
Condition = ColumnElement[bool]
Moments = dict[int, datetime]
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Told:
    """By petition: when its citizen knew an answer (receipt, or their own word), and when it was tried another way."""

    answers: Mapping[int, datetime]
    attempts: Mapping[int, datetime]
    reopened: frozenset[int]


def read_ledger(session: Session, office: Office, period: Period, today: date) -> Ledger:
    """Petitions received in the period, referrals issued in it, what was told and ended in it, as they are now."""
    began, ended = period.bounds(office.jurisdiction.zone)
    ended_in = _ended_in(session, began, ended)
    return Ledger(
        cases=tuple(list_cases(session, office, within(Petition.opened_at, began, ended))),
        turns=tuple(list_turns(session, within(Referral.issued_at, began, ended))),
        told_in=tuple(_told_in(session, began, ended)),
        ended_in=ended_in,
        today=today,
        zone=office.jurisdiction.zone,
        closed=closed_days(office, period),
        registers=read_registers(session, office, period),
        filed=_filed(session, sorted(ended_in)),
    )


def closed_days(office: Office, period: Period) -> frozenset[date]:
    """Looked up once: what began in the period is counted from its days on."""
    days, last = office.calendar.of(None), period.last + COUNTED_ON
    return frozenset(day for day in days_of(period.first, last) if day in days)


def within(moment: Any, began: datetime, ended: datetime) -> Condition:
    return and_(moment >= began, moment < ended)


def list_cases(session: Session, office: Office, received: Condition) -> Iterable[Case]:
    """`received`: a condition on petitions."""
    told, classified = _told(session, received), _classified(session, received)
    turns: dict[int, dict[int, Turn]] = defaultdict(dict)
    for turn in list_turns(session, received):  # oldest first: the newest of each matter stays
        turns[turn.petition_id][turn.matter_id] = turn
    matters: dict[int, list[tuple[int, str]]] = defaultdict(list)
    own = select(Matter.petition_id, Matter.id, Matter.status).join(Petition, Petition.id == Matter.petition_id)
    for petition_id, matter_id, status in session.execute(own.where(received)):
        matters[petition_id].append((matter_id, status))
    decided = _decided(session, received)
    for row in session.execute(select(*PETITION).where(received).order_by(Petition.id)):
        statuses = [status for _, status in matters[row.id]]
        is_told = row.id in told.reopened or not PENDING & set(statuses)
        agencies = [decided[matter_id] for matter_id, _ in matters[row.id] if matter_id in decided]
        yield Case(
            subject=_subject(row),
            opened_at=row.opened_at,
            due_on=row.due_on,
            municipality=row.municipality,
            classified_at=_last(classified.get(matter_id) for matter_id, _ in matters[row.id]),
            decided_outside=tuple(_is_outside(office, agency) for agency in agencies),
            turns=tuple(turns[row.id].values()),
            told_at=told.answers.get(row.id) if is_told else None,
            attempted_at=told.attempts.get(row.id) if is_told else None,
            was_reopened=row.id in told.reopened,
        )


def _subject(row: Any) -> Subject:
    return Subject(row.id, Status(row.status), row.emergency is not None, row.data_right is not None)


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    """None while one of them is missing."""
    known = list(moments)
    whole = [moment for moment in known if moment is not None]
    return max(whole) if whole and len(whole) == len(known) else None


def _is_outside(office: Office, agency: str) -> bool:
    found = office.jurisdiction.find_agency(agency)
    return found is not None and found.is_outside


def list_turns(session: Session, condition: Condition) -> Iterable[Turn]:
    """Oldest first. Put in order here: asked for it, SQLite reads the whole table in that order."""
    rows = (
        select(*REFERRAL)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(condition, Referral.state != "undone")
    )
    for row in sorted(session.execute(rows), key=lambda row: row.id):
        yield Turn(*row)  # type: ignore[call-arg]  # mypy sees no tuple in eleven columns


def _decided(session: Session, received: Condition) -> dict[int, str]:
    """By matter: the agency of its newest standing decision."""
    rows = _of_matter(select(Decision.id, Decision.matter_id, Decision.agency), Decision.matter_id, received)
    standing = sorted(session.execute(rows.where(Decision.undone_at.is_(None))), key=lambda row: row.id)
    return {matter_id: agency for _, matter_id, agency in standing}


def _classified(session: Session, received: Condition) -> Moments:
    """By matter: its first standing decision; an orientation classifies all matters of its petition that have none."""
    guided = _history(session, received, HistoryEntry.name == Status.ORIENTADA.value)
    matters = select(Matter.id, Matter.petition_id).join(Petition, Petition.id == Matter.petition_id)
    found: Moments = {
        matter_id: guided[petition_id]
        for matter_id, petition_id in session.execute(matters.where(received))
        if petition_id in guided
    }
    standing = _of_matter(select(Decision.matter_id, Decision.decided_at), Decision.matter_id, received)
    return found | _firsts(session.execute(standing.where(Decision.undone_at.is_(None))))


def _told(session: Session, received: Condition) -> Told:
    notified = _history(session, received, _says_known())
    guided = _guided(session, received)
    first = {
        petition: min(filter(None, (notified.get(petition), guided.get(petition)))) for petition in notified | guided
    }
    attempts = select(Task.petition_id, Task.closed_at).join(Petition, Petition.id == Task.petition_id)
    tried = _firsts(session.execute(attempts.where(received, Task.outcome.is_not(None))))
    reopened = _history(session, received, HistoryEntry.name == Status.REABIERTA.value)
    return Told(first, tried, frozenset(reopened))


def _says_known() -> Condition:
    """A receipt, a person who told them, or the citizen's own word that it is solved."""
    closed_by_them = and_(HistoryEntry.name == Status.CONCLUIDA.value, HistoryEntry.actor == "citizen")
    return or_(HistoryEntry.name == Status.NOTIFICADA.value, closed_by_them)


def _history(session: Session, received: Condition, says: Condition) -> Moments:
    """By petition: the first entry that says so. Outward from the petitions: joined otherwise, SQLite reads every entry
    of that name there ever was."""
    is_such = and_(HistoryEntry.petition_id == Petition.id, says)
    return _firsts(
        session.execute(select(Petition.id, HistoryEntry.happened_at).outerjoin(HistoryEntry, is_such).where(received))
    )


def _guided(session: Session, received: Condition) -> Moments:
    """By petition: when its written orientation came."""
    came = select(Reply.petition_id, Reply.accepted_at).join(Petition, Petition.id == Reply.petition_id)
    return _firsts(session.execute(came.where(received, _orientation_came())))


def _firsts(rows: Iterable[Any]) -> Moments:
    """By id the earliest moment. Here rather than by GROUP BY, for which SQLite reads a whole index."""
    found: Moments = {}
    for number, moment in rows:
        if moment is not None and (number not in found or moment < found[number]):
            found[number] = moment
    return found


def _orientation_came() -> Condition:
    without = and_(Reply.state == "accepted", Reply.channel.in_(sorted(WITHOUT_RECEIPTS)))
    return and_(Reply.purpose == literal(GUIDED, literal_execute=True), or_(Reply.delivery.in_(CAME), without))


def _told_in(session: Session, began: datetime, ended: datetime) -> Iterable[Subject]:
    """Petitions of any time whose citizen first knew the answer in the period. Only who has an entry of it is looked at
    whole: the histories of all times are not read for a month."""
    entries = select(HistoryEntry.petition_id).where(_says_known(), within(HistoryEntry.happened_at, began, ended))
    came = select(Reply.petition_id).where(_orientation_came(), within(Reply.accepted_at, began, ended))
    ids = sorted({one for one in (*session.scalars(entries), *session.scalars(came)) if one is not None})
    for start in range(0, len(ids), AT_ONCE):
        own = Petition.id.in_(ids[start : start + AT_ONCE])
        notified, guided = _history(session, own, _says_known()), _guided(session, own)
        oriented = _history(session, own, HistoryEntry.name == Status.ORIENTADA.value)
        for row in session.execute(select(*PETITION).where(own).order_by(Petition.id)):
            told = (notified.get(row.id), guided.get(row.id) if row.id in oriented else None)
            known = [moment for moment in told if moment is not None]
            if known and began <= min(known) < ended:
                yield _subject(row)


def _ended_in(session: Session, began: datetime, ended: datetime) -> dict[int, bool]:
    """Petitions that are over and whose end is of the period: whether each file is stored with its hash."""
    last = select(HistoryEntry.petition_id.label("id"), func.max(HistoryEntry.happened_at).label("at"))
    of_period = select(HistoryEntry.petition_id).where(
        HistoryEntry.name.in_(ENDS), within(HistoryEntry.happened_at, began, ended)
    )
    is_end = HistoryEntry.name.in_(ENDS), HistoryEntry.petition_id.in_(of_period)
    ends = last.where(*is_end).group_by(HistoryEntry.petition_id).subquery()
    is_whole = and_(Attachment.state == "stored", Attachment.sha256.is_not(None))
    missing = func.sum(case((or_(Attachment.id.is_(None), is_whole), 0), else_=1))
    rows = (
        select(Petition.id, missing)
        .join(ends, ends.c.id == Petition.id)
        .outerjoin(Attachment, Attachment.petition_id == Petition.id)
        .where(Petition.status.in_(ENDS), within(ends.c.at, began, ended))
        .group_by(Petition.id)
    )
    return {row[0]: not row[1] for row in session.execute(rows)}


def _filed(session: Session, ids: Sequence[int]) -> frozenset[int]:
    """Of these petitions the ones whose file of the archive is closed, which only a whole one is."""
    found: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        own = ArchiveFile.petition_id.in_(ids[start : start + AT_ONCE]), ArchiveFile.closed_at.is_not(None)
        found.update(session.scalars(select(ArchiveFile.petition_id).where(*own)))
    return frozenset(found)


def _of_matter(rows: Select[*Columns], matter_id: Any, received: Condition) -> Select[*Columns]:
    return rows.join(Matter, Matter.id == matter_id).join(Petition, Petition.id == Matter.petition_id).where(received)
