"""Who is next: the order of the triage queue and, for each petition, why it stands where it does. Pure.

First what cannot wait: emergencies, then what is urgent, then who has it hardest to ask again (a child, who needs an
interpreter). Among equals, whose term ends first; then who has waited longer. Nothing else moves a petition: not who it
is, not the channel, not that a person was asked for or how sure the mind is, which are only said.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Protocol

SOON_DAYS = 2  # working days: within them the page marks a term (parts.html)


class Tier(IntEnum):
    """What is looked at first; kept in the petition's row, along whose index the queue is read."""

    EMERGENCY = 0
    URGENT = 1
    VULNERABLE = 2
    USUAL = 3


class Why(StrEnum):
    """One of the reasons; the catalogue has a sentence for each (`why_here.<value>`)."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    MINOR = "minor"
    INTERPRETER = "interpreter"
    PERSON = "person"
    LATE = "late"
    LATE_ONE = "late_one"
    TODAY = "today"
    TOMORROW = "tomorrow"
    SOON = "soon"
    RETURNED = "returned"
    REOPENED = "reopened"
    WAITS = "waits"
    UNSURE = "unsure"
    UNREAD = "unread"


class Marked(Protocol):
    """The marks of a petition that the order looks at."""

    is_urgent: bool
    emergency: str | None
    is_minor: bool
    needs_interpreter: bool
    wants_person: bool


@dataclass(frozen=True)
class Reason:
    """`days`: working days to the term, or past it; `since`: from when it waits. None where the reason has none."""

    why: Why
    days: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """All that decides a place, and what else is said of it. `days_left`: working days, negative past the term.

    `is_sure` None: no mind read it.
    """

    marks: Marked
    due_on: date
    days_left: int
    opened_at: datetime
    petition_id: int
    is_returned: bool = False
    is_reopened: bool = False
    is_sure: bool | None = True


def tier_of(marks: Marked) -> Tier:
    if marks.is_urgent:
        return Tier.EMERGENCY if marks.emergency else Tier.URGENT
    return Tier.VULNERABLE if marks.is_minor or marks.needs_interpreter else Tier.USUAL


def place_of(standing: Standing) -> tuple[int, date, datetime, int]:
    """The smaller stands first; no two are equal."""
    return tier_of(standing.marks), standing.due_on, standing.opened_at, standing.petition_id


def reasons_of(standing: Standing) -> tuple[Reason, ...]:
    """In the order in which they count; since when it waits is always among them."""
    marks = standing.marks
    told = {
        Why.EMERGENCY: marks.is_urgent and marks.emergency is not None,
        Why.URGENT: marks.is_urgent and marks.emergency is None,
        Why.MINOR: marks.is_minor,
        Why.INTERPRETER: marks.needs_interpreter,
        Why.PERSON: marks.wants_person and marks.emergency is None,  # an emergency calls a person by itself
    }
    then = {
        Why.RETURNED: standing.is_returned,
        Why.REOPENED: standing.is_reopened,
        Why.UNSURE: standing.is_sure is False,
        Why.UNREAD: standing.is_sure is None,
    }
    first = [Reason(why) for why, is_so in told.items() if is_so]
    waits = Reason(Why.WAITS, since=standing.opened_at)
    return (*first, *_of_term(standing.days_left), waits, *(Reason(why) for why, is_so in then.items() if is_so))


def _of_term(days: int) -> tuple[Reason, ...]:
    if days < -1:
        return (Reason(Why.LATE, -days),)
    if days > SOON_DAYS:
        return ()
    near = {-1: Why.LATE_ONE, 0: Why.TODAY, 1: Why.TOMORROW}
    return (Reason(near.get(days, Why.SOON), abs(days)),)
