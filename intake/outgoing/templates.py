"""Texts that WhatsApp has approved for this office's sender: what may be said after the 24 hours, and how it is filled.

Read at start from the jurisdiction's `whatsapp_templates.yaml`; which of them a reply leaves as is decided by `window`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.messages import Template
from bot.notices import FIELDS, NOTICES

CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")
SLOT = re.compile(r"\{\{(\d+)\}\}")
# A variable may be neither first nor last nor beside another one (CHANNELS A2, templates).
MISPLACED = re.compile(r"^\s*\{\{|\}\}[\s.!?]*$|\}\}\s*\{\{")


class Carries(StrEnum):
    ALL = "all"  # it says what the reply says
    NOTICE = "notice"  # it only asks the citizen to write; the reply itself leaves when they do


@dataclass(frozen=True)
class ApprovedTemplate:
    """One approved text in the place of one purpose's replies. `variables`: names of what fills {{1}}, {{2}} …"""

    purpose: str
    content_sid: str
    language: str
    version: str
    approved_on: date
    carries: Carries
    body: str
    variables: tuple[str, ...]

    def fill(self, fields: Mapping[str, str]) -> tuple[Template, str] | None:
        """What is sent, and the text as the citizen reads it. None when something is missing: Twilio refuses an empty
        variable, and one with a line break (21656)."""
        values = tuple(" ".join(str(fields.get(name, "")).split()) for name in self.variables)
        if not all(values):
            return None
        text = SLOT.sub(lambda slot: values[int(slot[1]) - 1], self.body)
        return Template(self.content_sid, values), text


def load_templates(path: Path) -> dict[str, ApprovedTemplate]:
    """By purpose; none when there is no such file. Raises ValueError naming what is wrong and where."""
    if not path.exists():
        return {}
    try:
        values = YAML(typ="safe").load(path) or {}
    except YAMLError as error:
        raise ValueError(f"{path.name} is no YAML: {error}") from error
    entries = (values.get("templates") if isinstance(values, dict) else values) or {}
    if not isinstance(entries, dict):
        raise ValueError(f"{path.name}: under `templates` stands one entry for each purpose, as in its head")
    approved = {key: entry for key, entry in entries.items() if not _is_waiting(entry)}
    return {str(purpose): template_of(str(purpose), entry) for purpose, entry in approved.items()}


def _is_waiting(entry: Any) -> bool:
    """Written down, and not seen approved yet."""
    return isinstance(entry, dict) and entry.get("confirmed") is False


def template_of(purpose: str, values: Any) -> ApprovedTemplate:
    """Raises ValueError naming what is wrong."""
    try:
        template = ApprovedTemplate(
            purpose=purpose,
            content_sid=str(values["content_sid"]),
            language=str(values["language"]),
            version=str(values["version"]),
            approved_on=_day(values["approved_on"]),
            carries=Carries(values["carries"]),
            body=str(values["body"]).strip(),
            variables=tuple(map(str, values.get("variables") or ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"whatsapp_templates.yaml, {purpose}: {_complaint(error)}") from error
    faults = list(_faults(template))
    if faults:
        raise ValueError(f"whatsapp_templates.yaml, {purpose}: {'; '.join(faults)}")
    return template


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise ValueError("approved_on must be a day, as 2026-01-15")
    return value


def _complaint(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return str(error) if isinstance(error, ValueError) else "not the entries that the file's head names"


def _faults(template: ApprovedTemplate) -> list[str]:
    slots = [int(number) for number in SLOT.findall(template.body)]
    unknown = [name for name in template.variables if name not in FIELDS]
    checks = {
        f"no notice of that name; there are {', '.join(sorted(NOTICES))}": template.purpose not in NOTICES,
        "content_sid must be HX and 32 digits of 0–9 a–f": not CONTENT_SID.fullmatch(template.content_sid),
        f"unknown variables {unknown}; there are {', '.join(sorted(FIELDS))}": bool(unknown),
        "the body needs {{1}} … for each variable": sorted(set(slots)) != [*range(1, len(template.variables) + 1)],
        "a variable may be neither first nor last nor beside another": bool(MISPLACED.search(template.body)),
    }
    return [text for text, is_wrong in checks.items() if is_wrong]
