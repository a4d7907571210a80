"""The form of a POST Service Request, read as the specification writes it: `attribute[code]=value` among its fields."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request
from starlette.datastructures import FormData

from admin.api.doors import AtDesk
from admin.api.problems import Problem
from admin.portal.answers import tidy
from intake.clock import utc_now
from intake.systems.calls import KEY_MAX
from intake.systems.open311 import Service
from intake.systems.reported import FIELD_MAX, Report

FIELDS_MAX = 60
REPORT_FIELDS = (
    "service_code lat long address_string address_id first_name last_name phone email media_url description".split()
)


@dataclass(frozen=True)
class ReportForm:
    """What was sent, tidied. `key`: the caller's, or the day's same words; `reserva`, `lengua`: attributes."""

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
    sent = await request.form(max_fields=FIELDS_MAX, max_files=0)
    said = {name: _field(sent, name) for name in REPORT_FIELDS}
    extra = {code: _field(sent, f"attribute[{code}]") for code in ("reserva", "lengua")}
    day = utc_now().astimezone(desk.office.jurisdiction.zone).date().isoformat()
    words = "\n".join([day, *said.values(), *extra.values()])
    key = idempotency_key.strip() or hashlib.sha256(words.encode()).hexdigest()
    return ReportForm(**said, **extra, key=key)


def _field(sent: FormData, name: str) -> str:
    value = sent.get(name, "")
    text = tidy(value) if isinstance(value, str) else ""
    if name != "description" and len(text) > FIELD_MAX:
        raise Problem("report_invalid", 400, fields=name)
    return text


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
