"""The values of a routing decision: facts in, decision out."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


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
    orders: Mapping[str, str] = field(default_factory=dict)
    municipality: str | None = None
    region: str | None = None
    has_model: bool = True

    @cached_property
    def plain_text(self) -> str:
        """Made once for all the rules that look for words in it."""
        return plain(self.text)


def plain(text: str) -> str:
    """Without capitals and accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


@dataclass(frozen=True)
class RoutingDecision:
    """`agency`: the proposal for the officer, None when a person must find it. `tried`: ids of the rules looked at.

    `version`: of the rules that said so.
    """

    rule: str
    reason: str
    next: Next
    agency: str | None
    copies: tuple[str, ...]
    is_sensitive: bool
    tried: tuple[str, ...]
    version: int = 0
