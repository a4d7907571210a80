"""Petitions that have gone their way elsewhere, or before, written many at a time with all of their steps.

Called by imports of an older register and by the invented history. Nothing is queued and nobody is told: what is
written has been said already. Never commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.clock import Terms
from intake.office import Office
from intake.petitions.folio import folio_part, new_folio
from intake.petitions.history import FIRST, Entry, entry_hash
from intake.petitions.line import Tier
from intake.petitions.states import Status
from intake.tables.answers import Answer
from intake.tables.citizens import Alias, Citizen, Conversation
from intake.tables.incoming import InboundEvent, Message
from intake.tables.mind import Decision
from intake.tables.petitions import Capture, HistoryEntry, Matter, Petition, Referral, SearchText
from intake.triage.search_words import document_of
from nlp.masks import mask

PETITION_KIND = "petition"


@dataclass(frozen=True)
class PastTurn:
    """A referral with its whole way. `is_outside`: a remission. `answer`: what the agency wrote."""

    agency: str
    is_outside: bool
    issued_at: datetime
    accepted_at: datetime | None = None
    returned_at: datetime | None = None
    return_reason: str | None = None
    answered_at: datetime | None = None
    answer: str | None = None

    @property
    def state(self) -> str:
        if self.answered_at:
            return "answered"
        if self.returned_at:
            return "returned"
        return "accepted" if self.accepted_at else "issued"


@dataclass(frozen=True)
class Came:
    """By what door: a chat's address, or (`way`) what an officer wrote down."""

    channel: ChannelName
    address: str
    way: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Past:
    """One petition of one matter. `ends`: moves after its last referral, in order: NOTIFICADA, CONCLUIDA, ORIENTADA…

    `term`: that `due_on` was counted with, None for a date of another register.
    `key`: the provider's id of what told it, unique within the channel. `captured_at`: when it was written down here.
    """

    key: str
    came: Came
    text: str
    opened_at: datetime
    due_on: date
    term: Terms | None = None
    turns: tuple[PastTurn, ...] = ()
    ends: tuple[tuple[Status, datetime], ...] = ()
    name: str | None = None
    municipality: str | None = None
    place_text: str | None = None
    is_solved: bool | None = None
    closing_reason: str | None = None
    is_sensitive: bool = False
    captured_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """A move of the matter, as its history tells it. `turn`: which one, `answers`: by its answer."""

    status: Status
    at: datetime
    turn: int | None = None
    answers: bool = False


@dataclass(frozen=True)
class Written:
    """`entries`: of its history. `answer_id`: of its newest answer."""

    petition_id: int
    conversation_id: int
    folio: str
    entries: int
    answer_id: int | None


def write_past(session: Session, office: Office, pasts: Sequence[Past], staff_id: int) -> list[Written]:
    """All of them with a dozen statements, whatever their number; in their order. `staff_id`: who answers for it."""
    if not pasts:
        return []
    citizens = _ids(session, Citizen, [{"name": past.name, "created_at": past.opened_at} for past in pasts])
    chats = _ids(session, Conversation, [_chat(p, c) for p, c in zip(pasts, citizens, strict=True)])
    _aliases(session, pasts, citizens)
    events = _ids(session, InboundEvent, [_event(p, c) for p, c in zip(pasts, chats, strict=True)])
    folios = _folios(session, office, pasts)
    rows = [_petition(*each) for each in zip(pasts, folios, citizens, chats, strict=True)]
    petitions = _ids(session, Petition, rows)
    told = zip(pasts, chats, events, petitions, strict=True)
    _put(session, Message, [_message(*each) for each in told])
    matters = _ids(session, Matter, [_matter(p, n) for p, n in zip(pasts, petitions, strict=True)])
    captured = ((past, n) for past, n in zip(pasts, petitions, strict=True) if past.came.way)
    _put(session, Capture, [_capture(past, n, staff_id) for past, n in captured])
    turns = [(past, turn, matter) for past, matter in zip(pasts, matters, strict=True) for turn in past.turns]
    referrals = _ids(session, Referral, [_referral(turn, matter, staff_id) for _, turn, matter in turns])
    _put(session, Decision, [_decision(turn, matter, staff_id) for _, turn, matter in turns])
    answered = [(turn, n) for (_, turn, _), n in zip(turns, referrals, strict=True) if turn.answer]
    answers = _ids(session, Answer, [_answer(turn, n, staff_id) for turn, n in answered])
    by_referral = dict(zip([n for _, n in answered], answers, strict=True))
    _put(session, SearchText, [_words(past, n) for past, n in zip(pasts, petitions, strict=True)])
    own = iter(referrals)
    sent = [[next(own) for _ in past.turns] for past in pasts]
    entries = [_history(*each, by_referral) for each in zip(pasts, petitions, matters, sent, strict=True)]
    _put(session, HistoryEntry, [row for rows in entries for row in rows])
    newest = [by_referral.get(referral_ids[-1]) if referral_ids else None for referral_ids in sent]
    told_of = zip(petitions, chats, folios, entries, newest, strict=True)
    return [Written(n, chat, folio, len(rows), answer) for n, chat, folio, rows, answer in told_of]


def steps_of(past: Past) -> list[Step]:
    """The matter's moves by the lifecycle, oldest first; the last one is where it stands."""
    found = [Step(Status.RECIBIDA, past.opened_at)]
    for number, turn in enumerate(past.turns):
        sent = Status.REMITIDA if turn.is_outside else Status.TURNADA
        found += [Step(Status.CLASIFICADA, turn.issued_at, number), Step(sent, turn.issued_at, number)]
        if turn.accepted_at:
            found.append(Step(Status.ACEPTADA, turn.accepted_at, number))
        if turn.returned_at:
            found.append(Step(Status.DEVUELTA, turn.returned_at, number))
        if turn.answered_at:
            found.append(Step(Status.RESPONDIDA, turn.answered_at, number, answers=True))
    return found + [Step(status, at) for status, at in past.ends]


def status_of(past: Past) -> Status:
    return steps_of(past)[-1].status


def _ids(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    relation = table.__table__  # not the class: its bulk insert takes twice as long
    statement = insert(relation).returning(relation.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _put(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table.__table__), rows)


def _chat(past: Past, citizen: int) -> dict[str, Any]:
    return {
        "channel": past.came.channel.value,
        "address": past.came.address,
        "citizen_id": citizen,
        "state": {},
        "created_at": past.opened_at,
        "last_inbound_at": past.opened_at,
        "is_stopped": False,
        "lease_number": 0,
        "allowance": 30.0,
        "quiet": 0,
    }


def _aliases(session: Session, pasts: Sequence[Past], citizens: Sequence[int]) -> None:
    known = [
        {"citizen_id": citizen, "channel": past.came.channel.value, "address": past.came.address}
        for past, citizen in zip(pasts, citizens, strict=True)
        if past.came.channel != ChannelName.DESK
    ]
    _put(session, Alias, known)


def _event(past: Past, chat: int) -> dict[str, Any]:
    return {
        "channel": past.came.channel.value,
        "provider_id": past.key,
        "kind": "message",
        "conversation_id": chat,
        "provider_order": None,
        "body": b"{}",
        "query": "",
        "received_at": past.opened_at,
        "state": "processed",
        "attempts": 0,
        "processed_at": past.captured_at or past.opened_at,
    }


def _folios(session: Session, office: Office, pasts: Sequence[Past]) -> list[str]:
    """Drawn at random, and again where one is taken: of 100,000 petitions one or two are."""
    folios: list[str] = [""] * len(pasts)
    while wanted := [place for place, folio in enumerate(folios) if not folio]:
        drawn = {place: _folio(office, pasts[place]) for place in wanted}
        taken = {*folios, *session.scalars(select(Petition.folio).where(Petition.folio.in_(drawn.values())))}
        for place, folio in drawn.items():
            folios[place] = "" if folio in taken else folio
            taken.add(folio)
    return folios


def _folio(office: Office, past: Past) -> str:
    jurisdiction = office.jurisdiction
    return new_folio(jurisdiction.folio_series, past.opened_at.astimezone(jurisdiction.zone).year)


def _petition(past: Past, folio: str, citizen: int, chat: int) -> dict[str, Any]:
    return {
        "folio": folio,
        "folio_part": folio_part(folio),
        "citizen_id": citizen,
        "conversation_id": chat,
        "status": status_of(past).value,
        "opened_at": past.opened_at,
        "due_on": past.due_on,
        "calendar": 0,
        "term_days": past.term.answer_days if past.term else None,
        "term_is_business": past.term.counts_business_days if past.term else None,
        "municipality": past.municipality,
        "place_text": past.place_text,
        "is_urgent": False,
        "is_sensitive": past.is_sensitive,
        "wants_person": False,
        "needs_interpreter": False,
        "is_anonymous": False,
        "is_minor": False,
        "tier": int(Tier.USUAL),
        "closing_reason": past.closing_reason,
        "is_solved": past.is_solved,
        "is_blocked": False,
        "version": 1,
    }


def _message(past: Past, chat: int, event: int, petition: int) -> dict[str, Any]:
    return {
        "conversation_id": chat,
        "event_id": event,
        "petition_id": petition,
        "external_id": past.key,
        "version": 1,
        "kind": PETITION_KIND,
        "text": past.text,
        "is_forwarded": False,
        "is_place": False,
        "sent_at": past.opened_at,
        "received_at": past.opened_at,
    }


def _matter(past: Past, petition: int) -> dict[str, Any]:
    agency = past.turns[-1].agency if past.turns else None
    return {"petition_id": petition, "text": past.text, "status": status_of(past).value, "agency": agency}


def _capture(past: Past, petition: int, staff_id: int) -> dict[str, Any]:
    return {
        "petition_id": petition,
        "staff_id": staff_id,
        "way": past.came.way,
        "phone": past.came.phone,
        "came_at": past.opened_at,
        "captured_at": past.captured_at or past.opened_at,
    }


def _referral(turn: PastTurn, matter: int, staff_id: int) -> dict[str, Any]:
    return {
        "matter_id": matter,
        "agency": turn.agency,
        "kind": "remision" if turn.is_outside else "canalizacion",
        "state": turn.state,
        "issued_at": turn.issued_at,
        "issued_by": staff_id,
        "accepted_at": turn.accepted_at,
        "returned_at": turn.returned_at,
        "return_reason": turn.return_reason,
        "answered_at": turn.answered_at,
        "version": 1,
    }


def _decision(turn: PastTurn, matter: int, staff_id: int) -> dict[str, Any]:
    return {"matter_id": matter, "staff_id": staff_id, "agency": turn.agency, "decided_at": turn.issued_at}


def _answer(turn: PastTurn, referral: int, staff_id: int) -> dict[str, Any]:
    return {"referral_id": referral, "staff_id": staff_id, "text": turn.answer, "created_at": turn.answered_at}


def _words(past: Past, petition: int) -> dict[str, Any]:
    return {
        "petition_id": petition,
        "words": document_of(mask(text) for text in (past.text, past.place_text or "")),
    }


def _history(
    past: Past, petition: int, matter: int, referrals: Sequence[int], answers: dict[int, int]
) -> list[dict[str, Any]]:
    """Its chain, by the machine's hand: who did it is not of this register."""
    first = Entry(
        past.opened_at,
        "citizen",
        "opened",
        {"channel": past.came.channel.value, "due_on": past.due_on.isoformat()},
    )
    entries = [first]
    for step in steps_of(past)[1:]:
        data = _data(past, step, matter, referrals, answers)
        entries.append(Entry(step.at, "machine", step.status.value, data))
    return list(_chained(petition, entries))


def _data(past: Past, step: Step, matter: int, referrals: Sequence[int], answers: dict[int, int]) -> dict[str, Any]:
    if step.turn is None:
        return {}
    referral, agency = referrals[step.turn], past.turns[step.turn].agency
    if step.answers and referral in answers:
        return {"answer": answers[referral]}
    if step.status == Status.CLASIFICADA:
        return {"matter": matter, "agency": agency}
    if step.status in (Status.TURNADA, Status.REMITIDA):
        return {"referral": referral, "agency": agency}
    return {"referral": referral}


def _chained(petition: int, entries: Iterable[Entry]) -> Iterable[dict[str, Any]]:
    previous = FIRST
    for number, entry in enumerate(entries, start=1):
        own = entry_hash(petition, number, entry, previous)
        yield {
            "petition_id": petition,
            "number": number,
            "happened_at": entry.happened_at,
            "actor": entry.actor,
            "name": entry.name,
            "data": entry.data,
            "previous_hash": previous,
            "hash": own,
        }
        previous = own
