"""Counts days out of the petitions, referrals and messages themselves. Read only."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.boards.tally import Addition, Facts, Route, add_case, add_turn
from intake.indicators.ledger import closed_days, list_cases, list_turns, within
from intake.indicators.measures import TAKEN, Case, Ledger
from intake.indicators.period import Period
from intake.office import Office
from intake.outgoing.notified import CAME
from intake.tables.citizens import Conversation, Rating
from intake.tables.mind import Decision
from intake.tables.outgoing import Reply
from intake.tables.petitions import Interpretation, Matter, Petition, Referral

Condition = ColumnElement[bool]
Counts = Counter[Addition]
CHANNELS = [name.value for name in ChannelName]
FAILED = ("failed", "undelivered")


def count_days(session: Session, office: Office, first: date, last: date, today: date) -> dict[date, Counts]:
    """Each day on which there was something."""
    ledger = empty_ledger(office, first, last, today)
    began, ended = Period("", first, last).bounds(office.jurisdiction.zone)
    days: dict[date, Counts] = defaultdict(Counter)
    for one, facts in read_cases(session, office, within(Petition.opened_at, began, ended)):
        days[ledger.day(one.opened_at)].update(add_case(one, facts, ledger, office.matrix.values))
    for turn in list_turns(session, within(Referral.issued_at, began, ended)):
        days[ledger.day(turn.issued_at)].update(add_turn(turn, ledger, office.matrix.values))
    sent = select(Reply.channel, became(), Reply.sending_at).where(
        Reply.channel.in_(CHANNELS), within(Reply.sending_at, began, ended)
    )
    for channel, outcome, sending_at in session.execute(sent):
        if sending_at is not None:
            days[ledger.day(sending_at)]["sent", f"{channel}:{outcome}"] += 1
    return dict(days)


def empty_ledger(office: Office, first: date, last: date, today: date) -> Ledger:
    """The days' calendar, without rows."""
    zone = office.jurisdiction.zone
    return Ledger((), (), (), {}, today, zone, closed_days(office, Period("", first, last)))


def read_cases(session: Session, office: Office, received: Condition) -> Iterator[tuple[Case, Facts]]:
    """`received`: a condition on petitions."""
    routes, places = _routes(session, received), _places(session, received)
    rated = select(Rating.petition_id, Rating.mark).join(Petition, Petition.id == Rating.petition_id)
    marks = {row[0]: row[1] for row in session.execute(rated.where(received))}
    tongues = select(Interpretation.petition_id, Interpretation.language, Interpretation.state)
    tongues = tongues.join(Petition, Petition.id == Interpretation.petition_id)
    spoken = {row[0]: (row[1], row[2]) for row in session.execute(tongues.where(received))}
    further = select(Petition.id, Conversation.channel, Petition.is_solved)
    further = further.join(Conversation, Conversation.id == Petition.conversation_id)
    known = {row[0]: (row[1], row[2]) for row in session.execute(further.where(received))}
    for one in list_cases(session, office, received):
        if one.id not in known:
            continue  # received between two of these questions
        channel, is_solved = known[one.id]
        language, interpreter = spoken.get(one.id, (None, None))
        yield (
            one,
            Facts(
                channel,
                is_solved,
                one.id in marks,
                marks.get(one.id),
                " ".join((language or "").split()).lower() if one.id in spoken else None,
                interpreter,
                tuple(routes.get(one.id, ())),
                tuple(places.get(one.id, ())),
            ),
        )


def _routes(session: Session, received: Condition) -> Mapping[int, Sequence[Route]]:
    """By petition: of each matter whose newest referral was taken."""
    matters: dict[int, list[tuple[int, str, Route]]] = defaultdict(list)
    for turn in list_turns(session, received):
        own = matters[turn.matter_id]
        own.append((turn.petition_id, turn.state, Route(len(own) + 1, turn.issued_at)))
    found: dict[int, list[Route]] = defaultdict(list)
    for petition, state, route in (own[-1] for own in matters.values()):
        if state in TAKEN:
            found[petition].append(route)
    return found


def _places(session: Session, received: Condition) -> Mapping[int, Sequence[int | None]]:
    """By petition: of each matter's newest standing decision."""
    rows = (
        select(Decision.id, Matter.petition_id, Decision.matter_id, Decision.suggestion_id, Decision.rank)
        .join(Matter, Matter.id == Decision.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(received, Decision.undone_at.is_(None))
    )
    standing = sorted(session.execute(rows), key=lambda row: row[0])
    newest = {row[2]: (row[1], None if row[3] is None else row[4] or 0) for row in standing}
    found: dict[int, list[int | None]] = defaultdict(list)
    for petition, place in newest.values():
        found[petition].append(place)
    return found


def became() -> ColumnElement[str]:
    """What became of a message that was sent."""
    is_failed = or_(Reply.state == "failed", func.coalesce(Reply.delivery, "").in_(FAILED))
    return case(
        (func.coalesce(Reply.delivery, "").in_(CAME), "delivered"),
        (is_failed, "failed"),
        (Reply.state == "accepted", "accepted"),
        else_="doubtful",
    )
