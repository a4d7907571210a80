"""An auditor opens what is blocked, with a reason that stays in the trail; nothing is put back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from intake.accounts.staff import Member, Role
from intake.acting import actor_of, require
from intake.audit.trail import Act, note_act
from intake.erasing.committed import commit_words
from intake.erasing.vault import open_box, open_values
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.tables.erasing import BlockedValues, Erasure

CHAT = "conversations"  # its address stands with the person's others, its state says nothing to anybody
UNREAD = frozenset({"state", "basis", "ranking", "trace", "storage_key", "salt", "choices", "body", "query"})


@dataclass(frozen=True)
class OpenedRow:
    """What stood in one row: column and words."""

    relation: str
    values: tuple[tuple[str, str], ...]


def open_blocked(office: Office, member: Member, number: int, reason: str) -> Sequence[OpenedRow]:
    """Commits that it was opened, and why, before anything is shown.

    Raises NotAllowed, NotFound (also when it is deleted), FormRefused: reason.
    """
    require(member, frozenset({Role.AUDITOR}))
    if not reason.strip():
        raise FormRefused("reason")
    with office.sessions.begin() as session:
        erasure = session.get(Erasure, number)
        if erasure is None:
            raise NotFound(f"no erasure {number}")
        box = open_box(office.settings, erasure.key)
        data = {"erasure": number, "reason": commit_words(session, erasure.petition_id, reason.strip())}
        note_act(session, actor_of(member), Act.BLOCKED_OPENED, data, petition_id=erasure.petition_id)
        kept = select(BlockedValues).where(BlockedValues.erasure_id == number).order_by(BlockedValues.id)
        rows = [(row.relation, open_values(box, row.sealed)) for row in session.scalars(kept) if row.relation != CHAT]
    return [opened for relation, values in rows if (opened := _opened(relation, values)).values]


def _opened(relation: str, values: dict[str, object]) -> OpenedRow:
    """What a person can read: the program's own notes on a message are left out."""
    return OpenedRow(
        relation, tuple((name, str(value)) for name, value in values.items() if value and name not in UNREAD)
    )
