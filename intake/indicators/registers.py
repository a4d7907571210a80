"""Figures of the registers of studies, coordination and liaison: numerator and denominator, each a set of rows. Pure.

A row's key says what it is and where it is read: «reunion-12». What each leaves out and why: docs/indicators.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

POLITICAL, SOCIAL, TABLE, INFORMATIVE = "political", "social", "table", "informative"
SIX = frozenset({SOCIAL, TABLE, INFORMATIVE})  # the kinds of meeting that count for component 6


@dataclass(frozen=True)
class Entry:
    """`kind`: of the meeting, or of the mechanism or work; `is_done`: held, fulfilled, approved, signed, made."""

    key: str
    kind: str
    is_done: bool = False


@dataclass(frozen=True)
class Registers:
    """Of a period: `meetings` planned for it; `points` on the agendas of those held in it; `reached` and `due`:
    agreements; `proposed`: mechanisms proposed in it, and whether they came about since; `approved`, `signed`: in it,
    whenever proposed; `works`: analyses and proposals of coordination planned for it; `planned`, `delivered`: studies,
    analyses and proposals of the office; `watched`: programmes, done: the newest grade of their risk is high."""

    meetings: tuple[Entry, ...] = ()
    points: tuple[Entry, ...] = ()
    reached: tuple[Entry, ...] = ()
    due: tuple[Entry, ...] = ()
    proposed: tuple[Entry, ...] = ()
    approved: tuple[Entry, ...] = ()
    signed: tuple[Entry, ...] = ()
    works: tuple[Entry, ...] = ()
    planned: tuple[Entry, ...] = ()
    delivered: tuple[Entry, ...] = ()
    watched: tuple[Entry, ...] = ()


NOTHING = Registers()
Sets = tuple[frozenset[str], frozenset[str]]
Count = Callable[[Registers], Sets]


def _done(entries: tuple[Entry, ...], kinds: frozenset[str]) -> Sets:
    own = [one for one in entries if one.kind in kinds]
    return frozenset(one.key for one in own if one.is_done), frozenset(one.key for one in own)


def _between(above: tuple[Entry, ...], below: tuple[Entry, ...], kinds: frozenset[str]) -> Sets:
    """May be more than 100 %: what is above need not be among what is below."""
    return _keys(above, kinds), _keys(below, kinds)


def _keys(entries: tuple[Entry, ...], kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(one.key for one in entries if one.kind in kinds)


def _of(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


REGISTER_MEASURES: Mapping[str, Count] = {
    "studies_delivered": lambda r: _between(r.delivered, r.planned, _of("study")),
    "analyses_delivered": lambda r: _between(r.delivered, r.planned, _of("analysis")),
    "proposals_delivered": lambda r: _between(r.delivered, r.planned, _of("proposal")),
    "programmes_at_risk": lambda r: _done(r.watched, _of("programme")),
    "mechanisms_flow": lambda r: _between(r.approved, r.proposed, _of("mechanism")),
    "mechanisms_cohort": lambda r: _done(r.proposed, _of("mechanism")),
    "analyses_made": lambda r: _done(r.works, _of("analysis")),
    "proposals_made": lambda r: _done(r.works, _of("proposal")),
    "agreements_signed": lambda r: _between(r.signed, r.proposed, _of("agreement")),
    "political_fulfilled": lambda r: _done(r.due, _of(POLITICAL)),
    "political_reached": lambda r: _between(r.reached, r.points, _of(POLITICAL)),
    "political_held": lambda r: _done(r.meetings, _of(POLITICAL)),
    "liaison_held": lambda r: _done(r.meetings, _of(POLITICAL, SOCIAL)),
    "social_fulfilled": lambda r: _done(r.due, SIX),
    "social_reached": lambda r: _between(r.reached, r.points, SIX),
    "tables_held": lambda r: _done(r.meetings, _of(TABLE)),
    "informative_held": lambda r: _done(r.meetings, _of(INFORMATIVE)),
}
OF_STATES = frozenset({"programmes_at_risk"})  # how things stand, which does not add up over months
