"""Open311 GeoReport v2: discovery, services, requests and tokens, as its wiki specifies them, in JSON and XML."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from admin.api.doors import AtDesk, Desk, Door
from admin.api.formats import Format, respond
from admin.api.open311_form import ReportForm, read_form
from admin.api.problems import Problem
from admin.portal.answers import tidy
from intake.clock import utc_now
from intake.systems.open311 import Offer, Service
from intake.systems.public_requests import (
    FOLIOS_MAX,
    LONGEST,
    PAGE_MAX,
    PublicRequest,
    RequestsWish,
    get_request,
    list_requests,
)
from intake.systems.reported import find_reported, report
from intake.systems.tokens import Caller, Scope

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
STATUSES = ("open", "closed")
PAGES_MAX = 10_000
Reader = Annotated[Caller, Depends(Door(Scope.OPEN311_READ, takes_field=True))]
Writer = Annotated[Caller, Depends(Door(Scope.OPEN311_WRITE, takes_field=True))]
Text = Annotated[str, Query(max_length=4_000)]
Texts = Annotated[
    list[str], Query(default_factory=list, max_length=FOLIOS_MAX)
]  # «can be declared multiple times, comma delimited»


def get_offer(desk: AtDesk, jurisdiction_id: Text = "") -> Offer:
    offer = desk.office.jurisdiction.open311
    if offer is None or jurisdiction_id not in ("", offer.jurisdiction_id):
        raise Problem("report_jurisdiction", 404)
    return offer


Offered = Annotated[Offer, Depends(get_offer)]
router = APIRouter()


@router.get("/discovery.{kind}")
def discover(desk: AtDesk, offer: Offered, kind: Format) -> Response:
    """Where what is served, and who gives keys."""
    changed = offer.changeset.isoformat()
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{desk.office.settings.public_url}/open311/v2",
        "changeset": changed,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    said = {"changeset": changed, "contact": offer.contact, "key_service": offer.key_service, "endpoints": [endpoint]}
    return respond(kind, "discovery", said)


@router.get("/services.{kind}")
def list_services(offer: Offered, kind: Format) -> Response:
    """What can be asked for."""
    return respond(kind, "services", [_service(one, offer) for one in offer.services.values()])


@router.get("/services/{code}.{kind}")
def define_service(offer: Offered, code: str, kind: Format) -> Response:
    """What may be told besides, of one service."""
    service = _find(offer, code)
    attributes = [
        {
            "variable": True,
            "code": one.code,
            "datatype": "singlevaluelist",
            "required": False,
            "datatype_description": one.hint,
            "order": order,
            "description": one.description,
            "values": [{"key": key, "name": name} for key, name in one.values.items()],
        }
        for order, one in enumerate(offer.attributes, start=1)
    ]
    return respond(kind, "service_definition", {"service_code": service.code, "attributes": attributes})


@router.post("/requests.{kind}")
def make_request(
    desk: AtDesk, offer: Offered, caller: Writer, kind: Format, form: Annotated[ReportForm, Depends(read_form)]
) -> Response:
    """A petition, with its folio at once. Sent twice, with the same Idempotency-Key or the same day's same words, it is
    one."""
    if form.jurisdiction_id not in ("", offer.jurisdiction_id):
        raise Problem("report_jurisdiction", 404)
    if not form.service_code:
        raise Problem("report_no_service", 400)
    receipt = report(desk.office, caller, form.as_report(_find(offer, form.service_code)), form.key)
    made = {"service_request_id": receipt.folio, "service_notice": receipt.notice, "account_id": None}
    return respond(kind, "service_requests", [made])


@router.get("/requests.{kind}")
def show_requests(
    desk: AtDesk,
    offer: Offered,
    caller: Reader,
    kind: Format,
    service_request_id: Texts,
    service_code: Texts,
    status: Texts,
    start_date: Text = "",
    end_date: Text = "",
    page: Text = "",
    page_size: Text = "",
) -> Response:
    """Requests that came through Open311, newest first; ninety days at most at once. Folios override all else."""
    wish = RequestsWish(
        folios=_folios(service_request_id),
        page=_number(page, "page", 1, PAGES_MAX),
        page_size=_number(page_size, "page_size", PAGE_MAX, PAGE_MAX),
    )
    if not wish.folios:
        first_on, last_on = _days(desk, start_date, end_date)
        services, statuses = _parts(service_code), _statuses(status)
        wish = replace(wish, first_on=first_on, last_on=last_on, services=services, statuses=statuses)
    found = list_requests(desk.office, caller, wish)
    return respond(kind, "service_requests", [_request(one, offer) for one in found])


@router.get("/requests/{folio}.{kind}")
def show_request(desk: AtDesk, offer: Offered, caller: Reader, folio: str, kind: Format) -> Response:
    """One request: how it goes, never what it says."""
    return respond(kind, "service_requests", [_request(get_request(desk.office, caller, tidy(folio).upper()), offer)])


@router.get("/tokens/{token}.{kind}")
def show_token(desk: AtDesk, _offer: Offered, caller: Reader, token: str, kind: Format) -> Response:
    """The folio of a request whose answer was lost: `token` is the Idempotency-Key that it was sent with."""
    folio = find_reported(desk.office, caller, token)
    if folio is None:
        raise Problem("not_found", 404)
    return respond(kind, "service_requests", [{"service_request_id": folio, "token": token}])


def _find(offer: Offer, code: str) -> Service:
    if code not in offer.services:
        raise Problem("report_service", 404)
    return offer.services[code]


def _service(one: Service, offer: Offer) -> Mapping[str, Any]:
    return {
        "service_code": one.code,
        "service_name": one.name,
        "description": one.description,
        "metadata": bool(offer.attributes),
        "type": "realtime",
        "keywords": ", ".join(one.keywords),
        "group": one.group,
    }


def _request(one: PublicRequest, offer: Offer) -> Mapping[str, Any]:
    """Every field of the specification, in its order. The description is the service's: no person's words leave."""
    service = offer.services.get(one.service)
    return {
        "service_request_id": one.folio,
        "status": "closed" if one.is_closed else "open",
        "status_notes": one.note,
        "service_name": service.name if service else one.service,
        "service_code": one.service,
        "description": service.description if service else None,
        "agency_responsible": one.agency,
        "service_notice": None,
        "requested_datetime": one.opened_on.isoformat(),
        "updated_datetime": one.changed_on.isoformat(),
        "expected_datetime": one.expected_at.isoformat() if one.expected_at else None,
        "address": one.address,
        "address_id": one.clave,
        "zipcode": None,
        "lat": one.seat[0] if one.seat else None,
        "long": one.seat[1] if one.seat else None,
        "media_url": None,
    }


def _parts(written: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for one in ",".join(written).split(",") if (part := tidy(one)))


def _folios(written: Sequence[str]) -> tuple[str, ...]:
    folios = tuple(one.upper() for one in _parts(written))
    if len(folios) > FOLIOS_MAX:
        raise Problem("report_invalid", 400, fields="service_request_id")
    return folios


def _number(written: str, field: str, otherwise: int, most: int) -> int:
    """An argument that is empty is as good as none."""
    if not written:
        return otherwise
    if not written.isdecimal() or not 1 <= int(written) <= most:
        raise Problem("report_invalid", 400, fields=field)
    return int(written)


def _statuses(written: Sequence[str]) -> tuple[str, ...]:
    wanted = _parts(written)
    if any(one not in STATUSES for one in wanted):
        raise Problem("report_invalid", 400, fields="status")
    return wanted


def _days(desk: Desk, start: str, end: str) -> tuple[date, date]:
    """Both included. With one of them, the ninety days on its other side; with none, the last ninety."""
    zone = desk.office.jurisdiction.zone
    first, last = _moment(start, "start_date"), _moment(end, "end_date")
    if first and last and not timedelta(0) <= last - first <= LONGEST:
        raise Problem("report_span", 400)
    now = utc_now()
    last = last or (min(first + LONGEST, now) if first else now)
    first = first or last - LONGEST
    return first.astimezone(zone).date(), last.astimezone(zone).date()


def _moment(written: str, field: str) -> datetime | None:
    """W3's note of times, which has a zone."""
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written.replace(" ", "+"))
    except ValueError as error:
        raise Problem("report_invalid", 400, fields=field) from error
    if read.tzinfo is None or not 1970 <= read.year <= 2200:
        raise Problem("report_invalid", 400, fields=field)
    return read
