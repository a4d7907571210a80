"""The draft of the rules: one for the whole office, every step of it kept, with faults or without.

Called by the admin. A step is taken from the one that the page showed, or refused as stale; none is ever lost.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import require
from intake.clock import utc_now
from intake.database import reading
from intake.errors import FormRefused, NotFound, Stale
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.rules import RuleDraft
from routing.parsing import TEXT_MAX, Fault, RulesError, read_rules
from routing.rules import Rules

MAY_CHANGE = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class DraftView:
    """`number`: of its newest step. `rules` None while there are `faults`. `base`: the version it began at."""

    number: int
    base: int
    text: str
    author: str
    saved_at: datetime
    can_undo: bool
    rules: Rules | None
    faults: tuple[Fault, ...]


def find_draft(office: Office) -> DraftView | None:
    """None when nobody has begun one."""
    with reading(office.sessions) as session:
        row = newest_step(session)
        if row is None or row.text is None:
            return None
        author = session.get_one(Staff, row.saved_by).name
    rules, faults = read_or_faults(office, row.text)
    return DraftView(row.number, row.base, row.text, author, row.saved_at, row.before is not None, rules, faults)


def get_draft(office: Office) -> DraftView:
    """Raises NotFound."""
    draft = find_draft(office)
    if draft is None:
        raise NotFound("there is no draft of the rules")
    return draft


def begin_draft(office: Office, member: Member, text: str) -> int:
    """With that text; where there is a draft already, as its next step, which can be undone. Its number.

    Commits. Raises NotAllowed, FormRefused (too_long), Stale.
    """
    require(member, MAY_CHANGE)
    _require_size(text)
    version = office.rules.version
    with office.sessions() as session:
        last = newest_step(session)
    before = last.number if last and last.text is not None else None
    return _write(office, member, RuleDraft(text=text, base=version, before=before), last.number if last else 0)


def save_draft(office: Office, member: Member, text: str, was: int) -> int:
    """Its next step, with faults too. `was`: the step that the page showed. Commits. Raises NotAllowed, FormRefused
    (too_long), NotFound, Stale."""
    require(member, MAY_CHANGE)
    _require_size(text)
    last = _open_step(office, was)
    return _write(office, member, RuleDraft(text=text, base=last.base, before=last.number), was)


def undo_step(office: Office, member: Member, was: int) -> int:
    """It says again what it said before. Commits. Raises NotAllowed, NotFound when nothing is before, Stale."""
    require(member, MAY_CHANGE)
    last = _open_step(office, was)
    with office.sessions() as session:
        before = session.get(RuleDraft, last.before) if last.before is not None else None
    if before is None:
        raise NotFound("nothing of the draft can be undone")
    return _write(office, member, RuleDraft(text=before.text, base=before.base, before=before.before), was)


def discard_draft(office: Office, member: Member, was: int) -> None:
    """It ends; its steps stay. Commits. Raises NotAllowed, NotFound, Stale."""
    require(member, MAY_CHANGE)
    last = _open_step(office, was)
    _write(office, member, RuleDraft(text=None, base=last.base), was)


def newest_step(session: Session) -> RuleDraft | None:
    return session.scalars(select(RuleDraft).order_by(RuleDraft.number.desc()).limit(1)).first()


def read_or_faults(office: Office, text: str) -> tuple[Rules | None, tuple[Fault, ...]]:
    try:
        return read_rules(text, office.rulebook.vocabulary), ()
    except RulesError as error:
        return None, error.faults


def _open_step(office: Office, was: int) -> RuleDraft:
    with office.sessions() as session:
        last = newest_step(session)
    if last is None or last.text is None:
        raise NotFound("there is no draft of the rules")
    if last.number != was:
        raise Stale("the draft was changed meanwhile")
    return last


def _write(office: Office, member: Member, row: RuleDraft, was: int) -> int:
    row.number, row.saved_at, row.saved_by = was + 1, utc_now(), member.id
    try:
        with office.sessions.begin() as session:
            session.add(row)
    except IntegrityError as error:
        raise Stale("the draft was changed at the same moment") from error
    return row.number


def _require_size(text: str) -> None:
    if len(text) > TEXT_MAX:
        raise FormRefused("too_long")
