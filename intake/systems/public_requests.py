"""What Open311 tells of requests: those that came through it, to whoever has a token, without a word of a person.

Told: service, state, days, agency, municipality (its seat, never the spot; of a small one the region alone). Of what is
reserved, sensitive, dangerous, anonymous or a child's nothing is told, but that it is open or closed to the application
that sent it. What came by a chat is not told of: nobody who wrote there was told that it would be. Read only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.petitions.case import find_place, list_matters
from intake.petitions.states import CLOSED, Status, citizen_word
from intake.systems.agency_turns import LOOKING
from intake.systems.tokens import Caller
from intake.tables.petitions import HistoryEntry, Petition
from intake.tables.systems import SystemRequest
from nlp.reading import Municipality

LONGEST = timedelta(days=90)  # GeoReport v2, GET Service Requests
PAGE_MAX = 1_000  # the same
FOLIOS_MAX = PAGE_MAX
SHUT = sorted(status.value for status in CLOSED)


@dataclass(frozen=True)
class RequestsWish:
    """`folios` overrides all else. `first_on`, `last_on`: the office's days, both included: a finer question would find
    out the hour that the answer leaves out."""

    first_on: date = date.min
    last_on: date = date.max
    folios: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    page: int = 1
    page_size: int = PAGE_MAX


@dataclass(frozen=True)
class PublicRequest:
    """Days without an hour. `address`: at the least the state, which clients want. What is None is not told, or not
    known."""

    folio: str
    is_closed: bool
    service: str
    opened_on: datetime
    changed_on: datetime
    address: str
    note: str | None = None
    agency: str | None = None
    expected_at: datetime | None = None
    clave: str | None = None
    seat: tuple[float, float] | None = None


def list_requests(office: Office, caller: Caller, wish: RequestsWish) -> Sequence[PublicRequest]:
    """Newest first."""
    zone = office.jurisdiction.zone
    wanted = _wanted().where(_may_see(caller))
    if wish.folios:
        wanted = wanted.where(Petition.folio.in_(wish.folios))
    else:
        begins = datetime.combine(wish.first_on, time(), zone)
        ends = datetime.combine(wish.last_on + timedelta(days=1), time(), zone)
        wanted = wanted.where(SystemRequest.opened_at >= begins, SystemRequest.opened_at < ends)
        wanted = wanted.where(*_filters(wish))
    first = (wish.page - 1) * wish.page_size
    ordered = wanted.order_by(SystemRequest.opened_at.desc(), SystemRequest.petition_id.desc())
    with reading(office.sessions) as session:
        rows = session.execute(ordered.offset(first).limit(wish.page_size)).all()
        return [_view(office, row) for row in rows]


def get_request(office: Office, caller: Caller, folio: str) -> PublicRequest:
    """Raises NotFound, also for one that is not told of."""
    with reading(office.sessions) as session:
        row = session.execute(_wanted().where(_may_see(caller), Petition.folio == folio)).first()
        if row is None:
            raise NotFound(f"no request {folio}")
        return _view(office, row)


def _wanted() -> Select[Petition, SystemRequest, datetime]:
    changes = HistoryEntry.petition_id == Petition.id, HistoryEntry.name.not_in(LOOKING)
    changed = select(func.max(HistoryEntry.happened_at)).where(*changes).correlate(Petition).scalar_subquery()
    return select(
        Petition, SystemRequest, func.coalesce(changed, Petition.opened_at, type_=Petition.opened_at.type)
    ).join(SystemRequest, SystemRequest.petition_id == Petition.id)


def _filters(wish: RequestsWish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.services:
        found.append(SystemRequest.service.in_(wish.services))
    if wish.statuses:
        kinds = {"closed": Petition.status.in_(SHUT), "open": Petition.status.not_in(SHUT)}
        found.append(or_(*(kinds[name] for name in wish.statuses)))
    return found


def _is_plain() -> ColumnElement[bool]:
    """Nothing in it is reserved. As `_hides` says of a row."""
    return and_(
        Petition.is_sensitive.is_(False),
        Petition.is_anonymous.is_(False),
        Petition.is_minor.is_(False),
        Petition.emergency.is_(None),
        Petition.data_right.is_(None),
        Petition.status != Status.NO_PETICION.value,
    )


def _may_see(caller: Caller) -> ColumnElement[bool]:
    return or_(_is_plain(), SystemRequest.system_id == caller.system_id)


def _hides(petition: Petition) -> bool:
    is_marked = petition.is_sensitive or petition.hides_identity or petition.emergency or petition.data_right
    return bool(is_marked) or petition.status == Status.NO_PETICION.value


def _view(office: Office, row: Row[Petition, SystemRequest, datetime]) -> PublicRequest:
    petition, request, changed_at = row
    is_closed = petition.status in SHUT
    opened_on = _day_of(office, petition.opened_at)
    if _hides(petition):
        return PublicRequest(petition.folio, is_closed, request.service, opened_on, opened_on, office.jurisdiction.name)
    offer, place = office.jurisdiction.open311, find_place(office, petition)
    agency = next((matter.agency for matter in list_matters(petition) if matter.agency), None)
    is_small = place is not None and offer is not None and place.population < offer.small_town
    return PublicRequest(
        folio=petition.folio,
        is_closed=is_closed,
        service=request.service,
        opened_on=opened_on,
        changed_on=_day_of(office, changed_at),
        note=offer.status_notes[citizen_word(Status(petition.status))] if offer else None,
        agency=office.jurisdiction.name_agency(agency) if agency and offer and offer.may_name(agency) else None,
        expected_at=datetime.combine(petition.due_on, time(), office.jurisdiction.zone),
        address=_address(office, place, is_small=is_small),
        clave=place.clave if place and not is_small else None,
        seat=(place.latitude, place.longitude) if place and not is_small else None,
    )


def _address(office: Office, place: Municipality | None, *, is_small: bool) -> str:
    """From the most specific to the most general, as the specification wants it."""
    told = () if place is None else (place.region,) if is_small else (place.nombre, place.region)
    return ", ".join([*told, office.jurisdiction.name])


def _day_of(office: Office, moment: datetime) -> datetime:
    """Midnight of its day."""
    return moment.astimezone(office.jurisdiction.zone).replace(hour=0, minute=0, second=0, microsecond=0)
