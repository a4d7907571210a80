"""Agencies, emergency lines, topics and WhatsApp's templates as versions hold them, and as the program uses them. Pure.

Each reader raises ValueError or KeyError for a value that cannot stand.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from intake.alerts.topics import Topic, topic_from
from intake.jurisdiction import Agency, Line
from intake.outgoing.templates import ApprovedTemplate, template_of

ORDERS = ("estatal", "municipal", "federal", "autonomo", "privado")
SHARES = (0.95, 0.97, 0.99)  # of right ones, that an agency may be promised
NAME_MAX, ACRONYM_MAX, CONTACT_MAX = 160, 40, 300
TOPIC_KEY_MAX = 24  # the columns' length
TOPIC_KEY = re.compile(rf"[a-z0-9_]{{1,{TOPIC_KEY_MAX}}}")


def read_agency(key: str, value: Mapping[str, Any], own: Agency | None) -> Agency:
    """Only an agency of the folder: the mind knows no other."""
    if own is None:
        raise ValueError(f"no agency {key} in the folder")
    name, acronym = str(value["name"]).strip(), str(value["acronym"]).strip()
    if not name or not acronym or value["order"] not in ORDERS:
        raise ValueError(f"{key}: name, acronym and order are needed")
    return replace(
        own,
        name=name,
        acronym=acronym,
        order=str(value["order"]),
        contact=str(value.get("contact", "")),
        is_open=bool(value.get("is_open", True)),
    )


def write_agency(agency: Agency) -> dict[str, Any]:
    return {
        "name": agency.name,
        "acronym": agency.acronym,
        "order": agency.order,
        "contact": agency.contact,
        "is_open": agency.is_open,
    }


def read_line(key: str, value: Mapping[str, Any], own: Line | None) -> Line:
    """Only a line of the folder: sentences name no other."""
    if own is None:
        raise ValueError(f"no line {key} in the folder")
    number, name, source = (str(value[part]).strip() for part in ("number", "name", "source"))
    if not any(letter.isdigit() for letter in number) or not name or not source:
        raise ValueError(f"{key}: a number, a name and where it comes from are needed")
    return Line(number, name, source, bool(value["confirmed"]), _day(value["checked_on"]))


def write_line(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "name": line.name,
        "source": line.source,
        "confirmed": line.is_confirmed,
        "checked_on": line.checked_on.isoformat(),
    }


def read_template(key: str, value: Mapping[str, Any], own: ApprovedTemplate | None) -> ApprovedTemplate | None:
    """None until it is confirmed that WhatsApp has approved it: nothing leaves in its words before."""
    if not value.get("confirmed"):
        return None
    return template_of(key, {**value, "approved_on": _day(value["approved_on"])})


def write_template(template: ApprovedTemplate) -> dict[str, Any]:
    return {
        "content_sid": template.content_sid,
        "language": template.language,
        "version": template.version,
        "approved_on": template.approved_on.isoformat(),
        "carries": template.carries.value,
        "body": template.body,
        "variables": list(template.variables),
        "confirmed": True,
    }


def read_topic(key: str, value: Mapping[str, Any], own: Topic | None) -> Topic:
    """Of the folder, or an office's own. That it is known by another name changes nothing of what was counted."""
    name = str(value["name"]).strip()
    if not name or not TOPIC_KEY.fullmatch(key):
        raise ValueError(f"{key}: a name is needed, and a key of at most {TOPIC_KEY_MAX} letters")
    agencies = [str(agency) for agency in value["agencies"]]
    parts = {"name": name, "agencies": agencies, "only": bool(value["only"]), "words": str(value["words"])}
    marks = {"is_open": bool(value["is_open"]), "confirmed": bool(value["confirmed"])}
    return topic_from(key, parts | marks)


def write_topic(topic: Topic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "agencies": sorted(topic.agencies),
        "only": topic.needs_words,
        "words": topic.words,
        "is_open": topic.is_open,
        "confirmed": topic.is_confirmed,
    }


def check_promise(value: Mapping[str, Any]) -> None:
    """Raises ValueError, KeyError."""
    if value["share"] not in SHARES or not isinstance(value["is_on"], bool):
        raise ValueError(f"is_on and a share of {SHARES}")


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
