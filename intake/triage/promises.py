"""«Canalizar sola»: where an agency's promise is switched on, and people's decisions have kept it, a sure suggestion is
sent without waiting for a person. Off for every agency until an administrator says so.

Never by itself: emergencies, urgent, reserved or blocked petitions, several matters, an open doubt, what somebody is
looking at, what an agency gave back, what rules would send elsewhere. What it does counts for no lesson and no curve.
"""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.configuration.in_force import Subject, numbers_in_force
from intake.configuration.things import SHARES
from intake.configuration.versions import Change, publish
from intake.database import reading
from intake.errors import FormRefused, IntakeError
from intake.loops import again_and_again
from intake.mind.curves import curves_of, list_cases, threshold_of
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.accounts import Staff
from intake.tables.configuration import ConfigVersion
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Matter, Petition
from intake.triage.claiming import list_holders
from intake.triage.referrals import Choice, decide
from nlp.reading import MessageKind

WAITS = timedelta(minutes=15)  # the person may still be telling more
LOOK_EVERY_S = 60.0
AT_ONCE = 50
WHY = "Canalizada por el programa: promesa de precisión de la dependencia."
log = structlog.get_logger()


def set_promise(office: Office, member: Member, agency: str, share: float, reason: str, over: int, *, on: bool) -> int:
    """The version. Commits. Raises NotFound, NotAllowed, FormRefused (faulty, never_kept, no_reason), Stale."""
    office.jurisdiction.get_agency(agency)
    if share not in SHARES:
        raise FormRefused("faulty")
    if on:
        with reading(office.sessions) as session:
            if agency not in _thresholds(session, {agency: share}):
                raise FormRefused("never_kept")
    return publish(office, member, Change(Subject.PROMISE, agency, {"is_on": on, "share": share}), reason, over)


def list_promises(office: Office) -> dict[str, float]:
    """Of the agencies for which it is switched on: the share of right ones that is promised."""
    values = office.in_force.values(Subject.PROMISE)
    return {key: float(value["share"]) for key, value in values.items() if value["is_on"]}


async def keep_promises(office: Office) -> None:
    """For ever."""

    async def look_once() -> None:
        await asyncio.to_thread(look, office)

    await again_and_again(look_once, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="promises.loop")


def look(office: Office) -> int:
    """How many it sent. Without a promise it asks nothing of the database. Commits, one petition at a time."""
    promised = list_promises(office)
    if not promised:
        return 0
    with reading(office.sessions) as session:
        found, authors = _found(session, _thresholds(session, promised)), _authors(session)
    ours = [(authors[choice.agency], folio, choice) for folio, choice in found if choice.agency in authors]
    return sum(_sends(office, author, folio, choice) for author, folio, choice in ours)


def _sends(office: Office, author: Member, folio: str, choice: Choice) -> bool:
    with reading(office.sessions) as session:
        number = session.scalars(select(Petition.id).where(Petition.folio == folio)).one()
        if list_holders(session, [number], Member(0, "", "", Role.ADMINISTRATOR, None, ""), utc_now())[number]:
            return False
    try:
        decide(office, author, folio, choice, is_machine=True)
    except IntakeError as error:
        log.info("promises.left", folio_error=type(error).__name__)
        return False
    return True


def _thresholds(session: Session, promised: dict[str, float]) -> dict[str, float]:
    """From which probability upwards each promise was kept; agencies that did not keep it are not among them."""
    curves = {curve.agency: curve for curve in curves_of(list_cases(session))}
    kept = {key: threshold_of(curves[key], share) for key, share in promised.items() if key in curves}
    return {key: point.probability for key, point in kept.items() if point}


def _found(session: Session, thresholds: dict[str, float]) -> list[tuple[str, Choice]]:
    """Folios and what is decided of each, the oldest first."""
    newest = select(func.max(SuggestionRow.id)).where(SuggestionRow.matter_id == Matter.id).correlate(Matter)
    matters = select(func.count()).where(Matter.petition_id == Petition.id).correlate(Petition).scalar_subquery()
    wanted = (
        select(Petition.folio, Petition.version, Matter.id, SuggestionRow.agency, SuggestionRow.ranking)
        .select_from(Petition)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(SuggestionRow, SuggestionRow.id == newest.scalar_subquery())
        .where(
            Matter.status == Status.RECIBIDA.value,
            Petition.status == Status.RECIBIDA.value,
            Petition.emergency.is_(None),
            ~Petition.is_urgent,
            ~Petition.is_sensitive,
            ~Petition.is_blocked,
            Petition.opened_at < utc_now() - WAITS,
            SuggestionRow.is_sure,
            SuggestionRow.question.is_(None),
            SuggestionRow.kind == MessageKind.PETITION.value,
            SuggestionRow.agency.in_(thresholds),
            matters == 1,
        )
        .order_by(Petition.opened_at)
        .limit(AT_ONCE)
    )
    return [
        (folio, Choice(matter_id, agency, version, WHY))
        for folio, version, matter_id, agency, ranking in session.execute(wanted)
        if ranking and ranking[0]["agency"] == agency and ranking[0]["probability"] >= thresholds[agency]
    ]


def _authors(session: Session) -> dict[str, Member]:
    """In whose name each is sent: who switched the promise on, while their account is open."""
    wanted = (
        select(ConfigVersion.key, Staff)
        .join(Staff, Staff.id == ConfigVersion.made_by)
        .where(ConfigVersion.number.in_(numbers_in_force()))
        .where(ConfigVersion.subject == Subject.PROMISE.value, Staff.is_active)
    )
    return {
        key: Member(row.id, row.username, row.name, Role(row.role), None, "") for key, row in session.execute(wanted)
    }
