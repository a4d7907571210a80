"""A contingency declared by hand: who, why, since when, with which official notice; and the damage that people report.

One is on at a time. Each is a row that stays, so the table says who switched it on and off; the log says it too.
Called by the admin; what citizens are told of it is `bot.damage_talk`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.choices import plain
from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, Stale
from intake.office import Office
from intake.petitions.incidents import count_members, join
from intake.petitions.states import Status
from intake.tables.accounts import Staff
from intake.tables.petitions import Contingency, Petition
from intake.thinking.declared import find_current
from intake.thinking.facts import place_name
from nlp.masks import mask

REASON_MAX, NOTICE_MAX, SOURCE_MAX = 300, 1000, 300
SHOWN_AT_MOST = 2000
NEAR = 3  # decimals of a degree: some 110 metres, a block of houses
log = structlog.get_logger()


@dataclass(frozen=True)
class Draft:
    """`notice` is said as it is written; `source_at`: when its source published it. Times are aware."""

    reason: str
    notice: str
    source: str
    source_at: datetime | None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class ContingencyView:
    """`ended_at`: also of one that ended by itself; None while it is on. `ended_by` None: nobody ended it."""

    id: int
    reason: str
    notice: str
    source: str
    source_at: datetime
    began_at: datetime
    began_by: str
    ends_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True)
class DamageView:
    """`what`, `is_hurt`: None when it was not told. `words` None: of a reserved matter, read on its own page only."""

    folio: str
    status: Status
    opened_at: datetime
    what: str | None
    is_hurt: bool | None
    words: str | None
    where: str | None
    is_sensitive: bool


@dataclass(frozen=True)
class Spot:
    """Reports of one place, likely of the same damage. `are_joined`: in one incident already."""

    reports: tuple[DamageView, ...]
    are_joined: bool

    @property
    def may_join(self) -> bool:
        return len([one for one in self.reports if not one.is_sensitive]) > 1 and not self.are_joined


@dataclass(frozen=True)
class Town:
    """Reports of one municipality, most first. `place` None: nobody knows where."""

    place: str | None
    reports: int
    hurt: int
    lost_houses: int
    spots: tuple[Spot, ...]


def declare(office: Office, member: Member, draft: Draft) -> int:
    """Switch it on; its number. Commits. Raises NotAllowed, FormRefused, Stale when one is on already."""
    require(member, DECIDERS)
    now = utc_now()
    source_at = _checked(draft, now)
    row = Contingency(
        open_mark=1,
        reason=draft.reason[:REASON_MAX],
        notice=draft.notice[:NOTICE_MAX],
        source=draft.source[:SOURCE_MAX],
        source_at=source_at,
        began_at=now,
        began_by=member.id,
        ends_at=draft.ends_at,
    )
    try:
        with office.sessions.begin() as session:
            _settle_expired(session, now)
            session.add(row)
            session.flush()
            number = row.id
            note_act(session, staff_of(member.id), Act.CONTINGENCY_DECLARED, {"contingency": number}, at=now)
    except IntegrityError as error:
        raise Stale("a contingency is on already") from error
    office.contingencies.forget()
    log.warning("contingency.declared", contingency=number, by=member.id)
    return number


def call_off(office: Office, member: Member, contingency_id: int) -> None:
    """Switch it off. Commits. Raises NotAllowed, Stale when it is off already."""
    require(member, DECIDERS)
    now = utc_now()
    with office.sessions.begin() as session:
        row = find_current(session, now)
        if row is None or row.id != contingency_id:
            raise Stale("the contingency is over")
        row.open_mark, row.ended_at, row.ended_by = None, now, member.id
        note_act(session, staff_of(member.id), Act.CONTINGENCY_ENDED, {"contingency": row.id}, at=now)
    office.contingencies.forget()
    log.warning("contingency.called-off", contingency=contingency_id, by=member.id)


def list_contingencies(session: Session, now: datetime) -> Sequence[ContingencyView]:
    """Newest first; the one that is on, if one is, is the first."""
    return [_view(session, row, now) for row in session.scalars(select(Contingency).order_by(Contingency.id.desc()))]


def find_banner(office: Office) -> ContingencyView | None:
    """The one that is on, for the head of every page."""
    now = utc_now()
    with reading(office.sessions) as session:
        row = find_current(session, now)
        return _view(session, row, now) if row else None


def list_towns(session: Session, office: Office, contingency_id: int) -> Sequence[Town]:
    """What was reported, by municipality and, within it, by place: near points, or the same words for it."""
    wanted = select(Petition).where(Petition.contingency_id == contingency_id).order_by(Petition.id.desc())
    towns: dict[str | None, list[Petition]] = {}
    for petition in session.scalars(wanted.limit(SHOWN_AT_MOST)):
        towns.setdefault(place_name(office, petition), []).append(petition)
    views = [_town(session, place, petitions) for place, petitions in towns.items()]
    return sorted(views, key=lambda town: (-town.hurt, -town.reports, town.place or ""))


def count_reports(session: Session, contingency_id: int) -> int:
    return session.scalar(select(func.count()).where(Petition.contingency_id == contingency_id)) or 0


def find_damage(petition: Petition) -> DamageView | None:
    """What its citizen told of the damage; None for a petition of no contingency."""
    return _report(petition, is_alone=True) if petition.contingency_id else None


def join_spot(office: Office, member: Member, folios: Sequence[str]) -> int:
    """All of them into one incident, as an officer would one by one; how many. Commits each.

    Raises NotAllowed, NotFound, MoveRefused for a reserved one.
    """
    require(member, DECIDERS)
    first, *others = folios
    for other in others:
        join(office, member, first, other)
    return len(folios)


def _checked(draft: Draft, now: datetime) -> datetime:
    """When the source published it."""
    if not (draft.reason and draft.notice and draft.source):
        raise FormRefused("incomplete")
    if draft.source_at is None or draft.source_at > now:
        raise FormRefused("no_source_hour")
    if draft.ends_at is not None and draft.ends_at <= now:
        raise FormRefused("ends_before")
    return draft.source_at


def _settle_expired(session: Session, now: datetime) -> None:
    """One that ended by itself makes room."""
    past = select(Contingency).where(Contingency.open_mark == 1, Contingency.ends_at <= now)
    for row in session.scalars(past):
        row.open_mark, row.ended_at = None, row.ends_at
    session.flush()


def _view(session: Session, row: Contingency, now: datetime) -> ContingencyView:
    is_expired = row.ended_at is None and row.ends_at is not None and row.ends_at <= now
    return ContingencyView(
        id=row.id,
        reason=row.reason,
        notice=row.notice,
        source=row.source,
        source_at=row.source_at,
        began_at=row.began_at,
        began_by=session.get_one(Staff, row.began_by).name,
        ends_at=row.ends_at,
        ended_at=row.ends_at if is_expired else row.ended_at,
        ended_by=session.get_one(Staff, row.ended_by).name if row.ended_by else None,
    )


def _town(session: Session, place: str | None, petitions: Sequence[Petition]) -> Town:
    spots: dict[object, list[Petition]] = {}
    for petition in petitions:
        spots.setdefault(_spot_of(petition), []).append(petition)
    damages = [petition.damage or {} for petition in petitions]
    views = [_spot(session, own) for own in spots.values()]
    return Town(
        place=place,
        reports=len(petitions),
        hurt=sum(bool(damage.get("is_hurt")) for damage in damages),
        lost_houses=sum(damage.get("what") == "house_total" for damage in damages),
        spots=tuple(sorted(views, key=lambda spot: -len(spot.reports))),
    )


def _spot_of(petition: Petition) -> object:
    """What reports of one place have in common; a report that says nothing of it stands alone."""
    if petition.latitude is not None and petition.longitude is not None:
        return round(petition.latitude, NEAR), round(petition.longitude, NEAR)
    return plain((petition.damage or {}).get("where") or "") or petition.id


def _spot(session: Session, petitions: Sequence[Petition]) -> Spot:
    sizes = count_members(session, [petition.id for petition in petitions])
    are_joined = len(sizes) == len(petitions) and min(sizes.values(), default=0) >= len(petitions)
    return Spot(tuple(_report(petition) for petition in petitions), are_joined)


def _report(petition: Petition, *, is_alone: bool = False) -> DamageView:
    told = petition.damage or {}
    is_hidden = petition.is_sensitive and not is_alone
    return DamageView(
        folio=petition.folio,
        status=Status(petition.status),
        opened_at=petition.opened_at,
        what=told.get("what"),
        is_hurt=told.get("is_hurt"),
        words=None if is_hidden else mask(told.get("words") or ""),
        where=None if is_hidden else mask(told.get("where") or ""),
        is_sensitive=is_hidden,
    )
