"""Finds the open petitions whose dates know another calendar or term, and pauses that are over. Each is a transaction.

Called by the loop of `timers` and, right after a change, by the administrator's page.
"""

from datetime import datetime, time
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update

from bot.events import Recounted
from bot.messages import ChannelName
from intake.acting import acting, tell
from intake.clock import utc_now
from intake.database import reading
from intake.errors import IntakeError
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.outgoing.reaching import find_chat
from intake.outgoing.window import Way, way_of
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY, Status
from intake.tables.calendar import Pause
from intake.tables.petitions import Petition
from intake.terms.by_day import until_day
from intake.terms.pausing import end_pause
from intake.terms.recounting import recount, term_of
from intake.terms.timing import Held, Kind
from intake.thinking.effects import Moment

AT_ONCE = 500  # petitions a look; the next look goes on
WHILE_WAITED_FOR = 100  # of a page: a transaction each, some 10 ms on SQLite
RUNNING = sorted(status.value for status in NEEDS_TRIAGE | WITH_AGENCY | {Status.ACUMULADA})
log = structlog.get_logger()


def catch_up(office: Office, now: datetime) -> int:
    """Let what falls due go off; how many petitions have another last day. Commits each."""
    return _end_pauses(office, now) + count_anew(office, now)


def count_anew(office: Office, now: datetime, *, at_once: int = AT_ONCE) -> int:
    """What knows an older calendar or another term; how many dates changed. Commits each."""
    number = office.calendar.of(None).number
    knows_other = or_(Petition.calendar < number, knows_other_term(office.jurisdiction))
    behind = select(Petition.folio).where(*is_running(), knows_other)
    with reading(office.sessions) as session:
        folios = session.scalars(behind.order_by(Petition.id).limit(at_once)).all()
    return sum(_follow(office, folio, number, now) for folio in folios)


def is_running() -> tuple[ColumnElement[bool], ...]:
    """Petitions whose term runs."""
    return Petition.status.in_(RUNNING), Petition.paused_left.is_(None)


def knows_other_term(jurisdiction: Jurisdiction) -> ColumnElement[bool]:
    """Petitions whose last day was counted with another term than holds for the day on which they were received."""
    entries = jurisdiction.timing.table[Kind.ANSWER]
    begins = [datetime.combine(one.since, time(), jurisdiction.zone) for one in entries[1:]]
    spans = zip(entries, [None, *begins], [*begins, None], strict=True)
    return or_(*(_in_span(held, begin, end) for held, begin, end in spans))


def _in_span(held: Held, begin: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    """A term that is not known (a date of its own) is no other one: SQL's NULL."""
    has_other = or_(Petition.term_days != held.figures["days"], Petition.term_is_business != held.is_business)
    since = [Petition.opened_at >= begin] if begin else []
    until = [Petition.opened_at < end] if end else []
    return and_(has_other, *since, *until)


def _follow(office: Office, folio: str, number: int, now: datetime) -> bool:
    """One that cannot be counted now holds up no other; the next look finds it."""
    try:
        with acting(office, folio) as (moment, petition):
            is_changed = recount(moment.session, office, petition, now)
            if not is_changed:  # past the version: a page that somebody reads is as good as before
                known = update(Petition).where(Petition.id == petition.id)
                known = known.values(calendar=number, **_known(office, petition))
                moment.session.execute(known.execution_options(synchronize_session=False))
            elif _is_to_be_told(moment, petition):
                event = Recounted(folio, petition.due_on, petition.is_sensitive)
                source = f"petition-{petition.id}-due-{petition.version}"  # each change by itself
                tell(moment, event, source, after=until_day(now, office.jurisdiction.zone))
            return is_changed
    except IntakeError as error:
        log.warning("calendar.not-followed", folio=folio, error=type(error).__name__)
        return False


def _known(office: Office, petition: Petition) -> dict[str, Any]:
    if petition.term_days is None:
        return {}
    terms = term_of(office, petition)
    return {"term_days": terms.answer_days, "term_is_business": terms.counts_business_days}


def _is_to_be_told(moment: Moment, petition: Petition) -> bool:
    """In a chat that can be written to now: nobody is called for a day, and what waits would come too late. An older
    register's people have heard nothing of this office yet (and have no chat)."""
    chat = find_chat(moment.session, petition)
    if chat.is_stopped or chat.channel == ChannelName.DESK:
        return False
    way = way_of(moment.session, moment.office, chat, "notice.recounted", moment.now)
    return way in (Way.FREE, Way.TEMPLATE)


def _end_pauses(office: Office, now: datetime) -> int:
    """Whose time is up, and whose petition is not with an agency any more."""
    today = now.astimezone(office.jurisdiction.zone).date()
    is_up = or_(Pause.ends_on <= today, Petition.status.not_in(sorted(status.value for status in WITH_AGENCY)))
    over = select(Petition.folio).join(Pause, Pause.petition_id == Petition.id)
    with reading(office.sessions) as session:
        folios = session.scalars(
            over.where(Pause.ended_at.is_(None), Petition.is_blocked.is_(False), is_up).limit(AT_ONCE)
        ).all()
    return sum(_end(office, folio) for folio in folios)


def _end(office: Office, folio: str) -> bool:
    try:
        with acting(office, folio) as (moment, petition):
            end_pause(moment.session, office, petition, utc_now())
    except IntakeError as error:  # somebody else is at it; the next look finds it
        log.warning("pause.not-ended", folio=folio, error=type(error).__name__)
        return False
    return True
