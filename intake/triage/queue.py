"""The queue: what waits to be decided, what comes next, and each other stock of petitions. Read only; for the admin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from intake.accounts.staff import Member
from intake.carrying.old_folios import find_by_words
from intake.clock import utc_now
from intake.database import has_word_index
from intake.office import Office
from intake.petitions.folio import find_folios
from intake.petitions.incidents import count_members
from intake.petitions.line import Reason, Standing, reasons_of
from intake.petitions.states import ANSWERED, CLOSED, NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.citizens import Conversation
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Matter, Petition
from intake.thinking.facts import place_name
from intake.triage.claiming import is_free_for, list_holders
from intake.triage.hints import find_hints
from intake.triage.lists import PAGE, Page, Wish, words_of
from intake.triage.marks import days_left_of, flags_of
from intake.triage.proposals import Hint, Option, options_of
from intake.triage.walking import LINE, NEWEST, Order, merge_statuses, newest_first, place_key, values_of, walk_ids

# Of a search: petitions that are looked through in order, then matches that are sorted. 1,000 cost 10 ms.
LOOKED_AT, LOOKED_AT_WITHOUT_INDEX, FEW = 1_000, 10_000, 2_000
INDEXED_FROM = 3  # letters: the index is of pieces of three
# Marks by which the queue is narrowed, by the names of the catalogue's `flag.<name>`.
FLAGS: dict[str, ColumnElement[bool]] = {
    "emergency": Petition.emergency.is_not(None),
    "urgent": Petition.is_urgent.is_(True),
    "sensitive": Petition.is_sensitive.is_(True),
    "person": Petition.wants_person.is_(True),
    "interpreter": Petition.needs_interpreter.is_(True),
    "minor": Petition.is_minor.is_(True),
    "anonymous": Petition.is_anonymous.is_(True),
    "contingency": Petition.contingency_id.is_not(None),
    "rights": Petition.data_right.is_not(None),
}
QUEUES: dict[str, frozenset[Status]] = {
    "triage": NEEDS_TRIAGE,
    "returned": frozenset({Status.DEVUELTA}),
    "reopened": frozenset({Status.REABIERTA}),
    "with_agency": WITH_AGENCY,
    "answered": ANSWERED,
    "closed": CLOSED,
    "all": frozenset(Status),
}


@dataclass(frozen=True)
class QueueRow:
    """One petition as a line. `together`: petitions of its incident, 0 without one.

    `words` None: a sensitive matter is read only on its own page, where that is noted. `reasons`: why it stands there;
    `holder`: the name of who else is looking at it.
    """

    key: str
    folio: str
    status: Status
    opened_at: datetime
    due_on: date
    days_left: int
    is_open: bool
    place: str | None
    words: str | None
    first: Option | None
    flags: tuple[str, ...]
    emergency: str | None
    together: int
    reasons: tuple[Reason, ...]
    holder: str | None = None


def list_queue(session: Session, office: Office, wish: Wish, member: Member | None = None) -> Page[QueueRow]:
    """A page of the queue: what waits to be decided in the order of `line`; of all else what is urgent, then the
    newest. An unknown queue or key means the beginning; `member`: who asks, to see who else looks at what."""
    statuses, words = QUEUES.get(wish.queue, NEEDS_TRIAGE), wish.words.strip()
    order = LINE if statuses <= NEEDS_TRIAGE and not words else NEWEST
    limits = [*order.after(wish.after), *_filters(wish)]
    ids, onward = _search(session, statuses, words, limits) if words else _walk(session, order, statuses, limits)
    holders = list_holders(session, ids[:PAGE], member, utc_now()) if member else {}
    rows = [
        replace(row, key=order.key(petition), holder=holders.get(petition.id))
        for row, petition in _queue_rows(session, office, ids[:PAGE])
    ]
    return Page(tuple(rows), rows[-1].key if len(ids) > PAGE else onward)


def find_next(session: Session, folio: str, member: Member | None = None) -> str | None:
    """The folio to decide after this one: the next of the triage queue, else its first; None when nothing waits.

    What somebody else than `member` is looking at is passed over.
    """
    here = session.scalars(select(Petition).where(Petition.folio == folio)).first()
    others: list[ColumnElement[bool]] = [Petition.folio != folio]
    if member:
        others.append(is_free_for(member, utc_now()))
    behind = walk_ids(session, LINE, NEEDS_TRIAGE, [*others, *LINE.after(LINE.key(here))], 1) if here else []
    found = behind or walk_ids(session, LINE, NEEDS_TRIAGE, others, 1)
    return session.get_one(Petition, found[0]).folio if found else None


def count_waiting(session: Session) -> int:
    return session.scalar(select(func.count()).where(Petition.status.in_(values_of(NEEDS_TRIAGE)))) or 0


def count_emergencies(session: Session) -> int:
    """Emergencies that nobody has decided on yet."""
    waiting = select(func.count()).where(
        Petition.status.in_(values_of(NEEDS_TRIAGE)), Petition.is_urgent.is_(True), Petition.emergency.is_not(None)
    )
    return session.scalar(waiting) or 0


def _walk(
    session: Session, order: Order, statuses: frozenset[Status], limits: Sequence[ColumnElement[bool]]
) -> tuple[list[int], str | None]:
    return walk_ids(session, order, statuses, limits), None


def _filters(wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.agency:
        found.append(_suggests(wish.agency))
    if wish.clave:
        found.append(Petition.municipality == wish.clave)
    if wish.flag in FLAGS:
        found.append(FLAGS[wish.flag])
    if wish.channel:
        chat = select(Conversation.id).where(Conversation.id == Petition.conversation_id)
        found.append(chat.where(Conversation.channel == wish.channel).exists())
    if wish.days > 0:
        found.append(Petition.opened_at <= utc_now() - timedelta(days=wish.days))
    return found


def _suggests(agency: str) -> ColumnElement[bool]:
    """The newest suggestion of a matter offers that agency first: the rules' proposal, else the mind's."""
    newer = aliased(SuggestionRow)
    first = func.coalesce(SuggestionRow.agency, SuggestionRow.ranking[(0, "agency")].as_string())
    own = select(SuggestionRow.id).join(Matter, Matter.id == SuggestionRow.matter_id)
    is_newest = ~select(newer.id).where(newer.matter_id == Matter.id, newer.id > SuggestionRow.id).exists()
    return own.where(Matter.petition_id == Petition.id, is_newest, first == agency).exists()


def _search(
    session: Session, statuses: frozenset[Status], words: str, after: list[ColumnElement[bool]]
) -> tuple[list[int], str | None]:
    """A page and one more, of that folio or whose text holds those words; and where a further look would begin.

    A common word fills its page on the way down the newest; what is not found there is rare, and the index knows it.
    """
    if old := find_by_words(session, words):
        return walk_ids(session, NEWEST, statuses, [Petition.id.in_(old), *after]), None
    if mentions := find_folios(words):
        named = walk_ids(session, NEWEST, statuses, [Petition.folio_part.in_([m.part for m in mentions]), *after])
        if named or any(mention.is_checked for mention in mentions):
            return named, None
    has_index = len(words) >= INDEXED_FROM and has_word_index(session)
    looked_at = LOOKED_AT if has_index else LOOKED_AT_WITHOUT_INDEX
    newest = merge_statuses(statuses, after, looked_at, NEWEST).subquery()
    holds = exists().where(Matter.petition_id == newest.c.id, _holds(words))
    found = list(session.scalars(select(newest.c.id).where(holds).order_by(*newest_first(newest.c)).limit(PAGE + 1)))
    if len(found) > PAGE:
        return found, None
    last = session.execute(select(newest).order_by(*newest_first(newest.c)).offset(looked_at - 1)).first()
    if last is None:
        return found, None
    indexed = _search_index(session, statuses, words, after) if has_index else None
    return (found, place_key(last.is_urgent, last.opened_at, last.id)) if indexed is None else (indexed, None)


def _search_index(
    session: Session, statuses: frozenset[Status], words: str, after: list[ColumnElement[bool]]
) -> list[int] | None:
    """None: so many petitions hold those words that they are better looked through in order."""
    few = session.scalars(select(Matter.petition_id).where(_holds(words)).limit(FEW + 1)).all()
    if len(few) > FEW:
        return None
    wanted = select(Petition.id).where(Petition.id.in_(few), Petition.status.in_(values_of(statuses)), *after)
    return list(session.scalars(wanted.order_by(*newest_first(Petition.__table__.c)).limit(PAGE + 1)))


def _holds(words: str) -> ColumnElement[bool]:
    return Matter.text.icontains(words, autoescape=True)


def _queue_rows(session: Session, office: Office, ids: Sequence[int]) -> list[tuple[QueueRow, Petition]]:
    """A few queries, however many rows: petitions, first waiting matters, newest suggestions, sizes of incidents."""
    petitions = {row.id: row for row in session.scalars(select(Petition).where(Petition.id.in_(ids)))}
    matters: dict[int, Matter] = {}
    for matter in session.scalars(select(Matter).where(Matter.petition_id.in_(ids)).order_by(Matter.id.desc())):
        if matter.petition_id not in matters or Status(matter.status) in NEEDS_TRIAGE:
            matters[matter.petition_id] = matter
    newest = select(func.max(SuggestionRow.id)).where(SuggestionRow.matter_id.in_([m.id for m in matters.values()]))
    chosen = select(SuggestionRow).where(SuggestionRow.id.in_(newest.group_by(SuggestionRow.matter_id)))
    suggestions = {row.matter_id: row for row in session.scalars(chosen)}
    together = count_members(session, [*ids])
    found = [(petitions[petition_id], matters[petition_id]) for petition_id in ids]
    hints = find_hints(session, office.jurisdiction, [m for _, m in found])
    offered = {m.id: _first(office, suggestions.get(m.id), hints.get(m.id)) for _, m in found}
    return [
        (_queue_row(office, p, m, offered[m.id], together.get(p.id, 0), suggestions.get(m.id)), p) for p, m in found
    ]


def _first(office: Office, suggestion: SuggestionRow | None, hint: Hint | None) -> Option | None:
    options = options_of(office.jurisdiction, suggestion, hint) if suggestion else ()
    return options[0] if options else None


def _queue_row(
    office: Office,
    petition: Petition,
    matter: Matter,
    first: Option | None,
    together: int,
    suggestion: SuggestionRow | None,
) -> QueueRow:
    left = days_left_of(office, petition)
    return QueueRow(
        key="",
        folio=petition.folio,
        status=Status(petition.status),
        opened_at=petition.opened_at,
        due_on=petition.due_on,
        days_left=left,
        is_open=Status(petition.status) in NEEDS_TRIAGE | WITH_AGENCY,
        place=place_name(office, petition),
        words=words_of(petition, matter.text),
        first=first,
        flags=flags_of(petition),
        emergency=petition.emergency,
        together=together,
        reasons=reasons_of(_standing(petition, suggestion, left)),
    )


def _standing(petition: Petition, suggestion: SuggestionRow | None, left: int) -> Standing:
    is_read = suggestion is not None and suggestion.model_version is not None
    return Standing(
        marks=petition,
        due_on=petition.due_on,
        days_left=left,
        opened_at=petition.opened_at,
        petition_id=petition.id,
        is_returned=petition.status == Status.DEVUELTA,
        is_reopened=petition.status == Status.REABIERTA,
        is_sure=suggestion.is_sure if suggestion and is_read else None,
    )
