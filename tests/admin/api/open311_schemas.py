"""What GeoReport v2 answers look like, as JSON Schema, written from the field tables of its specification.

Wiki of Open311, «GeoReport v2» and «Service Discovery», commit d65f0b9 of open311/open311.github.io. At least as strict
as the schemas that Open311 publishes (open311/schema-validation, `schema/georeport-v2`, commit 47e06a4):
there most fields may be left out and others added, here none.
"""

import json
import os
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

# «Timezone information (either Z meaning UTC, or an HH:MM offset from UTC) must be included.»
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
TEXT, FLAG, CODE = {"type": "string"}, {"type": "boolean"}, {"type": "string", "minLength": 1}
MAYBE_TEXT, MAYBE_NUMBER = {"type": ["string", "null"]}, {"type": ["number", "null"]}
DATATYPES = ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]


def _object(optional: str = "", /, **fields: Any) -> dict[str, Any]:
    """A closed object. `optional`: what «may not be returned»."""
    required = [name for name in fields if name not in optional.split()]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def _some(item: Any, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


ENDPOINT = _object(
    specification={"const": "http://wiki.open311.org/GeoReport_v2"},
    url={"type": "string", "pattern": "^https?://.+[^/]$"},
    changeset=MOMENT,
    type={"enum": ["production", "test"]},
    formats={"type": "array", "items": {"enum": ["text/xml", "application/json"]}, "contains": {"const": "text/xml"}},
)
SERVICE = _object(
    service_code=CODE,
    service_name=CODE,
    description=CODE,
    metadata=FLAG,
    type={"enum": ["realtime", "batch", "blackbox"]},
    keywords=TEXT,
    group=TEXT,
)
ATTRIBUTE = _object(
    variable=FLAG,
    code=CODE,
    datatype={"enum": DATATYPES},
    required=FLAG,
    datatype_description=CODE,
    order={"type": "integer", "minimum": 1},
    description=CODE,
    values=_some(_object(key=CODE, name=CODE), 1),
)
REQUEST = _object(
    service_request_id=CODE,
    status={"enum": ["open", "closed"]},
    status_notes=MAYBE_TEXT,
    service_name=CODE,
    service_code=CODE,
    description={"type": ["string", "null"], "maxLength": 4000},
    agency_responsible=MAYBE_TEXT,
    service_notice=MAYBE_TEXT,
    requested_datetime=MOMENT,
    updated_datetime=MOMENT,
    expected_datetime={"anyOf": [MOMENT, {"type": "null"}]},
    address=CODE,
    address_id=MAYBE_TEXT,
    zipcode=MAYBE_TEXT,
    lat=MAYBE_NUMBER,
    long=MAYBE_NUMBER,
    media_url=MAYBE_TEXT,
)
OURS = {
    "discovery": _object(changeset=MOMENT, contact=CODE, key_service=CODE, endpoints=_some(ENDPOINT, 1)),
    "services": _some(SERVICE, 1),
    "service-definition": _object(service_code=CODE, attributes=_some(ATTRIBUTE)),
    "requests": _some(REQUEST),
    "made": _some(_object(service_request_id=CODE, service_notice=MAYBE_TEXT, account_id=MAYBE_TEXT), 1),
    "token": _some(_object(service_request_id=CODE, token=CODE), 1),
    "errors": _some(_object(code={"type": "integer"}, description=CODE), 1),
}
# A folder with the published files, for whoever has them: `OPEN311_SCHEMAS=… pytest tests/admin/api`.
PUBLISHED = os.environ.get("OPEN311_SCHEMAS")


def check(name: str, said: Any) -> None:
    """Raises ValidationError for what is not as `OURS[name]`, nor as the published file of that name."""
    Draft202012Validator(OURS[name]).validate(said)
    file = Path(PUBLISHED or "", f"{name}.json")
    if PUBLISHED and file.exists():
        _published(file).validate(said)


def _published(file: Path) -> Draft202012Validator:
    """They refer to each other by the name of the file."""
    found = [(path.name, Resource.opaque(_read(path))) for path in sorted(file.parent.glob("*.json"))]
    registry: Registry[Any] = Registry().with_resources(found)
    return Draft202012Validator(_read(file), registry=registry, format_checker=FormatChecker())


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
