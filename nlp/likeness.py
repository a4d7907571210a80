"""How likely two petitions tell of the same event: words, meanings, agencies, place and time together. Pure.

The index (`nlp.duplicates`, the municipality) finds who could be meant; this says how near they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, exp, hypot, radians

from rapidfuzz import fuzz

KM_PER_DEGREE = 111.2
COMMON = 0.6  # of the words: what two petitions about one theme share anyway
NEAR_KM = 0.5  # two pins of one event lie as far apart as people stand around it


@dataclass(frozen=True)
class Told:
    """A petition as it is compared. `words`: stems by sound without fillers; `degrees`: latitude, longitude."""

    words: str
    meanings: frozenset[str]
    agencies: Mapping[str, float]
    at: datetime
    municipality: str | None = None
    degrees: tuple[float, float] | None = None


@dataclass(frozen=True)
class Weights:
    """Fitted by logistic regression to the pairs of `jurisdictions/oaxaca/events.jsonl`: 74 events told by 321 people,
    and 164 petitions of the same town, agency and days about something else. The agency is one in all of them, so its
    weight is set by hand: two petitions of one town and hour about different things are proposed in 2 of 100 cases.
    """

    shift: float = -2.2
    words: float = 1.6
    meanings: float = 1.3
    agencies: float = 2.0
    same_place: float = 0.9
    other_place: float = -5.9
    near: float = 3.6
    far: float = -1.7
    days: float = -0.29


WEIGHTS = Weights()


@dataclass(frozen=True)
class Signs:
    """What is compared, each in [0, 1] but for days. Places count only when both are known."""

    words: float
    meanings: float
    agencies: float
    same_place: float = 0.0
    other_place: float = 0.0
    near: float = 0.0
    far: float = 0.0
    days: float = field(default=0.0)


def likeness(one: Told, other: Told, weights: Weights = WEIGHTS) -> float:
    """Probability in (0, 1) that both tell of one event."""
    signs = compare(one, other)
    total = weights.shift + sum(getattr(weights, name) * value for name, value in vars(signs).items())
    return 1 / (1 + exp(-total))


def compare(one: Told, other: Told) -> Signs:
    has_places = bool(one.municipality and other.municipality)
    is_same = has_places and one.municipality == other.municipality
    distance = _km(one.degrees, other.degrees) if one.degrees and other.degrees else None
    return Signs(
        words=_alike(one.words, other.words),
        meanings=_overlap(one.meanings, other.meanings),
        agencies=sum(min(share, other.agencies.get(agency, 0.0)) for agency, share in one.agencies.items()),
        same_place=float(is_same),
        other_place=float(has_places and not is_same),
        near=float(distance is not None and distance <= NEAR_KM),
        far=float(distance is not None and distance > 4 * NEAR_KM),
        days=abs((one.at - other.at).total_seconds()) / 86_400,
    )


def _alike(one: str, other: str) -> float:
    """Everybody uses some of the same words; only what goes beyond that counts."""
    share = fuzz.token_set_ratio(one, other) / 100 if one and other else 0.0
    return max(0.0, share - COMMON) / (1 - COMMON)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Flat-earth distance: right to a metre over a few kilometres."""
    north = (one[0] - other[0]) * KM_PER_DEGREE
    east = (one[1] - other[1]) * KM_PER_DEGREE * cos(radians(one[0]))
    return hypot(north, east)
