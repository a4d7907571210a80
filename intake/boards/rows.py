"""The petitions behind a number of the boards: those that add to it, page by page. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake.alerts.counting import counted
from intake.boards.counting import became, empty_ledger, read_cases
from intake.boards.lines import LATE, OPEN, late_petitions
from intake.boards.tally import NOWHERE, Addition, add_case, add_turn
from intake.indicators.ledger import list_turns, within
from intake.indicators.period import Period
from intake.office import Office
from intake.tables.alerts import MatterTopic
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition, Referral

PIECE, PIECES = 400, 20  # petitions that are looked at together; so often, until a page says «go on»
AGENCY, TOWN, SENT, TOPIC = "agency.", "town.", "sent", "topic"


@dataclass(frozen=True)
class Behind:
    """`onward`: what the next page begins after; there may be a next page after an empty one."""

    ids: frozenset[int]
    onward: int | None


def list_behind(
    session: Session, office: Office, period: Period, today: date, addition: Addition, after: int, limit: int
) -> Behind:
    """Oldest first by number. A petition with two referrals to an agency is two in the number, one here; so is one with
    several messages, and a person's several petitions about a topic stand all here."""
    found: list[int] = []
    for _ in range(PIECES):
        ids = session.scalars(_candidates(office, period, today, addition, after).limit(PIECE)).all()
        adding = _adding(session, office, period, today, addition, ids)
        found += [one for one in ids if one in adding]
        if len(found) > limit:
            return Behind(frozenset(found[:limit]), found[limit - 1])
        if len(ids) < PIECE:
            return Behind(frozenset(found), None)
        after = ids[-1]
    return Behind(frozenset(found), after)


def _candidates(office: Office, period: Period, today: date, addition: Addition, after: int) -> Select[int]:
    figure, key = addition
    began, ended = period.bounds(office.jurisdiction.zone)
    wanted = select(Petition.id).where(Petition.id > after).order_by(Petition.id)
    if figure == SENT:
        return wanted.where(Petition.id.in_(_sent(key, began, ended)))
    if figure == TOPIC:
        of_topic = select(Matter.petition_id).join(MatterTopic, MatterTopic.matter_id == Matter.id)
        wanted = wanted.where(Petition.id.in_(of_topic.where(MatterTopic.topic == key)), *counted())
    if figure.startswith(AGENCY):
        of_agency = select(Matter.petition_id).join(Referral, Referral.matter_id == Matter.id)
        of_agency = of_agency.where(Referral.agency == key, within(Referral.issued_at, began, ended))
        if figure == AGENCY + LATE:
            of_agency = of_agency.where(Referral.state.in_(OPEN))
            wanted = wanted.where(Petition.due_on < today)
        return wanted.where(Petition.id.in_(of_agency))
    if figure.startswith(TOWN):
        wanted = wanted.where(Petition.municipality.is_(None) if key == NOWHERE else Petition.municipality == key)
    if figure == TOWN + LATE:
        return wanted.where(*late_petitions(office, period, today))
    return wanted.where(within(Petition.opened_at, began, ended))


def _sent(key: str, began: datetime, ended: datetime) -> Select[int | None]:
    """Petitions of the messages that `counting` counts under a channel and what became of them."""
    channel, _, outcome = key.partition(":")
    own = Reply.channel == channel, within(Reply.sending_at, began, ended), Reply.petition_id.is_not(None)
    return select(Reply.petition_id).where(*own, became() == outcome)


def _adding(
    session: Session, office: Office, period: Period, today: date, addition: Addition, ids: Sequence[int]
) -> frozenset[int]:
    if not ids or addition[0] in (SENT, TOPIC) or addition[0].endswith("." + LATE):
        return frozenset(ids)
    ledger, values = empty_ledger(office, period.first, period.last, today), office.matrix.values
    if addition[0].startswith(AGENCY):
        began, ended = period.bounds(office.jurisdiction.zone)
        turns = list_turns(session, Petition.id.in_(ids) & within(Referral.issued_at, began, ended))
        return frozenset(turn.petition_id for turn in turns if _is_in(addition, add_turn(turn, ledger, values)))
    cases = read_cases(session, office, Petition.id.in_(ids))
    return frozenset(case.id for case, facts in cases if _is_in(addition, add_case(case, facts, ledger, values)))


def _is_in(wanted: Addition, additions: Iterable[Addition]) -> bool:
    """Days may be asked for as «3-5»."""
    figure, key = wanted
    first, _, last = key.partition("-")
    if figure != "right_agency" or not last.isdecimal() or not first.isdecimal():
        return wanted in set(additions)
    return any(name == figure and int(first) <= int(own) <= int(last) for name, own in additions)
