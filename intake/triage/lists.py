"""What the queue and an inbox have in common. Read only.

Pages are cut by key, never by offset: the thousandth costs what the first does, and nothing slips while rows arrive.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, or_

from intake.clock import utc_now
from intake.tables.petitions import Petition, Referral
from intake.thinking.facts import shorten
from nlp.masks import mask

PAGE = 25
WORDS_MAX = 160
Row = TypeVar("Row")


@dataclass(frozen=True)
class Wish:
    """What of a queue is wanted. `queue`: a key of QUEUES or INBOXES; `after`: the last row of the page before.

    Filters, each empty for any: `agency` suggested, `clave` of a municipality, `flag` of FLAGS, `channel`, `days` that
    it has waited at least.
    """

    queue: str = "triage"
    words: str = ""
    after: str = ""
    agency: str = ""
    clave: str = ""
    flag: str = ""
    channel: str = ""
    days: int = 0

    @property
    def is_filtered(self) -> bool:
        return any((self.agency, self.clave, self.flag, self.channel, self.days))


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`next_after` is the wish's `after` for the page that follows; None on the last one."""

    rows: tuple[Row, ...]
    next_after: str | None


def words_of(petition: Petition, text: str) -> str | None:
    """A list is seen by many and over shoulders: names and numbers of persons are read on the petition's own page."""
    return None if petition.is_sensitive else shorten(mask(text), WORDS_MAX)


def has_left() -> ColumnElement[bool]:
    """What an officer may still take back is nobody's work yet."""
    return or_(Referral.leaves_at.is_(None), Referral.leaves_at <= utc_now())
