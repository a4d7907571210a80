"""The lists that staff work from: triage queue, an agency's inbox, waiting emergencies. Read only; for the admin.

Pages are cut by key, never by offset: the thousandth costs what the first does, and nothing slips while rows arrive.
"""

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from bot.texts import load_catalogue
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.database import has_word_index
from intake.jurisdiction import Agency
from intake.office import Office
from intake.petitions.folio import find_folios
from intake.petitions.incidents import count_members
from intake.petitions.inquiries import CAME
from intake.petitions.line import Reason, Standing, reasons_of
from intake.petitions.states import ANSWERED, CLOSED, NEEDS_TRIAGE, OPEN_REFERRALS, WITH_AGENCY, Status
from intake.tables.citizens import Conversation
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Matter, Petition, Referral
from intake.terms.expiring import Term, step_term
from intake.terms.steps import Step
from intake.thinking.facts import place_name, shorten
from intake.triage.claiming import is_free_for, list_holders
from intake.triage.dossier import days_left_of, flags_of
from intake.triage.hints import find_hints
from intake.triage.proposals import Hint, Option, options_of
from nlp.masks import mask

PAGE = 25
WORDS_MAX = 160
# Of a search: petitions that are looked through in order, then matches that are sorted. 1,000 cost 10 ms.
LOOKED_AT, LOOKED_AT_WITHOUT_INDEX, FEW = 1_000, 10_000, 2_000
INDEXED_FROM = 3  # letters: the index is of pieces of three
Row = TypeVar("Row")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
INBOXES: dict[str, tuple[str, ...]] = {
    "open": OPEN_REFERRALS,
    "came": OPEN_REFERRALS,
    "issued": ("issued",),
    "accepted": ("accepted",),
    "answered": ("answered",),
    "returned": ("returned",),
}


class Texts(Protocol):
    """Sentences by key, values filled in. Raises KeyError for an unknown key."""

    def __call__(self, key: str, **values: object) -> str: ...

    def has(self, key: str) -> bool: ...


@dataclass(frozen=True)
class Wish:
    """What of a queue is wanted. `queue`: a key of QUEUES or INBOXES; `after`: the last row of the page before.

    Filters, each empty for any: `agency` suggested, `clave` of a municipality, `flag` of FLAGS, `channel`, `days` that
    it has waited at least.
    """

    queue: str = "triage"
    words: str = ""
    after: str = ""
    agency: str = ""
    clave: str = ""
    flag: str = ""
    channel: str = ""
    days: int = 0

    @property
    def is_filtered(self) -> bool:
        return any((self.agency, self.clave, self.flag, self.channel, self.days))


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


@dataclass(frozen=True)
class InboxRow:
    key: str
    referral_id: int
    folio: str
    state: str
    issued_at: datetime
    due_on: date
    days_left: int
    place: str | None
    words: str | None
    flags: tuple[str, ...]
    datum: str | None
    step: Step | None
    own: Term | None


@dataclass(frozen=True)
class AgencyView:
    """An agency as it is looked for: `words` are lower case without accents. Its facts are confirmed or not yet."""

    agency: Agency
    words: str
    is_confirmed: bool


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`next_after` is the wish's `after` for the page that follows; None on the last one."""

    rows: tuple[Row, ...]
    next_after: str | None


@dataclass(frozen=True)
class Order:
    """One way to walk a queue: by which columns, from which key on."""

    by: Callable[[Any], tuple[ColumnElement[Any], ...]]
    key: Callable[[Petition], str]
    after: Callable[[str], list[ColumnElement[bool]]]


def load_staff_texts(path: Path, office: Office) -> Texts:
    """What staff read. Raises ValueError for a catalogue with an empty sentence."""
    return load_catalogue(path, office=office.jurisdiction.office, channel=office.jurisdiction.channel)


def list_agencies(office: Office) -> list[AgencyView]:
    """All of the catalogue, by name. `confidence` in agencies.json begins with V for what its source confirms."""
    rows = json.loads((office.jurisdiction.folder / "agencies.json").read_text(encoding="utf-8"))
    confirmed = {row["key"] for row in rows if str(row.get("confidence", "")).startswith("V")}
    views = [
        AgencyView(agency, _plain(" ".join((agency.name, agency.acronym, *agency.competence))), key in confirmed)
        for key, agency in office.jurisdiction.agencies.items()
    ]
    return sorted(views, key=lambda view: _plain(view.agency.name))


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
    behind = _ids(session, LINE, NEEDS_TRIAGE, [*others, *LINE.after(LINE.key(here))], 1) if here else []
    found = behind or _ids(session, LINE, NEEDS_TRIAGE, others, 1)
    return session.get_one(Petition, found[0]).folio if found else None


def count_waiting(session: Session) -> int:
    return session.scalar(select(func.count()).where(Petition.status.in_(_values(NEEDS_TRIAGE)))) or 0


def count_emergencies(session: Session) -> int:
    """Emergencies that nobody has decided on yet."""
    waiting = select(func.count()).where(
        Petition.status.in_(_values(NEEDS_TRIAGE)), Petition.is_urgent.is_(True), Petition.emergency.is_not(None)
    )
    return session.scalar(waiting) or 0


def list_inbox(session: Session, office: Office, member: Member, wish: Wish) -> Page[InboxRow]:
    """A page of the member's own agency's referrals: what is due first stands first; of what is done, the newest."""
    states = INBOXES.get(wish.queue, INBOXES["open"])
    is_open = set(states) <= set(OPEN_REFERRALS)
    wanted = (
        select(Referral, Petition, Matter.text)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Referral.agency == member.agency, Referral.state.in_(states), _has_left())
        .limit(PAGE + 1)
    )
    if wish.queue == "came":
        wanted = wanted.where(Referral.datum == CAME)
    if is_open:
        wanted = wanted.where(*_after_due(wish.after)).order_by(Petition.due_on, Referral.id)
    else:  # what is done grows for ever: along the index, no farther than the page
        wanted = wanted.where(*_before_issue(wish.after)).order_by(Referral.issued_at.desc(), Referral.id.desc())
    found = session.execute(wanted).all()
    rows = [_inbox_row(office, referral, petition, text) for referral, petition, text in found[:PAGE]]
    return Page(tuple(rows), rows[-1].key if len(found) > PAGE else None)


def count_inbox(session: Session, member: Member) -> dict[str, int]:
    """Open referrals of the member's agency, by inbox. What is done is not counted: it is no work, and grows."""
    open_ones = select(Referral.state, Referral.datum, func.count())
    own = open_ones.where(Referral.agency == member.agency, Referral.state.in_(OPEN_REFERRALS), _has_left())
    rows = session.execute(own.group_by(Referral.state, Referral.datum)).all()
    counts = {state: sum(count for found, _, count in rows if found == state) for state in OPEN_REFERRALS}
    return counts | {"open": sum(counts.values()), "came": sum(count for _, datum, count in rows if datum == CAME)}


def _has_left() -> ColumnElement[bool]:
    """What an officer may still take back is nobody's work yet."""
    return or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())


def _walk(
    session: Session, order: Order, statuses: frozenset[Status], limits: Sequence[ColumnElement[bool]]
) -> tuple[list[int], str | None]:
    return _ids(session, order, statuses, limits), None


def _ids(
    session: Session,
    order: Order,
    statuses: frozenset[Status],
    conditions: Sequence[ColumnElement[bool]],
    limit: int = PAGE + 1,
) -> list[int]:
    queue = _queue(statuses, conditions, limit, order).subquery()
    return list(session.scalars(select(queue.c.id).order_by(*order.by(queue.c))))


def _queue(
    statuses: frozenset[Status], conditions: Sequence[ColumnElement[bool]], limit: int, order: Order
) -> Select[Any]:
    """Each status is read along its index and no farther than the limit; then merged."""
    merged = union_all(*(_status_part(one.value, conditions, limit, order) for one in sorted(statuses))).subquery()
    return select(merged).order_by(*order.by(merged.c)).limit(limit)


def _status_part(status: str, conditions: Sequence[ColumnElement[bool]], limit: int, order: Order) -> Select[Any]:
    columns = Petition.id, Petition.is_urgent, Petition.tier, Petition.due_on, Petition.opened_at
    part = select(*columns).where(Petition.status == status, *conditions)
    return select(part.order_by(*order.by(Petition.__table__.c)).limit(limit).subquery())


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
    if mentions := find_folios(words):
        named = _ids(session, NEWEST, statuses, [Petition.folio_part.in_([m.part for m in mentions]), *after])
        if named or any(mention.is_checked for mention in mentions):
            return named, None
    has_index = len(words) >= INDEXED_FROM and has_word_index(session)
    looked_at = LOOKED_AT if has_index else LOOKED_AT_WITHOUT_INDEX
    newest = _queue(statuses, after, looked_at, NEWEST).subquery()
    holds = exists().where(Matter.petition_id == newest.c.id, _holds(words))
    found = list(session.scalars(select(newest.c.id).where(holds).order_by(*_newest_first(newest.c)).limit(PAGE + 1)))
    if len(found) > PAGE:
        return found, None
    last = session.execute(select(newest).order_by(*_newest_first(newest.c)).offset(looked_at - 1)).first()
    if last is None:
        return found, None
    indexed = _search_index(session, statuses, words, after) if has_index else None
    return (found, _place_key(last.is_urgent, last.opened_at, last.id)) if indexed is None else (indexed, None)


def _search_index(
    session: Session, statuses: frozenset[Status], words: str, after: list[ColumnElement[bool]]
) -> list[int] | None:
    """None: so many petitions hold those words that they are better looked through in order."""
    few = session.scalars(select(Matter.petition_id).where(_holds(words)).limit(FEW + 1)).all()
    if len(few) > FEW:
        return None
    wanted = select(Petition.id).where(Petition.id.in_(few), Petition.status.in_(_values(statuses)), *after)
    return list(session.scalars(wanted.order_by(*_newest_first(Petition.__table__.c)).limit(PAGE + 1)))


def _holds(words: str) -> ColumnElement[bool]:
    return Matter.text.icontains(words, autoescape=True)


def _newest_first(columns: Any) -> tuple[ColumnElement[Any], ...]:
    return columns.is_urgent.desc(), columns.opened_at.desc(), columns.id.desc()


def _newest_key(petition: Petition) -> str:
    return _place_key(petition.is_urgent, petition.opened_at, petition.id)


def _in_line(columns: Any) -> tuple[ColumnElement[Any], ...]:
    """As `line.place_of`."""
    return columns.tier, columns.due_on, columns.opened_at, columns.id


def _line_key(petition: Petition) -> str:
    return f"{petition.tier}.{petition.due_on.toordinal()}.{_age(petition.opened_at)}.{petition.id}"


def _after_in_line(key: str) -> list[ColumnElement[bool]]:
    try:
        tier, day, age, petition_id = (int(part) for part in key.split("."))
        due_on, opened_at = date.fromordinal(day), EPOCH + timedelta(microseconds=age)
    except (ValueError, OverflowError):
        return []
    place = tuple_(Petition.tier, Petition.due_on, Petition.opened_at, Petition.id)
    return [place > tuple_(min(max(tier, 0), 9), due_on, opened_at, min(petition_id, 2**63 - 1))]


def _place_key(is_urgent: bool, opened_at: datetime, petition_id: int) -> str:
    return f"{int(is_urgent)}.{_age(opened_at)}.{petition_id}"


def _inbox_key(referral: Referral, petition: Petition) -> str:
    place = petition.due_on.toordinal() if referral.state in OPEN_REFERRALS else _age(referral.issued_at)
    return f"{place}.{referral.id}"


def _age(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _after(key: str) -> list[ColumnElement[bool]]:
    try:
        urgent, age, petition_id = (int(part) for part in key.split("."))
        opened_at = EPOCH + timedelta(microseconds=age)
    except (ValueError, OverflowError):
        return []
    place = tuple_(Petition.is_urgent, Petition.opened_at, Petition.id)
    return [place < tuple_(bool(urgent), opened_at, min(petition_id, 2**63 - 1))]


def _after_due(key: str) -> list[ColumnElement[bool]]:
    try:
        day, referral_id = (int(part) for part in key.split("."))
        due_on = date.fromordinal(day)
    except (ValueError, OverflowError):
        return []
    return [tuple_(Petition.due_on, Referral.id) > tuple_(due_on, min(referral_id, 2**63 - 1))]


def _before_issue(key: str) -> list[ColumnElement[bool]]:
    try:
        age, referral_id = (int(part) for part in key.split("."))
        issued_at = EPOCH + timedelta(microseconds=age)
    except (ValueError, OverflowError):
        return []
    return [tuple_(Referral.issued_at, Referral.id) < tuple_(issued_at, min(referral_id, 2**63 - 1))]


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
        words=_words(petition, matter.text),
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


def _inbox_row(office: Office, referral: Referral, petition: Petition, text: str) -> InboxRow:
    step = {"issued": Step.ACCEPTANCE, "accepted": Step.ANSWER}.get(referral.state)
    since = referral.accepted_at or referral.issued_at
    return InboxRow(
        key=_inbox_key(referral, petition),
        referral_id=referral.id,
        folio=petition.folio,
        state=referral.state,
        issued_at=referral.issued_at,
        due_on=petition.due_on,
        days_left=days_left_of(office, petition),
        place=place_name(office, petition),
        words=None if referral.state == "returned" else _words(petition, text),
        flags=tuple(flag for flag in flags_of(petition) if flag not in ("returned", "reopened")),
        datum=referral.datum if referral.state in OPEN_REFERRALS else None,
        step=step,
        own=step_term(office, petition, step, since) if step else None,
    )


def _words(petition: Petition, text: str) -> str | None:
    """A list is seen by many and over shoulders: names and numbers of persons are read on the petition's own page."""
    return None if petition.is_sensitive else shorten(mask(text), WORDS_MAX)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _values(statuses: frozenset[Status]) -> list[str]:
    return sorted(status.value for status in statuses)


LINE = Order(_in_line, _line_key, _after_in_line)
NEWEST = Order(_newest_first, _newest_key, _after)
