"""Takes the petitions of an import back, some at a time; what somebody has worked with stays, and is counted."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from intake.boards.keeping import days_of_petitions, doubt_days
from intake.carrying.imports import LOCK, State
from intake.carrying.leases import Errand, hold_import
from intake.clock import utc_now
from intake.database import give_way, one_at_a_time
from intake.erasing.rows import ONWARD, RELATIONS, Person, of_person
from intake.failpoints import pass_point
from intake.office import Office
from intake.tables.base import Table
from intake.tables.carrying import Imported
from intake.tables.citizens import Citizen, Conversation
from intake.tables.petitions import HistoryEntry, Petition

# What an import writes of a petition, and what the machine alone makes of it since.
OWN = frozenset(
    "conversations inbound_events messages petitions captures imported matters decisions referrals answers history "
    "search_texts".split()
)
MADE = frozenset("traits bands comparisons likenesses matter_topics told_terms suggestions trial_rankings".split())


def undo_some(office: Office, errand: Errand, rows: int) -> None:
    """All of them, a transaction for each few, and the import is at its end. Raises LeaseLost."""
    last: int | None = 0
    while last is not None:
        with office.sessions.begin() as session:
            one_at_a_time(session, LOCK)
            row = hold_import(session, errand)
            found = _after(session, row.id, last, rows)
            _remove(session, office, found)
            last = found[-1] if found else None
            if last is None:
                stayed = select(func.count()).select_from(Imported).where(Imported.import_id == row.id)
                row.counts = {**row.counts, "stayed": session.scalar(stayed) or 0}
                row.state, row.ended_at, row.report_key = State.UNDONE.value, utc_now(), None
            row.tries = 0
            pass_point("carrying.some-undone")
        give_way(office.sessions)


def _after(session: Session, number: int, last: int, rows: int) -> Sequence[int]:
    own = Imported.import_id == number, Imported.petition_id > last
    return session.scalars(select(Imported.petition_id).where(*own).order_by(Imported.petition_id).limit(rows)).all()


def _remove(session: Session, office: Office, petitions: Sequence[int]) -> None:
    """Those that are as they came: same history, and nothing of anybody's that refers to them. Their chats are locked
    first, as whoever works with one of them does."""
    if not petitions:
        return
    chosen = select(Petition.conversation_id).where(Petition.id.in_(petitions))
    locked = select(Conversation.id).where(Conversation.id.in_(chosen)).order_by(Conversation.id)
    session.execute(locked.with_for_update()).all()
    whole = _as_they_came(session, petitions)
    chats = select(Petition.conversation_id, Petition.citizen_id).where(Petition.id.in_(whole))
    rows = session.execute(chats).all()
    person = Person(tuple(row[1] for row in rows), tuple(row[0] for row in rows))
    days = days_of_petitions(session, office, whole)
    for relation in reversed(Table.metadata.sorted_tables):  # what refers to a row goes before it
        name = relation.name
        if name in OWN | MADE:
            session.execute(delete(RELATIONS[name]).where(of_person(name, person)))
    session.execute(delete(Citizen).where(Citizen.id.in_(person.citizens)))
    doubt_days(session, days)


def _as_they_came(session: Session, petitions: Sequence[int]) -> list[int]:
    further = exists().where(HistoryEntry.petition_id == Imported.petition_id, HistoryEntry.number > Imported.entries)
    rows = select(Petition.id, Petition.conversation_id).join(Imported, Imported.petition_id == Petition.id)
    found = session.execute(rows.where(Petition.id.in_(petitions), ~further)).all()
    touched = _referred(session, [row[1] for row in found])
    return [row[0] for row in found if row[1] not in touched]


def _referred(session: Session, chats: Sequence[int]) -> set[int]:
    """Chats of which another table tells: a meeting, a study, a file of the archive. Asked of all at once first, then
    one by one only of the tables that tell of any."""
    telling = [name for name in ONWARD if name not in OWN | MADE and _any(session, [name], chats)]
    return {chat for chat in chats if telling and _any(session, telling, [chat])}


def _any(session: Session, names: Sequence[str], chats: Sequence[int]) -> bool:
    person = Person((), tuple(chats))
    return any(
        session.execute(select(func.count()).select_from(RELATIONS[name]).where(of_person(name, person))).scalar()
        for name in names
    )
