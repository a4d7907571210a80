"""One row of a register: the petition that it is, or why it does not come in; what is unsure stands beside it.

Nothing is guessed silently: a place, an agency or a state that no finder knows is said, and the mapping may name it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from rapidfuzz import fuzz

from bot.messages import ChannelName
from intake.carrying.dates import read_moment
from intake.carrying.mapping import Field, Reading, Vocabulary, load_vocabulary, plain
from intake.carrying.old_folios import FOLIO_MAX, key_of
from intake.carrying.tabular import Row
from intake.clock import due_date
from intake.jurisdiction import Agency
from intake.office import Office
from intake.petitions.past import Came, Past, PastTurn
from intake.petitions.states import Status
from intake.triage.capturing import NAME_MAX, CameBy, CaptureRefused, read_phone
from nlp.reading import Municipality

DUE_MAX = timedelta(days=3_660)  # no term is ten years
AHEAD = timedelta(days=1)  # a date without an hour is noon
PLACES_KEPT, PLACE_MAX, ANSWER_MAX = 5_000, 300, 20_000
AGENCY_ALIKE, AGENCY_AHEAD = 92.0, 4.0  # rapidfuzz: so like, and so much more than the next one
LONG_WAY = {Status.RESPONDIDA, Status.NOTIFICADA}
GONE = {Status.ORIENTADA, Status.DESISTIDA, Status.NO_PETICION}
UNSURE_KINDS = ("municipality", "agency", "state")


@dataclass(frozen=True)
class Verdict:
    """`faults`: why it does not come in. `unsure`: what was not known, by kind, in the file's words; `notes`: what was
    taken for granted. Each is a name of the catalogue (`import.fault_`, `import.note_`)."""

    number: int
    old_folio: str
    old_key: str
    past: Past | None
    faults: tuple[str, ...] = ()
    unsure: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dates:
    received: datetime
    turned: datetime | None
    answered: datetime | None
    notified: datetime | None
    closed: datetime | None


class _Refused(Exception):
    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Judge:
    """Of one file: remembers what it looked up."""

    def __init__(self, office: Office, reading: Reading, heading: Row, now: datetime) -> None:
        self._office, self._reading, self._now = office, reading, now
        self._at = {one: heading.index(name) for one, name in reading.columns.items() if name in heading}
        self._vocabulary: Vocabulary = load_vocabulary(office.jurisdiction.folder)
        self._agencies = list(office.jurisdiction.agencies.values())
        self._place: Callable[[str], Municipality | None] = lru_cache(PLACES_KEPT)(self._find_place)
        self._agency: Callable[[str], Agency | None] = lru_cache(PLACES_KEPT)(self._find_agency)

    def judge(self, number: int, row: Row) -> Verdict:
        cells = {one: row[at] for one, at in self._at.items() if at < len(row)}
        old_folio = cells.get(Field.FOLIO, "")[:FOLIO_MAX]
        key = key_of(old_folio)
        unsure: list[tuple[str, str]] = []
        notes: list[str] = []
        try:
            if not any(c.isdigit() for c in key):
                raise _Refused("folio")
            past = self._past(key, cells, unsure, notes)
        except _Refused as refused:
            return Verdict(number, old_folio, key, None, (refused.fault,), tuple(unsure), tuple(notes))
        return Verdict(number, old_folio, key, past, (), tuple(unsure), tuple(notes))

    def _past(self, key: str, cells: dict[str, str], unsure: list[tuple[str, str]], notes: list[str]) -> Past:
        text = cells.get(Field.TEXT, "")
        if not text:
            raise _Refused("text")
        dates = self._dates(cells)
        place = self._known_place(cells.get(Field.MUNICIPALITY, ""), unsure)
        agency = self._known_agency(cells.get(Field.AGENCY, ""), unsure)
        state = self._state(cells.get(Field.STATE, ""), dates, agency, unsure)
        answer = cells.get(Field.ANSWER, "")[:ANSWER_MAX] or None
        turns, ends = _way(state, dates, agency, answer, notes)
        said = cells.get(Field.MUNICIPALITY, "") if place is None else ""
        where = ", ".join(filter(None, (cells.get(Field.PLACE, ""), said)))
        jurisdiction = self._office.jurisdiction
        terms = jurisdiction.terms_at(dates.received)
        due = self._due(cells, dates.received)
        return Past(
            key=f"import-{key}",
            came=Came(ChannelName.DESK, f"import-{key}", CameBy.IMPORT.value, self._phone(cells, notes)),
            text=text,
            opened_at=dates.received,
            due_on=due or due_date(dates.received, terms, zone=jurisdiction.zone, closed=jurisdiction.closed),
            term=None if due else terms,
            turns=turns,
            ends=ends,
            name=cells.get(Field.NAME, "")[:NAME_MAX] or None,
            municipality=place.clave if place else None,
            place_text=where[:PLACE_MAX] or None,
            captured_at=self._now,
        )

    def _dates(self, cells: dict[str, str]) -> Dates:
        received = self._moment(cells, Field.RECEIVED)
        if received is None:
            raise _Refused("received")
        others = [self._moment(cells, one) for one in (Field.TURNED, Field.ANSWERED, Field.NOTIFIED, Field.CLOSED)]
        in_order = [moment for moment in (received, *others) if moment]
        days = [moment.date() for moment in in_order]
        if days != sorted(days):
            raise _Refused("order")
        if max(in_order) > self._now + AHEAD:
            raise _Refused("future")
        return Dates(received, *_not_before(received, others))

    def _due(self, cells: dict[str, str], received: datetime) -> date | None:
        """A slip in its year would stand before all that is late, or after the calendar's end."""
        due = self._moment(cells, Field.DUE)
        if due is None:
            return None
        if due.date() < received.date():
            raise _Refused("order")
        if due - received > DUE_MAX:
            raise _Refused("date")
        return due.date()

    def _moment(self, cells: dict[str, str], one: Field) -> datetime | None:
        words = cells.get(one, "")
        if not words:
            return None
        moment = read_moment(words, self._office.jurisdiction.zone, month_first=self._reading.month_first)
        if moment is None:
            raise _Refused("date")
        return moment

    def _phone(self, cells: dict[str, str], notes: list[str]) -> str | None:
        try:
            return read_phone(cells.get(Field.PHONE, ""))
        except CaptureRefused:
            notes.append("phone")
            return None

    def _known_place(self, words: str, unsure: list[tuple[str, str]]) -> Municipality | None:
        place = self._place(words) if words else None
        if words and place is None:
            unsure.append(("municipality", words))
        return place

    def _known_agency(self, words: str, unsure: list[tuple[str, str]]) -> Agency | None:
        agency = self._agency(words) if words else None
        if words and agency is None:
            unsure.append(("agency", words))
        return agency

    def _find_place(self, words: str) -> Municipality | None:
        """As the chat understands an answer to «¿De qué municipio?»; or an INEGI key, with the state's or without."""
        reader = self._office.reader
        if named := self._reading.municipalities.get(plain(words)):
            return reader.find_municipality(named)
        if words.isdigit():
            state = next(iter(reader.list_municipalities())).clave[:2]
            return reader.find_municipality(words.zfill(5)) or reader.find_municipality(state + words.zfill(3))
        read = reader.read_place(words, is_answer=True)
        return read.chosen if read else None

    def _find_agency(self, words: str) -> Agency | None:
        """By key, name or acronym; a name with slips only where no other is as like."""
        said = plain(words)
        if named := self._reading.agencies.get(said):
            return self._office.jurisdiction.find_agency(named)
        for agency in self._agencies:
            if said in (plain(agency.key), plain(agency.name), *_acronyms(agency.acronym)):
                return agency
        alike = sorted(((fuzz.ratio(said, plain(one.name)), one.key) for one in self._agencies), reverse=True)
        is_sure = alike[0][0] >= AGENCY_ALIKE and alike[0][0] - alike[1][0] >= AGENCY_AHEAD
        return self._office.jurisdiction.find_agency(alike[0][1]) if is_sure else None

    def _state(self, words: str, dates: Dates, agency: Agency | None, unsure: list[tuple[str, str]]) -> Status:
        """What the file says; where it says nothing that is known, what its dates say."""
        known = self._reading.states.get(plain(words)) or self._vocabulary.states.get(plain(words))
        if words and known is None:
            unsure.append(("state", words))
        return Status(known) if known else _by_dates(dates, agency)


def _by_dates(dates: Dates, agency: Agency | None) -> Status:
    if dates.closed:
        return Status.CONCLUIDA
    if dates.notified:
        return Status.NOTIFICADA
    if dates.answered:
        return Status.RESPONDIDA
    return Status.TURNADA if agency else Status.RECIBIDA


def _way(
    state: Status, dates: Dates, agency: Agency | None, answer: str | None, notes: list[str]
) -> tuple[tuple[PastTurn, ...], tuple[tuple[Status, datetime], ...]]:
    """Its turn and what came after it, so that the lifecycle's moves lead to the state. Raises _Refused."""
    if state == Status.RECIBIDA:
        return (), ()
    if state in GONE:
        return (), ((state, _gone_at(dates, notes)),)
    if agency is None:
        if state != Status.CONCLUIDA:
            raise _Refused("agency")
        notes.append("guided")
        gone = _gone_at(dates, notes)
        return (), ((Status.ORIENTADA, dates.answered or gone), (Status.CONCLUIDA, gone))
    issued = dates.turned or dates.received
    if dates.turned is None:
        notes.append("turned")
    if state in (Status.TURNADA, Status.ACEPTADA):
        accepted = issued if state == Status.ACEPTADA else None
        return (PastTurn(agency.key, agency.is_outside, issued, accepted),), ()
    answered = dates.answered or dates.notified or dates.closed
    if answered is None:
        raise _Refused("answered")
    if dates.answered is None:
        notes.append("answered")
    turn = PastTurn(agency.key, agency.is_outside, issued, issued, answered_at=answered, answer=answer)
    return (turn,), tuple(_endings(state, dates, answered, notes))


def _endings(state: Status, dates: Dates, answered: datetime, notes: list[str]) -> Iterable[tuple[Status, datetime]]:
    if dates.notified or state == Status.NOTIFICADA:
        if dates.notified is None:
            notes.append("notified")
        yield Status.NOTIFICADA, dates.notified or answered
    if state == Status.CONCLUIDA:
        yield Status.CONCLUIDA, dates.closed or dates.notified or answered


def _gone_at(dates: Dates, notes: list[str]) -> datetime:
    gone = dates.closed or dates.notified or dates.answered
    if gone is None:
        notes.append("ended")
    return gone or dates.turned or dates.received


def _not_before(received: datetime, others: Iterable[datetime | None]) -> list[datetime | None]:
    """A date of the day of reception may stand at noon: never before what went before it."""
    found, last = [], received
    for moment in others:
        last = max(last, moment) if moment else last
        found.append(last if moment else None)
    return found


def _acronyms(words: str) -> list[str]:
    """«Sego (antes Segego)» is two."""
    return [one for part in words.replace("(antes", ",").replace("/", ",").split(",") if (one := plain(part))]
