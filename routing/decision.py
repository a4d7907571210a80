"""The values of a routing decision: facts in, decision out."""

from dataclasses import dataclass, field
from enum import StrEnum


class Next(StrEnum):
    """What happens to a matter. Both end with a person's decision; TRIAGE_FIRST stands before all others."""

    TRIAGE = "triage"
    TRIAGE_FIRST = "triage_first"


@dataclass(frozen=True)
class MatterFacts:
    """What the rules may look at. `ranking`: (agency, probability) best first, empty when the mind could not say.

    `order` and `probability` are those of the first agency; `municipality` is its key, None when unknown.
    """

    text: str
    kind: str
    emergency: str | None
    ranking: tuple[tuple[str, float], ...]
    orders: dict[str, str] = field(default_factory=dict)
    municipality: str | None = None
    region: str | None = None
    has_model: bool = True


@dataclass(frozen=True)
class RoutingDecision:
    """`agency`: the proposal for the officer, None when a person must find it. `tried`: ids of the rules looked at."""

    rule: str
    reason: str
    next: Next
    agency: str | None
    copies: tuple[str, ...]
    is_sensitive: bool
    tried: tuple[str, ...]
