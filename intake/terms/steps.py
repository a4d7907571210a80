"""The office's own terms for each step of a petition, and the colours of a date; where they come from is `timing`.

Pure: which step a thing is in, until when, and how pressing that is. What is late is listed by `expiring`.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from intake.clock import business_day_after, business_days


class Step(StrEnum):
    TRIAGE = "triage"
    ACCEPTANCE = "acceptance"
    ANSWER = "answer"
    NOTICE = "notice"


class Colour(StrEnum):
    """Always said with a word too (`colour.<name>` in the staff's catalogue)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    LATE = "late"


class Level(StrEnum):
    """Whose matter a date has become, the first being who has it in hand."""

    HOLDER = "holder"
    HEAD = "head"
    OFFICE = "office"


@dataclass(frozen=True)
class StepTerms:
    """Business days for each step that begins on `since` or later."""

    since: date
    days: Mapping[Step, int]
    source: str
    is_confirmed: bool


@dataclass(frozen=True)
class Shades:
    """Business days before the last one from which a date is yellow, or red."""

    yellow: int
    red: int


@dataclass(frozen=True)
class Colours:
    """`head`, `office`: business days before a petition's last one from which it goes up to them."""

    petition: Shades
    step: Shades
    head: int
    office: int
    source: str
    is_confirmed: bool


def find_terms(steps: Sequence[StepTerms], day: date) -> StepTerms | None:
    """Those that hold for a step that begins on that day; None before there were any."""
    return next((terms for terms in reversed(steps) if terms.since <= day), None)


def step_due_on(steps: Sequence[StepTerms], step: Step, began_on: date, closed: Container[date]) -> date | None:
    terms = find_terms(steps, began_on)
    return business_day_after(began_on, terms.days[step], closed) if terms else None


def days_left(today: date, due_on: date, closed: Container[date]) -> int:
    """Business days from tomorrow to the last one; negative when that many have passed since."""
    return business_days(today, due_on, closed) if due_on >= today else -max(business_days(due_on, today, closed), 1)


def colour_of(left: int, shades: Shades) -> Colour:
    if left < 0:
        return Colour.LATE
    if left <= shades.red:
        return Colour.RED
    return Colour.YELLOW if left <= shades.yellow else Colour.GREEN


def level_of(left: int, colours: Colours) -> Level:
    """Of a petition with so many business days left."""
    if left <= colours.office:
        return Level.OFFICE
    return Level.HEAD if left <= colours.head else Level.HOLDER
