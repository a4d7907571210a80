"""Versions of one thing of the configuration: published, confirmed by a second person. Each act has its
author and reason and stands in the trail. Every process follows within seconds (`in_force`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from intake.accounts.staff import Member
from intake.acting import DECIDERS, require
from intake.audit.trail import CONSOLE, Act, note_act, staff_of
from intake.clock import utc_now
from intake.configuration.drafts import MAY_CHANGE, REASON_MAX, end_draft
from intake.configuration.in_force import Subject
from intake.configuration.sentences import is_safety
from intake.database import reading
from intake.errors import FormRefused, NotAllowed, NotFound, Stale
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.configuration import ConfigVerdict, ConfigVersion

REASON_MIN = 10
OWN = 0  # the jurisdiction's folder
log = structlog.get_logger()


@dataclass(frozen=True)
class Version:
    """`author` None: the command line. `verdict` None: nobody has said anything yet, or nobody needs to."""

    number: int
    key: str
    value: Mapping[str, Any] | None
    of_number: int | None
    needs_second: bool
    reason: str
    author: str | None
    author_id: int | None
    made_at: datetime
    verdict: bool | None
    second: str | None
    second_at: datetime | None

    @property
    def counts(self) -> bool:
        return not self.needs_second or bool(self.verdict)

    @property
    def waits(self) -> bool:
        return self.needs_second and self.verdict is None


@dataclass(frozen=True)
class Change:
    """What is to be in force; `value` None: as the folder says. Safety sentences need a second person anyway.

    `draft`: the key of the author's draft that it was written in, which ends with it.
    """

    subject: Subject
    key: str
    value: Mapping[str, Any] | None
    of_number: int | None = None
    needs_second: bool = False
    draft: str | None = None


def list_versions(office: Office, subject: Subject, key: str) -> list[Version]:
    """All there ever were, the newest first."""
    with reading(office.sessions) as session:
        return _versions(session, ConfigVersion.subject == subject.value, ConfigVersion.key == key)


def list_waiting(office: Office, subject: Subject) -> list[Version]:
    """Those that need a second person's word; what a later version took the place of waits no more."""
    numbers = select(func.max(ConfigVersion.number)).where(ConfigVersion.subject == subject.value)
    newest = ConfigVersion.number.in_(numbers.group_by(ConfigVersion.key))
    with reading(office.sessions) as session:
        return [one for one in _versions(session, newest) if one.waits]


def number_in_force(versions: Sequence[Version]) -> int:
    return next((one.number for one in versions if one.counts), OWN)


def publish(office: Office, member: Member, change: Change, reason: str, over: int) -> int:
    """Its number. `over`: the newest version that the page showed. What is published was checked by who calls.

    Commits. Raises NotAllowed, FormRefused (no_reason), Stale.
    """
    require(member, MAY_CHANGE)
    return publish_many(office, member, [change], reason, over)[0]


def value_at(office: Office, subject: Subject, key: str, number: int) -> Mapping[str, Any] | None:
    """What the version says; None: as the folder says. Raises NotFound."""
    if number == OWN:
        return None
    found = [one for one in list_versions(office, subject, key) if one.number == number]
    if not found:
        raise NotFound(f"no version {number} of {key}")
    return found[0].value


def publish_many(
    office: Office,
    member: Member | None,
    changes: Sequence[Change],
    reason: str,
    over: int | None = None,
    *,
    after: int | None = None,
) -> list[int]:
    """All or nothing. `member` None: the command line. `over`: of a single change; `after`: the newest version of all.
    Commits. Raises as `publish`."""
    require_reason(reason)
    now, actor = utc_now(), staff_of(member.id) if member else CONSOLE
    try:
        with office.sessions.begin() as session:
            if over is not None and _newest(session, changes[0].subject, changes[0].key) != over:
                raise Stale(f"{changes[0].key} was published meanwhile")
            first = (session.scalar(select(func.max(ConfigVersion.number))) or 0) + 1
            if after is not None and first != after + 1:
                raise Stale("something was published meanwhile")
            rows = [_row(one, number, reason) for number, one in enumerate(changes, start=first)]
            for row in rows:
                row.made_at, row.made_by = now, member.id if member else None
                note_act(session, actor, Act.CONFIG_PUBLISHED, _noted(row), at=now)
            session.add_all(rows)
            for one in changes:
                if member and one.draft is not None:
                    end_draft(session, member, one.subject, one.draft)
    except IntegrityError as error:
        raise Stale("the configuration was changed at the same moment") from error
    office.in_force.forget()
    for row in rows:
        log.warning("configuration.published", number=row.number, subject=row.subject, key=row.key)
    return [row.number for row in rows]


def give_verdict(office: Office, member: Member, number: int, *, is_confirmed: bool) -> Version:
    """By somebody else than its author; as it was. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, DECIDERS)
    now = utc_now()
    try:
        with office.sessions.begin() as session:
            found = _versions(session, ConfigVersion.number == number)
            if not found or not found[0].needs_second:
                raise NotFound(f"no version {number} that needs a second person")
            version = found[0]
            if version.author_id == member.id:
                raise NotAllowed("a second person confirms")
            if version.verdict is not None:
                raise Stale("somebody has said it already")
            if _newest(session, Subject(session.get_one(ConfigVersion, number).subject), version.key) != number:
                raise Stale("a later version took its place")
            place = (session.scalar(select(func.max(ConfigVerdict.number))) or 0) + 1
            row = ConfigVerdict(number=place, version=number, is_confirmed=is_confirmed, made_at=now, made_by=member.id)
            session.add(row)
            act = Act.CONFIG_CONFIRMED if is_confirmed else Act.CONFIG_REFUSED
            note_act(session, staff_of(member.id), act, {"version": number, "key": version.key}, at=now)
    except IntegrityError as error:
        raise Stale("somebody has said it at the same moment") from error
    office.in_force.forget()
    return version


def _versions(session: Session, *conditions: Any) -> list[Version]:
    second = aliased(Staff)
    wanted = (
        select(ConfigVersion, Staff.name, ConfigVerdict, second.name)
        .outerjoin(Staff, Staff.id == ConfigVersion.made_by)
        .outerjoin(ConfigVerdict, ConfigVerdict.version == ConfigVersion.number)
        .outerjoin(second, second.id == ConfigVerdict.made_by)
        .where(*conditions)
        .order_by(ConfigVersion.number.desc())
    )
    return [_view(row, author, verdict, name) for row, author, verdict, name in session.execute(wanted)]


def _view(row: ConfigVersion, author: str | None, verdict: ConfigVerdict | None, second: str | None) -> Version:
    return Version(
        number=row.number,
        key=row.key,
        value=row.value,
        of_number=row.of_number,
        needs_second=row.needs_second,
        reason=row.reason,
        author=author,
        author_id=row.made_by,
        made_at=row.made_at,
        verdict=verdict.is_confirmed if verdict else None,
        second=second,
        second_at=verdict.made_at if verdict else None,
    )


def _row(change: Change, number: int, reason: str) -> ConfigVersion:
    return ConfigVersion(
        number=number,
        subject=change.subject.value,
        key=change.key,
        value=dict(change.value) if change.value is not None else None,
        of_number=change.of_number,
        needs_second=change.needs_second or (change.subject == Subject.SENTENCE and is_safety(change.key)),
        reason=reason.strip()[:REASON_MAX],
    )


def require_reason(reason: str) -> None:
    """Raises FormRefused."""
    if len(reason.strip()) < REASON_MIN:
        raise FormRefused("no_reason")


def _newest(session: Session, subject: Subject, key: str) -> int:
    wanted = select(func.max(ConfigVersion.number)).where(
        ConfigVersion.subject == subject.value, ConfigVersion.key == key
    )
    return session.scalar(wanted) or OWN


def _noted(row: ConfigVersion) -> dict[str, Any]:
    return {"version": row.number, "subject": row.subject, "key": row.key}
