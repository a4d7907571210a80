"""Agencies, emergency lines and WhatsApp's templates changed with a form: checked as the program reads them, published.

Called by the admin and by an import. A line's other number needs a second person; that it was called and answers, none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.notices import NOTICES
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.configuration.in_force import Subject
from intake.configuration.things import (
    ACRONYM_MAX,
    CONTACT_MAX,
    NAME_MAX,
    check_promise,
    read_agency,
    read_line,
    read_template,
    write_agency,
    write_line,
    write_template,
)
from intake.configuration.versions import Change, list_waiting, publish
from intake.errors import FormRefused, NotFound
from intake.jurisdiction import Jurisdiction, Line
from intake.office import Office

STALE_MONTHS = 6  # a line's check is older: `canaliza doctor` and the page say so
DAYS_A_MONTH = 30
NOT_WRITTEN: Mapping[str, Any] = {
    "content_sid": "",
    "language": "es_MX",
    "approved_on": "",
    "carries": "notice",
    "body": "",
    "variables": [],
    "confirmed": False,
}


@dataclass(frozen=True)
class TemplateView:
    """What is written of one purpose's template. `is_in_force`: replies may leave in its words."""

    purpose: str
    value: Mapping[str, Any]
    is_in_force: bool

    @property
    def state(self) -> str:
        if self.is_in_force:
            return "approved"
        return "waiting" if self.value.get("content_sid") else "none"


def value_of(jurisdiction: Jurisdiction, subject: Subject, key: str) -> dict[str, Any] | None:
    """As it is in force, in the shape of a version. None: there is no such thing."""
    if subject == Subject.AGENCY:
        agency = jurisdiction.find_agency(key)
        return write_agency(agency) if agency else None
    if subject == Subject.LINE:
        return write_line(jurisdiction.lines[key]) if key in jurisdiction.lines else None
    template = jurisdiction.templates.get(key)
    return write_template(template) if template else None


def check(office: Office, change: Change) -> str | None:
    """Why the value cannot stand, in the program's words; None: it can."""
    value, key, folder = change.value, change.key, office.jurisdiction
    if value is None:
        return None
    try:
        if change.subject == Subject.AGENCY:
            read_agency(key, value, folder.find_agency(key))
            _require_short(value, name=NAME_MAX, acronym=ACRONYM_MAX, contact=CONTACT_MAX)
        elif change.subject == Subject.LINE:
            read_line(key, value, folder.lines.get(key))
            _require_short(value, name=NAME_MAX, number=ACRONYM_MAX, source=CONTACT_MAX)
        elif change.subject == Subject.PROMISE:
            folder.get_agency(key)
            check_promise(value)
        elif change.subject == Subject.TEMPLATE:
            if key not in NOTICES:
                raise ValueError(f"{key} is no notice")
            read_template(key, value, None)
    except (ValueError, KeyError, TypeError, NotFound) as error:
        return str(error)
    return None


def change_thing(office: Office, member: Member, change: Change, reason: str, over: int) -> int:
    """Its version. Commits. Raises NotFound, FormRefused (faulty, no_change, no_reason, waits), NotAllowed,
    Stale."""
    was = value_of(office.jurisdiction, change.subject, change.key)
    if was is None and change.subject != Subject.TEMPLATE:
        raise NotFound(f"no {change.subject} {change.key}")
    if was == change.value:
        raise FormRefused("no_change")
    if check(office, change):
        raise FormRefused("faulty")
    change = with_second(office, change)
    if not change.needs_second:
        _require_none_waits(office, change)
    return publish(office, member, change, reason, over)


def with_second(office: Office, change: Change) -> Change:
    """Whether another person has to confirm it."""
    if change.subject != Subject.LINE or change.value is None:
        return change
    line = office.jurisdiction.lines.get(change.key)
    is_other = line is None or str(change.value["number"]).strip() != line.number
    return Change(change.subject, change.key, change.value, change.of_number, needs_second=is_other)


def check_line_today(office: Office, member: Member, key: str, reason: str, over: int) -> int:
    """Somebody called it: it answers as it says. Its version. Commits. Raises as `change_thing`, and FormRefused
    (waits)."""
    line = office.jurisdiction.lines.get(key)
    if line is None:
        raise NotFound(f"no line {key}")
    value = {**write_line(line), "checked_on": _today(office).isoformat(), "confirmed": True}
    change = Change(Subject.LINE, key, value)
    _require_none_waits(office, change)
    return publish(office, member, change, reason, over)


def _require_none_waits(office: Office, change: Change) -> None:
    """A later version would take the place of another number that waits for a second person. Raises FormRefused."""
    if any(one.key == change.key for one in list_waiting(office, change.subject)):
        raise FormRefused("waits")


def is_stale(line: Line, today: date) -> bool:
    return (today - line.checked_on).days > STALE_MONTHS * DAYS_A_MONTH


def list_stale(office: Office) -> list[Line]:
    """Lines that nobody has called for too long."""
    return [line for line in office.jurisdiction.lines.values() if is_stale(line, _today(office))]


def list_templates(office: Office) -> list[TemplateView]:
    """One for each notice that may leave in a template, with what was written of it."""
    written = office.in_force.values(Subject.TEMPLATE)
    found = []
    for purpose in sorted(NOTICES):
        template = office.jurisdiction.templates.get(purpose)
        value = written.get(purpose) or (write_template(template) if template else NOT_WRITTEN)
        found.append(TemplateView(purpose, value, template is not None))
    return found


def _today(office: Office) -> date:
    return utc_now().astimezone(office.jurisdiction.zone).date()


def _require_short(value: Mapping[str, Any], **limits: int) -> None:
    for name, limit in limits.items():
        if len(str(value.get(name, ""))) > limit:
            raise ValueError(f"{name}: at most {limit} characters")
