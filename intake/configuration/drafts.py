"""What somebody is writing of one thing of the configuration: kept as typed, right or wrong, until it is published
(`versions.publish`) or discarded. Everybody keeps their own; an administrator sees what a colleague is writing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.clock import utc_now
from intake.configuration.in_force import Subject
from intake.database import insert_or_replace, reading
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.configuration import ConfigDraft, ConfigVersion

MAY_CHANGE = frozenset({Role.ADMINISTRATOR})
REASON_MAX = 500  # the columns' length


@dataclass(frozen=True)
class Written:
    """`over`: the newest version that the page showed; None: nobody knows."""

    value: Mapping[str, Any]
    reason: str = ""
    over: int | None = None


@dataclass(frozen=True)
class Draft:
    """What is kept. `newest`: the newest version of the thing today, 0 for the folder's."""

    key: str
    written: Written
    newest: int
    author: str
    author_id: int
    saved_at: datetime

    @property
    def is_overtaken(self) -> bool:
        """Something was published after it was begun."""
        return self.written.over is not None and self.written.over < self.newest


def save_draft(
    office: Office, member: Member, subject: Subject, key: str, written: Written, now: Mapping[str, Any] | None = None
) -> bool:
    """The member's own of that thing. False: it says what is in force (`now`) or what was published last, as when a
    page keeps what it has just published; then there is none. Commits. Raises NotAllowed."""
    require(member, MAY_CHANGE)
    with office.sessions.begin() as session:
        if written.value in (now, _published_last(session, subject, key)):
            end_draft(session, member, subject, key)
            return False
        own: dict[str, Any] = {"subject": subject.value, "key": key, "staff_id": member.id}
        said = {"value": dict(written.value), "reason": written.reason[:REASON_MAX], "over_number": written.over}
        insert_or_replace(session, ConfigDraft, own | said | {"saved_at": utc_now()}, keys=tuple(own))
        return True


def list_drafts(office: Office, subject: Subject, key: str | None = None) -> list[Draft]:
    """Everybody's, of one thing or of all of that kind; the latest first."""
    newest = (
        select(func.max(ConfigVersion.number))
        .where(ConfigVersion.subject == ConfigDraft.subject, ConfigVersion.key == ConfigDraft.key)
        .scalar_subquery()
    )
    wanted = (
        select(ConfigDraft, newest, Staff.name)
        .join(Staff, Staff.id == ConfigDraft.staff_id)
        .where(ConfigDraft.subject == subject.value)
        .order_by(ConfigDraft.saved_at.desc(), ConfigDraft.staff_id)
    )
    if key is not None:
        wanted = wanted.where(ConfigDraft.key == key)
    with reading(office.sessions) as session:
        return [_view(row, number or 0, name) for row, number, name in session.execute(wanted)]


def find_draft(office: Office, member: Member, subject: Subject, key: str) -> Draft | None:
    """The member's own."""
    return next((one for one in list_drafts(office, subject, key) if one.author_id == member.id), None)


def discard_draft(office: Office, member: Member, subject: Subject, key: str) -> None:
    """The member's own, if there is one. Commits. Raises NotAllowed."""
    require(member, MAY_CHANGE)
    with office.sessions.begin() as session:
        end_draft(session, member, subject, key)


def end_draft(session: Session, member: Member, subject: Subject, key: str) -> None:
    session.execute(
        delete(ConfigDraft).where(
            ConfigDraft.subject == subject.value, ConfigDraft.key == key, ConfigDraft.staff_id == member.id
        )
    )


def _published_last(session: Session, subject: Subject, key: str) -> dict[str, Any] | None:
    wanted = select(ConfigVersion.value).where(ConfigVersion.subject == subject.value, ConfigVersion.key == key)
    return session.scalar(wanted.order_by(ConfigVersion.number.desc()).limit(1))


def _view(row: ConfigDraft, newest: int, author: str) -> Draft:
    written = Written(row.value, row.reason, row.over_number)
    return Draft(row.key, written, newest, author, row.staff_id, row.saved_at)
