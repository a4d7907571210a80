"""Files of a configuration compared with what is in force, checked, and applied as further versions.

Called by the admin and the command line. What a file leaves out stays as it is; nothing is applied while one thing is
at fault.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from intake.accounts.staff import Member
from intake.acting import require
from intake.configuration.changing import list_faults, with_second
from intake.configuration.drafts import MAY_CHANGE
from intake.configuration.folder import (
    ABOUT,
    AGENCIES,
    FIXED,
    FORMAT,
    LINES,
    NAMES,
    PROMISES,
    RULES,
    SENTENCES,
    SERIES,
    TEMPLATES,
    TERMS,
    TOPICS,
    Files,
    files_of,
    values_in,
)
from intake.configuration.in_force import Stamp, Subject
from intake.configuration.versions import Change, publish_many, require_reason
from intake.errors import FormRefused, Stale
from intake.office import Office
from intake.rules.drafts import read_or_faults
from intake.rules.versions import publish_text

HOLDS = {
    SENTENCES: Subject.SENTENCE,
    AGENCIES: Subject.AGENCY,
    LINES: Subject.LINE,
    TEMPLATES: Subject.TEMPLATE,
    PROMISES: Subject.PROMISE,
    TOPICS: Subject.TOPIC,
    TERMS: Subject.TERM,
    SERIES: Subject.SERIES,
}


@dataclass(frozen=True)
class Difference:
    """One thing that would be otherwise. `part`: which of it; `before` None: there is none yet."""

    subject: str
    key: str
    part: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Trouble:
    """Why it cannot come in: a file, of it a key, and the words of what checked it."""

    name: str
    key: str
    why: str


@dataclass(frozen=True)
class Plan:
    """`fixed`: files that differ and are changed in the folder alone. `rules`: their text, None: the same."""

    changes: tuple[Change, ...]
    rules: str | None
    differences: tuple[Difference, ...]
    troubles: tuple[Trouble, ...]
    fixed: tuple[str, ...]
    stamp: Stamp
    rules_version: int

    @property
    def is_empty(self) -> bool:
        return not self.changes and self.rules is None


def plan(office: Office, files: Files) -> Plan:
    """What would change and what stands against it. Changes nothing."""
    stamp, rules_version = office.in_force.stamp, office.rules.version
    own = files_of(office)
    troubles = list(_foreign(files))
    changes: list[Change] = []
    differences: list[Difference] = []
    for name, subject in HOLDS.items():
        if name not in files or files[name] == own[name]:
            continue
        try:
            before, after = values_in(name, own[name]), values_in(name, files[name])
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            troubles.append(Trouble(name, "", str(error)))
            continue
        for key, value in after.items():
            if before.get(key) == value:
                continue
            change = Change(subject, key, value)
            faults = [Trouble(name, key, why) for why in list_faults(office, change)]
            troubles += faults
            differences += _differences(subject, key, before.get(key), value)
            changes.append(change if faults else with_second(office, change))
    rules, said = _rules(office, files, own)
    troubles += said
    if rules is not None:
        differences.append(Difference("rules", RULES, "text", None, ""))
    fixed = tuple(name for name in FIXED if name in files and files[name] != own.get(name))
    return Plan(tuple(changes), rules, tuple(differences), tuple(troubles), fixed, stamp, rules_version)


def apply(office: Office, member: Member, wanted: Plan, reason: str) -> int:
    """How many things are otherwise. Commits. Raises FormRefused (faulty, no_change, no_reason), NotAllowed, Stale when
    something was published since the plan was made."""
    if wanted.troubles:
        raise FormRefused("faulty")
    if wanted.is_empty:
        raise FormRefused("no_change")
    require(member, MAY_CHANGE)
    require_reason(reason)  # before the rules, which are a version of their own
    office.in_force.forget()
    if office.in_force.stamp != tuple(wanted.stamp) or office.rules.version != wanted.rules_version:
        raise Stale("something was published meanwhile")
    if wanted.rules is not None:
        publish_text(office, member, wanted.rules, reason, wanted.rules_version)
    if wanted.changes:
        publish_many(office, member, wanted.changes, reason, after=wanted.stamp[0])
    return len(wanted.changes) + (wanted.rules is not None)


def _foreign(files: Files) -> Iterator[Trouble]:
    for name in sorted(set(files) - NAMES):
        yield Trouble(name, "", "no file of a configuration")
    if ABOUT in files and f"format: {FORMAT}" not in files[ABOUT].decode("utf-8", "replace"):
        yield Trouble(ABOUT, "", "of another format")


def _differences(
    subject: Subject, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Iterator[Difference]:
    for part, value in after.items():
        was = None if before is None else before.get(part)
        if before is None or was != value:
            yield Difference(subject.value, key, part, None if was is None else _said(was), _said(value))


def _rules(office: Office, files: Files, own: Files) -> tuple[str | None, list[Trouble]]:
    if RULES not in files or files[RULES] == own[RULES]:
        return None, []
    try:
        text = files[RULES].decode("utf-8")
    except UnicodeDecodeError:
        return None, [Trouble(RULES, "", "no text")]
    _, faults = read_or_faults(office, text)
    return text, [Trouble(RULES, f"line {fault.line}", fault.name) for fault in faults]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return " ".join(f"{name} {_said(one)}" for name, one in value.items()) if isinstance(value, dict) else str(value)
