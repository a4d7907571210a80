"""Agencies, lines, topics, WhatsApp's templates, terms and series changed with a form: checked as read, published.

Called by the admin and by an import. Going back is a change like any other: it is checked again. A line's other number
needs a second person; that it was called and answers, none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.notices import NOTICES
from intake.accounts.staff import Member
from intake.acting import require
from intake.clock import utc_now
from intake.configuration.drafts import MAY_CHANGE
from intake.configuration.in_force import Subject
from intake.configuration.sentences import check_sentence
from intake.configuration.standing import Standing
from intake.configuration.things import (
    ACRONYM_MAX,
    CONTACT_MAX,
    NAME_MAX,
    check_promise,
    read_agency,
    read_line,
    read_template,
    read_topic,
    write_agency,
    write_line,
    write_template,
    write_topic,
)
from intake.configuration.topics import find_topic_faults
from intake.configuration.unusable import Unusable
from intake.configuration.versions import Change, list_waiting, publish, value_at
from intake.correspondence.records import read_series, write_series
from intake.errors import FormRefused, NotFound
from intake.jurisdiction import Jurisdiction, Line
from intake.office import Office
from intake.terms.timing import read_entries, write_entries

STALE_MONTHS = 6  # a line's check is older: `canaliza doctor` and the page say so
DAYS_A_MONTH = 30
MADE_HERE = (Subject.TEMPLATE, Subject.TOPIC, Subject.SERIES)  # may be without the folder having one
NOT_WRITTEN: Mapping[str, Any] = {
    "content_sid": "",
    "language": "es_MX",
    "approved_on": "",
    "carries": "notice",
    "body": "",
    "variables": [],
    "confirmed": False,
}
WRITERS: Mapping[Subject, Callable[[Any], dict[str, Any]]] = {
    Subject.AGENCY: write_agency,
    Subject.LINE: write_line,
    Subject.TEMPLATE: write_template,
    Subject.TOPIC: write_topic,
    Subject.TERM: write_entries,
    Subject.SERIES: write_series,
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
    table = _table(jurisdiction, subject)
    return WRITERS[subject](table[key]) if key in table else None


def own_value_of(jurisdiction: Jurisdiction, subject: Subject, key: str) -> dict[str, Any] | None:
    """As `value_of`, in the folder."""
    table = _table(jurisdiction, subject)
    own = table.own if isinstance(table, Standing) else table
    return WRITERS[subject](own[key]) if key in own else None


def _table(jurisdiction: Jurisdiction, subject: Subject) -> Mapping[str, Any]:
    tables: Mapping[Subject, Mapping[str, Any]] = {
        Subject.AGENCY: jurisdiction.agencies,
        Subject.LINE: jurisdiction.lines,
        Subject.TEMPLATE: jurisdiction.templates,
        Subject.TOPIC: jurisdiction.topics.table,
        Subject.TERM: jurisdiction.timing.table,
        Subject.SERIES: jurisdiction.records.series,
    }
    return tables[subject]


def list_faults(office: Office, change: Change) -> list[str]:
    """Why the value cannot stand, in the program's words."""
    if change.value is None:
        return []
    try:
        return list(_faults(office, change.subject, change.key, change.value))
    except (ValueError, KeyError, TypeError, NotFound) as error:
        return [str(error)]


def find_wrong(office: Office, change: Change) -> str | None:
    """The name of the sentence that says why a term or a series cannot stand; None: it can."""
    try:
        list(_faults(office, change.subject, change.key, change.value or {}))
    except Unusable as error:
        return error.wrong
    except (ValueError, KeyError, TypeError):
        return "shape"
    return None


def _faults(office: Office, subject: Subject, key: str, value: Mapping[str, Any]) -> Iterator[str]:
    folder = office.jurisdiction
    if subject == Subject.SENTENCE:
        if not office.wording.own.has(key):
            raise ValueError("no sentence of that key")
        yield from map(str, check_sentence(office, key, str(value["text"])).faults)
    elif subject == Subject.AGENCY:
        read_agency(key, value, folder.find_agency(key))
        _require_short(value, name=NAME_MAX, acronym=ACRONYM_MAX, contact=CONTACT_MAX)
    elif subject == Subject.LINE:
        read_line(key, value, folder.lines.get(key))
        _require_short(value, name=NAME_MAX, number=ACRONYM_MAX, source=CONTACT_MAX)
    elif subject == Subject.TOPIC:
        read_topic(key, value, None)
        yield from map(str, find_topic_faults(office, key, value))
    elif subject == Subject.TERM:
        read_entries(key, value, None)
    elif subject == Subject.SERIES:
        read_series(key, value, None)
        if key == folder.records.default and not value["is_open"]:
            raise Unusable("default", f"{key}: petitions in no file have its terms")
    elif subject == Subject.PROMISE:
        folder.get_agency(key)
        check_promise(value)
    else:
        if key not in NOTICES:
            raise ValueError(f"{key} is no notice")
        read_template(key, value, None)


def change_thing(office: Office, member: Member, change: Change, reason: str, over: int) -> int:
    """Its version. Commits. Raises NotFound, FormRefused (faulty, no_change, no_reason, waits), NotAllowed,
    Stale."""
    was = value_of(office.jurisdiction, change.subject, change.key)
    if was is None and change.subject not in MADE_HERE:
        raise NotFound(f"no {change.subject} {change.key}")
    if was == change.value:
        raise FormRefused("no_change")
    return _publish_checked(office, member, change, reason, over)


def go_back(office: Office, member: Member, subject: Subject, key: str, number: int, reason: str, over: int) -> int:
    """The version `number` again (`OWN`: as the folder says), as a further one, if today's checks let it stand; a
    second person confirms it where one confirms a change. Its version. Commits. Raises as `change_thing`."""
    require(member, MAY_CHANGE)
    change = Change(subject, key, value_at(office, subject, key, number), number)
    is_everywhere = subject in (Subject.SENTENCE, Subject.TEMPLATE)
    if change.value is None and not is_everywhere and own_value_of(office.jurisdiction, subject, key) is None:
        raise NotFound(f"the folder has no {subject} {key}")
    return _publish_checked(office, member, change, reason, over)


def _publish_checked(office: Office, member: Member, change: Change, reason: str, over: int) -> int:
    if list_faults(office, change):
        raise FormRefused("faulty")
    change = with_second(office, change)
    if not change.needs_second and change.subject != Subject.SENTENCE:
        _require_none_waits(office, change)
    return publish(office, member, change, reason, over)


def with_second(office: Office, change: Change) -> Change:
    """Whether another person has to confirm it: another number of a line; of sentences `publish` knows."""
    if change.subject != Subject.LINE:
        return change
    line = office.jurisdiction.lines.get(change.key)
    value = change.value or own_value_of(office.jurisdiction, Subject.LINE, change.key)
    is_other = line is None or value is None or str(value["number"]).strip() != line.number
    return replace(change, needs_second=is_other)


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
