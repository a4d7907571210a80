"""What is to happen later unless it has become moot: reminders, each of them once, by day.

A timer is a row of its own, so what is due next month does not keep its conversation from being worked on today
(DESIGN). When it goes off, the dialogue decides from the state of that moment whether anything is said at all.
"""

import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dialogue import step
from bot.effects import Effect, OpenPetition, Say
from bot.events import Due, Reminder
from bot.known import Facts
from bot.reminders import MISSING
from bot.state import State, state_from_json, state_to_json
from bot.turn import Turn
from intake.clock import utc_now
from intake.database import claimable, insert_once, reading
from intake.loops import again_and_again
from intake.office import Office
from intake.outgoing.window import Way, way_of
from intake.petitions.case import get_petition
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Timer
from intake.tables.petitions import Petition
from intake.terms.by_day import DAY_BEGINS, DAY_ENDS
from intake.terms.catching_up import catch_up
from intake.thinking.effects import Moment, carry_out
from intake.thinking.facts import petition_facts
from intake.thinking.reminding import term_at
from intake.thinking.set_aside import read_apart

LOOK_EVERY_S = 30.0
AT_ONCE = 50
BEFORE_NIGHT = time(19, 30)
UNANSWERED = timedelta(hours=23)  # within WhatsApp's 24 hours, which a template would have to open again
UNDECIDED = timedelta(minutes=10)  # the folio of what may be another problem waits no longer for a word (DESIGN, 1)
AGAIN = timedelta(hours=1)
log = structlog.get_logger()


async def keep_timers(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(fire_due, office, utc_now())
        await asyncio.to_thread(catch_up, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="timers.loop")


def remember(moment: Moment, before: State, turn: Turn) -> None:
    """What a turn has to be reminded of: a question without whose answer the petition may go astray, once a petition;
    the term of one that it opened, but for an emergency, not left until then; what is kept apart. Does not commit."""
    rows = [
        _row(moment, effect.folio, Reminder.TERM, due_at)
        for effect in turn.effects
        if isinstance(effect, OpenPetition) and not effect.emergency and (due_at := _term_of(moment, effect.folio))
    ]
    after = turn.state
    is_new = (after.awaiting, after.folio) != (before.awaiting, before.folio)
    if after.awaiting in MISSING and after.folio and is_new:
        due_at = unanswered_at(moment.now, moment.office.jurisdiction.zone)
        rows.append(_row(moment, after.folio, Reminder.DATUM, due_at))
    if after.set_aside and after.set_aside != before.set_aside:
        rows.append(_row(moment, after.set_aside, Reminder.SET_ASIDE, moment.now + UNDECIDED))
    insert_once(moment.session, Timer, rows)


def _term_of(moment: Moment, folio: str) -> datetime | None:
    """None when the term is as good as over."""
    jurisdiction = moment.office.jurisdiction
    due_at = term_at(_petition(moment, folio).due_on, jurisdiction.zone, jurisdiction.closed)
    return due_at if due_at > moment.now + timedelta(days=1) else None


def _petition(moment: Moment, folio: str) -> Petition:
    return get_petition(moment.session, folio)


def _row(moment: Moment, folio: str, kind: Reminder, due_at: datetime) -> dict[str, object]:
    petition = _petition(moment, folio)
    return {
        "key": f"{kind.value}-{petition.id}",
        "kind": kind.value,
        "conversation_id": moment.conversation.id,
        "petition_id": petition.id,
        "due_at": due_at,
    }


def unanswered_at(asked_at: datetime, zone: ZoneInfo) -> datetime:
    """Nearly a day after the question, and by day: what would fall into the night comes on the evening before."""
    wanted = (asked_at + UNANSWERED).astimezone(zone)
    if wanted.time() < DAY_BEGINS:
        return datetime.combine(wanted.date() - timedelta(days=1), BEFORE_NIGHT, zone)
    return datetime.combine(wanted.date(), BEFORE_NIGHT, zone) if wanted.time() >= DAY_ENDS else wanted


def fire_due(office: Office, now: datetime) -> int:
    """Let what is due go off, one transaction each; how many did. Commits."""
    due = select(Timer.id).where(Timer.due_at <= now).order_by(Timer.due_at).limit(AT_ONCE)
    with reading(office.sessions) as session:
        timers = session.scalars(due).all()
    return sum(_fire_or_put_off(office, timer, now) for timer in timers)


def _fire_or_put_off(office: Office, timer_id: int, now: datetime) -> bool:
    """One that cannot go off now holds up no other."""
    try:
        return _fire(office, timer_id, now)
    except Exception as error:
        log.error("timer.failed", timer=timer_id, error=type(error).__name__)
        with office.sessions.begin() as session:
            timer = session.get(Timer, timer_id)
            if timer is not None:
                timer.due_at = now + AGAIN
        return False


def _fire(office: Office, timer_id: int, now: datetime) -> bool:
    with office.sessions.begin() as session:
        timer = session.scalars(claimable(select(Timer).where(Timer.id == timer_id))).first()
        if timer is None:  # another process was as quick
            return False
        later = _later(session, office, timer, now)
        if later:
            timer.due_at = later
            return False
        session.delete(timer)
        conversation = session.get_one(Conversation, timer.conversation_id, with_for_update=True)
        _remind(session, office, conversation, timer, now)
        return True


def _remind(session: Session, office: Office, conversation: Conversation, timer: Timer, now: datetime) -> None:
    is_owed = timer.kind == Reminder.SET_ASIDE
    if conversation.is_stopped and not is_owed:
        return
    petition = session.get_one(Petition, timer.petition_id)
    state, local = state_from_json(conversation.state), now.astimezone(office.jurisdiction.zone)
    apart = read_apart(session, office, conversation, local) if is_owed else None
    facts = Facts(now=local, petitions=(petition_facts(session, office, petition),), set_aside=apart)
    turn = step(state, Due(Reminder(timer.kind), petition.folio), facts, office.texts)
    if not is_owed and not all(_may_leave(session, office, conversation, effect, now) for effect in turn.effects):
        return  # held until the person writes, a reminder would be a nuisance
    conversation.state = state_to_json(turn.state)
    moment = Moment(session, office, conversation, now, source=f"{timer.key}-{timer.id}" if is_owed else timer.key)
    carry_out(moment, turn.effects)
    if is_owed:
        remember(moment, state, turn)


def _may_leave(session: Session, office: Office, conversation: Conversation, effect: Effect, now: datetime) -> bool:
    if not isinstance(effect, Say):
        return True
    return way_of(session, office, conversation, effect.purpose, now) in (Way.FREE, Way.TEMPLATE)


def _later(session: Session, office: Office, timer: Timer, now: datetime) -> datetime | None:
    """What the person is owed comes by night too. None: now."""
    if timer.kind == Reminder.SET_ASIDE:
        return None
    return _next_morning(now, office.jurisdiction.zone) or _moved_to(session, office, timer, now)


def _moved_to(session: Session, office: Office, timer: Timer, now: datetime) -> datetime | None:
    """A term that an agency was given more of ends later than when the timer was set."""
    if timer.kind != Reminder.TERM:
        return None
    petition = session.get_one(Petition, timer.petition_id)
    due_at = term_at(petition.due_on, office.jurisdiction.zone, office.jurisdiction.closed)
    return due_at if due_at > now else None


def _next_morning(now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the day begins that is not yet, when it is night; None by day."""
    local = now.astimezone(zone)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return None
    day = local.date() + timedelta(days=local.time() >= DAY_ENDS)
    return datetime.combine(day, DAY_BEGINS, zone)
