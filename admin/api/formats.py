"""Open311's two formats: JSON, and XML of the same by the Spark convention: a list's item has the singular."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import JSONResponse, Response

SINGULAR = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Rows = Sequence[Mapping[str, Any]]


class Format(StrEnum):
    JSON = "json"
    XML = "xml"


def respond(
    kind: Format,
    root: str,
    content: Rows | Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`root`: the name of the XML document; JSON has none."""
    given = dict(headers or {})
    if kind == Format.JSON:
        return JSONResponse(content, status, given, media_type="application/json; charset=utf-8")
    element = _fill(Element(root), root, content)
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(element, encoding="utf-8", xml_declaration=False)
    return Response(body, status, given, media_type="text/xml; charset=utf-8")


def _fill(element: Element, name: str, content: Any) -> Element:
    if isinstance(content, Mapping):
        for key, value in content.items():
            _fill(SubElement(element, key), key, value)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for one in content:
            _fill(SubElement(element, SINGULAR[name]), SINGULAR[name], one)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = NOT_XML.sub("", str(content))
    return element
