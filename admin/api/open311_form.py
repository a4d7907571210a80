"""The form of a POST Service Request, read as the specification writes it: `attribute[code]=value` among its fields."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request
from starlette.datastructures import FormData

from admin.api.doors import AtDesk
from admin.api.fields import read_fields
from admin.api.problems import Problem
from admin.portal.answers import tidy
from intake.clock import utc_now
from intake.systems.calls import KEY_MAX
from intake.systems.open311 import Attribute, Service
from intake.systems.reported import FIELD_MAX, Report

REPORT_FIELDS = (
    "service_code lat long address_string address_id first_name last_name phone email media_url description".split()
)


@dataclass(frozen=True)
class ReportForm:
    """What was sent, tidied. `key`: the caller's, or the day's same words; `reserva`, `lengua`: attributes."""

    jurisdiction_id: str
    service_code: str
    lat: str
    long: str
    address_string: str
    address_id: str
    first_name: str
    last_name: str
    phone: str
    email: str
    media_url: str
    description: str
    reserva: str
    lengua: str
    key: str

    def as_report(self, service: Service) -> Report:
        """Raises Problem for half a place and for numbers that are none."""
        return Report(
            service=service,
            description=self.description,
            spot=_spot(self.lat, self.long),
            address=self.address_string,
            clave=self.address_id,
            name=f"{self.first_name} {self.last_name}".strip(),
            phone=self.phone,
            email=self.email,
            media_url=_web(self.media_url),
            language=self.lengua,
            is_anonymous=self.reserva == "si",
        )


async def read_form(
    request: Request, desk: AtDesk, idempotency_key: Annotated[str, Header(max_length=KEY_MAX)] = ""
) -> ReportForm:
    sent = await read_fields(request)
    said = {name: _field(sent, name) for name in REPORT_FIELDS}
    offer = desk.office.jurisdiction.open311
    extra = {"reserva": "", "lengua": ""} | {
        one.code: _choice(sent, one) for one in (offer.attributes if offer else ())
    }
    day = utc_now().astimezone(desk.office.jurisdiction.zone).date().isoformat()
    words = "\n".join([day, *said.values(), *extra.values()])
    key = idempotency_key.strip() or hashlib.sha256(words.encode()).hexdigest()
    return ReportForm(**said, **extra, key=key, jurisdiction_id=_field(sent, "jurisdiction_id"))


def _field(sent: FormData, name: str) -> str:
    value = sent.get(name, "")
    text = tidy(value) if isinstance(value, str) else ""
    if name != "description" and len(text) > FIELD_MAX:
        raise Problem("report_invalid", 400, fields=name)
    return text


def _choice(sent: FormData, attribute: Attribute) -> str:
    """The key of what was chosen, by key or by name. What is no choice is refused: who wanted not to be named, and was
    not understood, would be."""
    name = f"attribute[{attribute.code}]"
    said = _field(sent, name) or _field(sent, f"{name}[]")
    keys = {word.casefold(): key for key, shown in attribute.values.items() for word in (shown, key)}
    if said and said.casefold() not in keys:
        raise Problem("report_invalid", 400, fields=name)
    return keys.get(said.casefold(), "")


def _spot(lat: str, long: str) -> tuple[float, float] | None:
    if not lat and not long:
        return None
    try:
        return float(lat), float(long)
    except ValueError as error:
        raise Problem("report_invalid", 400, fields="lat, long") from error


def _web(url: str) -> str:
    """An address that staff may open by hand; anything else is left out."""
    return url if url.startswith(("https://", "http://")) else ""
