"""Versions of the rules: publish the draft, go back to an earlier one, read any. Each act has its author and reason.

Called by the admin. Every process follows within seconds (`rulebook`); no petition is moved by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from intake.accounts.staff import Member
from intake.acting import require
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.rules.drafts import MAY_CHANGE, newest_step, read_or_faults
from intake.tables.accounts import Staff
from intake.tables.rules import RuleDraft, RuleVersion
from routing.rules import Rules

REASON_MIN, REASON_MAX = 10, 500  # the column's length
OWN = 0  # the jurisdiction's file
log = structlog.get_logger()


@dataclass(frozen=True)
class VersionView:
    """`author`, `made_at` and `reason` None: the jurisdiction's file. `of_number`: the version that it went back to."""

    number: int
    of_number: int | None = None
    reason: str | None = None
    author: str | None = None
    made_at: datetime | None = None


@dataclass(frozen=True)
class VersionRules:
    """`rules` None: it names what there is no more."""

    view: VersionView
    text: str
    rules: Rules | None


def list_versions(office: Office) -> Sequence[VersionView]:
    """All there ever were, the newest first, the jurisdiction's file last."""
    wanted = select(RuleVersion, Staff.name).join(Staff, Staff.id == RuleVersion.made_by)
    with reading(office.sessions) as session:
        rows = session.execute(wanted.order_by(RuleVersion.number.desc())).all()
    return [*(_view(row, name) for row, name in rows), VersionView(OWN)]


def get_version(office: Office, number: int) -> VersionRules:
    """Raises NotFound."""
    if number == OWN:
        return VersionRules(VersionView(OWN), office.rulebook.own_text, office.rulebook.own)
    wanted = select(RuleVersion, Staff.name).join(Staff, Staff.id == RuleVersion.made_by)
    with reading(office.sessions) as session:
        found = session.execute(wanted.where(RuleVersion.number == number)).first()
    if found is None:
        raise NotFound(f"no version {number} of the rules")
    row, name = found
    text = office.rulebook.own_text if row.of_number == OWN else row.text
    return VersionRules(_view(row, name), text, read_or_faults(office, text)[0])


def publish_draft(office: Office, member: Member, was: int, reason: str, over: int) -> int:
    """The draft is in force; its version. `was`: the step and `over` the version that were rehearsed.

    Commits. Raises NotAllowed, NotFound, FormRefused (no_reason, faulty, no_change), Stale.
    """
    require(member, MAY_CHANGE)
    _require_reason(reason)
    with office.sessions() as session:
        step = newest_step(session)
    if step is None or step.text is None:
        raise NotFound("there is no draft of the rules")
    if step.number != was:
        raise Stale("the draft was changed meanwhile")
    if read_or_faults(office, step.text)[0] is None:
        raise FormRefused("faulty")
    if step.text == get_version(office, office.rules.version).text:
        raise FormRefused("no_change")
    ended = RuleDraft(number=was + 1, text=None, base=step.base, saved_at=utc_now(), saved_by=member.id)
    return _write(office, member, over, RuleVersion(text=step.text, reason=reason[:REASON_MAX]), ended)


def publish_text(office: Office, member: Member, text: str, reason: str, over: int) -> int:
    """These rules are in force, from a file; the draft stays as it is. Commits. Raises as `publish_draft`."""
    require(member, MAY_CHANGE)
    _require_reason(reason)
    if read_or_faults(office, text)[0] is None:
        raise FormRefused("faulty")
    return _write(office, member, over, RuleVersion(text=text, reason=reason[:REASON_MAX]))


def go_back(office: Office, member: Member, number: int, reason: str, over: int) -> int:
    """The version `number` is in force again, as a further version, whose number is returned. `over`: the one that
    the page showed as in force. Commits. Raises NotAllowed, NotFound, FormRefused (no_reason, faulty), Stale."""
    require(member, MAY_CHANGE)
    _require_reason(reason)
    version = get_version(office, number)
    if version.rules is None:
        raise FormRefused("faulty")
    source = version.view.of_number if version.view.of_number is not None else number
    return _write(office, member, over, RuleVersion(of_number=source, text=version.text, reason=reason[:REASON_MAX]))


def _write(office: Office, member: Member, over: int, row: RuleVersion, ended: RuleDraft | None = None) -> int:
    office.rulebook.forget()
    if office.rules.version != over:
        raise Stale("other rules were published meanwhile")
    try:
        with office.sessions.begin() as session:
            number = (session.scalar(select(func.max(RuleVersion.number))) or 0) + 1
            row.number, row.made_at, row.made_by = number, utc_now(), member.id
            session.add_all([row, *([ended] if ended else [])])
    except IntegrityError as error:
        raise Stale("the rules were changed at the same moment") from error
    office.rulebook.forget()
    log.warning("rules.published", version=number, of_version=row.of_number, by=member.id)
    return number


def _require_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_MIN:
        raise FormRefused("no_reason")


def _view(row: RuleVersion, author: str) -> VersionView:
    return VersionView(row.number, row.of_number, row.reason, author, row.made_at)
