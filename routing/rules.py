"""Ordered rules: the first that matches decides, the last one catches all. `decide` is pure.

How they are written and what is refused: `parsing`. What two of them say of the same case: `findings`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from routing.decision import MatterFacts, Next, RoutingDecision, plain

CONDITIONS = (
    "kind",
    "emergency",
    "agency",
    "order",
    "words",
    "municipality",
    "region",
    "probability_below",
    "probability_from",
    "model",
)
OUTCOMES = ("next", "agency", "copies", "sensitive")
AS_SUGGESTED = "suggested"
UNKNOWN = "unknown"  # a municipality that nobody has told yet


@dataclass(frozen=True)
class Rule:
    """`when`: every condition must hold; empty matches all. `then`: what becomes of the matter.

    `is_active`: False for one that stays to be read and is passed over.
    """

    id: str
    reason: str
    when: Mapping[str, Any]
    then: Mapping[str, Any]
    line: int = 0
    is_active: bool = True

    def says_as(self, other: "Rule") -> bool:
        """The same rule, wherever it stands in a file."""
        return _content(self) == _content(other)

    def kept_as(self, other: "Rule") -> "Rule":
        """With the values of the other where they say the same in another order: a form has an order of its own."""
        when, then = _kept(self.when, other.when), _kept(self.then, other.then)
        return replace(self, when=when, then=then)


@dataclass(frozen=True)
class Rules:
    """`version`: 0 for the jurisdiction's own file, then as they were published."""

    rules: tuple[Rule, ...]
    version: int = 0


def decide(rules: Rules, facts: MatterFacts) -> RoutingDecision:
    """The first matching rule's decision, with the ids of all that were looked at."""
    tried: list[str] = []
    for rule in rules.rules:
        if not rule.is_active:
            continue
        tried.append(rule.id)
        if holds(rule, facts):
            return _decision(rules, rule, facts, tuple(tried))
    raise AssertionError("no rules are read without a last one that catches all")


def holds(rule: Rule, facts: MatterFacts) -> bool:
    return all(_holds(name, value, facts) for name, value in rule.when.items())


def listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def has_words(plain_text: str, words: str) -> bool:
    return _pattern(words).search(plain_text) is not None


@lru_cache(4096)
def _pattern(words: str) -> re.Pattern[str]:
    """Of the rules' words, which are few: making it took four times as long as looking for it."""
    return re.compile(rf"\b{re.escape(plain(words))}\b")


def next_of(rule: Rule) -> Next:
    return Next(rule.then.get("next", Next.TRIAGE))


def _decision(rules: Rules, rule: Rule, facts: MatterFacts, tried: tuple[str, ...]) -> RoutingDecision:
    wanted = rule.then.get("agency")
    first = facts.ranking[0][0] if facts.ranking else None
    return RoutingDecision(
        rule=rule.id,
        reason=rule.reason,
        next=next_of(rule),
        agency=first if wanted == AS_SUGGESTED else wanted,
        copies=tuple(rule.then.get("copies", ())),
        is_sensitive=bool(rule.then.get("sensitive", False)),
        tried=tried,
        version=rules.version,
    )


def _holds(name: str, value: Any, facts: MatterFacts) -> bool:
    first, probability = facts.ranking[0] if facts.ranking else (None, 0.0)
    match name:
        case "kind":
            return facts.kind in listed(value)
        case "emergency":
            return facts.emergency is not None if value is True else facts.emergency in listed(value)
        case "agency":
            return first in listed(value)
        case "order":
            return facts.orders.get(first or "") in listed(value)
        case "words":
            return any(has_words(facts.plain_text, words) for words in listed(value))
        case "municipality":
            return (facts.municipality or UNKNOWN) in listed(value)
        case "region":
            return facts.region in listed(value)
        case "probability_below":
            return bool(probability < value)
        case "probability_from":
            return bool(probability >= value)
        case _:
            return bool(facts.has_model is value)


def _content(rule: Rule) -> tuple[Any, ...]:
    named = [{name: _bare(value) for name, value in part.items()} for part in (rule.when, rule.then)]
    return rule.id, rule.reason, rule.is_active, *named


def _kept(now: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: was[name] if name in was and _bare(was[name]) == _bare(value) else value for name, value in now.items()
    }


def _bare(value: Any) -> Any:
    """One value and a list of it alone are the same, in any order; True and 1 are not."""
    return sorted((type(one).__name__, one) for one in listed(value))
