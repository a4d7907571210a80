"""Letters about a term that presses: when it turns red to the agency's liaisons, then to its head, then to the office,
and when it is over. Each thing once to each member. Commits; for the loop of `posting`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from intake.accounts.staff import OF_AGENCIES, Role
from intake.database import insert_once, reading
from intake.notices.digests import item_of, list_readers
from intake.notices.mail_wishes import Wish
from intake.notices.mailing import Kind, put
from intake.office import Office
from intake.tables.accounts import Staff
from intake.tables.notices import MailWish, ToldTerm
from intake.terms.pressing import Pressing, list_late, list_with_agencies
from intake.terms.steps import Colour, Level

ITEMS_AT_MOST = 50
Known = dict[str | None, Sequence[Pressing]]
MARK_MAX = 12  # of the column; a step is known by as much of its name


@dataclass(frozen=True)
class Telling:
    """`lists`: an agency's terms, or (None) all; `is_meant`: which of them are told; `mark`: the word under which each
    is told once; `to`: whose matter it is now, as the letter says it."""

    kind: Kind
    roles: frozenset[Role]
    lists: Callable[[Session, Office, str | None], Sequence[Pressing]]
    is_meant: Callable[[Pressing], bool]
    mark: Callable[[Pressing], str]
    to: str = ""


def note_overdue(office: Office, now: datetime) -> int:
    """To an agency's people, of each step of each referral once; how many letters were written."""
    return _note(office, OVERDUE, now, {})


def note_escalated(office: Office, now: datetime) -> int:
    """To whoever a referral has become a matter of; how many letters were written."""
    known: Known = {}
    return sum(_note(office, one, now, known) for one in ESCALATED)


def _is_red(one: Pressing) -> bool:
    return one.colour == Colour.RED


def _is_heads(one: Pressing) -> bool:
    """What is over is told by a letter of its own."""
    return one.level != Level.HOLDER and one.colour != Colour.LATE


def _is_offices(one: Pressing) -> bool:
    return one.level == Level.OFFICE


def _red_mark(one: Pressing) -> str:
    return f"red_{one.step}"[:MARK_MAX]


OVERDUE = Telling(Kind.OVERDUE, OF_AGENCIES, list_late, lambda one: True, lambda one: one.step)
ESCALATED = (
    Telling(Kind.ESCALATED, frozenset({Role.LIAISON}), list_with_agencies, _is_red, _red_mark, "liaison"),
    Telling(Kind.ESCALATED, frozenset({Role.HEAD}), list_with_agencies, _is_heads, lambda one: "head", "head"),
    Telling(Kind.ESCALATED, frozenset({Role.OFFICER}), list_with_agencies, _is_offices, lambda one: "office", "office"),
)


def _note(office: Office, telling: Telling, now: datetime, known: Known) -> int:
    """`known`: what `lists` found already, by agency; added to."""
    wanted = MailWish.wish == Wish.IMMEDIATE.value, Staff.role.in_([role.value for role in telling.roles])
    with reading(office.sessions) as session:
        readers = list_readers(session, *wanted)
        for agency in readers.keys() - known.keys():
            known[agency] = telling.lists(session, office, agency)
    found = {agency: [one for one in known[agency] if telling.is_meant(one)] for agency in readers}
    letters = 0
    for agency, to in readers.items():
        if found[agency]:
            with office.sessions.begin() as session:
                letters += sum(_tell(session, office, telling, staff_id, found[agency], now) for staff_id in to)
    return letters


def _tell(
    session: Session, office: Office, telling: Telling, staff_id: int, found: Sequence[Pressing], now: datetime
) -> bool:
    rows = [{"staff_id": staff_id, "referral_id": one.referral_id, "step": telling.mark(one)} for one in found]
    new = {tuple(row) for row in insert_once(session, ToldTerm, rows, ToldTerm.referral_id, ToldTerm.step)}
    is_agencys = bool(telling.roles & OF_AGENCIES)
    told = [item_of(one, is_agencys=is_agencys) for one in found if (one.referral_id, telling.mark(one)) in new]
    if told:
        key = f"{telling.kind}-{now:%Y%m%d%H%M%S%f}"
        data = {"items": told[:ITEMS_AT_MOST], "more": max(len(told) - ITEMS_AT_MOST, 0)}
        data |= {"to": telling.to} if telling.to else {}
        put(session, office, telling.kind, [staff_id], data, now, key=key)
    return bool(told)
