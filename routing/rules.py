"""Ordered rules in one readable file per jurisdiction: the first that matches decides, the last one catches all.

Read at start by the wiring; a bad file is refused with line and reason. `decide` is pure.
"""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from routing.decision import MatterFacts, Next, RoutingDecision

CONDITIONS = frozenset(
    {
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
    }
)
OUTCOMES = frozenset({"next", "agency", "copies", "sensitive"})
AS_SUGGESTED = "suggested"


class RulesError(ValueError):
    """The file cannot be routed with; the text names file, line and reason."""


@dataclass(frozen=True)
class Rule:
    """`when`: every condition must hold; empty matches all. `then`: what becomes of the matter."""

    id: str
    reason: str
    when: Mapping[str, Any]
    then: Mapping[str, Any]
    line: int


@dataclass(frozen=True)
class Rules:
    path: Path
    rules: tuple[Rule, ...]


def decide(rules: Rules, facts: MatterFacts) -> RoutingDecision:
    """The first matching rule's decision, with the ids of all that were looked at."""
    tried: list[str] = []
    for rule in rules.rules:
        tried.append(rule.id)
        if all(_holds(name, value, facts) for name, value in rule.when.items()):
            return _decision(rule, facts, tuple(tried))
    raise AssertionError("load_rules accepts no file without a last rule that catches all")


def load_rules(path: Path, agencies: Container[str]) -> Rules:
    """Raises RulesError with the line of the first fault: unknown word or agency, no catch-all, unreachable rule."""
    try:
        document = YAML().load(path)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulesError(f"{path}:{line}: {error.problem}") from error
    entries = document.get("rules") if isinstance(document, CommentedMap) else None
    if not entries:
        raise RulesError(f"{path}:1: the file must hold a list `rules:`")
    rules = tuple(_rule(path, entries.lc.item(n)[0] + 1, entry, agencies) for n, entry in enumerate(entries))
    _check_order(path, rules)
    return Rules(path, rules)


def _decision(rule: Rule, facts: MatterFacts, tried: tuple[str, ...]) -> RoutingDecision:
    wanted = rule.then.get("agency")
    first = facts.ranking[0][0] if facts.ranking else None
    return RoutingDecision(
        rule=rule.id,
        reason=rule.reason,
        next=Next(rule.then.get("next", Next.TRIAGE)),
        agency=first if wanted == AS_SUGGESTED else wanted,
        copies=tuple(rule.then.get("copies", ())),
        is_sensitive=bool(rule.then.get("sensitive", False)),
        tried=tried,
    )


def _holds(name: str, value: Any, facts: MatterFacts) -> bool:
    first, probability = facts.ranking[0] if facts.ranking else (None, 0.0)
    match name:
        case "kind":
            return facts.kind in _listed(value)
        case "emergency":
            return facts.emergency is not None if value is True else facts.emergency in _listed(value)
        case "agency":
            return first in _listed(value)
        case "order":
            return facts.orders.get(first or "") in _listed(value)
        case "words":
            return any(_has_words(facts.text, words) for words in _listed(value))
        case "municipality":
            return facts.municipality in _listed(value) or (value == "unknown" and facts.municipality is None)
        case "region":
            return facts.region in _listed(value)
        case "probability_below":
            return bool(probability < value)
        case "probability_from":
            return bool(probability >= value)
        case _:
            return bool(facts.has_model is value)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _has_words(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(_plain(words))}\b", _plain(text)) is not None


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _rule(path: Path, line: int, entry: Any, agencies: Container[str]) -> Rule:
    fault = _fault(entry, agencies)
    if fault:
        raise RulesError(f"{path}:{line}: {fault}")
    return Rule(str(entry["id"]), str(entry["reason"]), dict(entry.get("when") or {}), dict(entry["then"]), line)


def _fault(entry: Any, agencies: Container[str]) -> str | None:
    if not isinstance(entry, CommentedMap) or not {"id", "reason", "then"} <= set(entry):
        return "a rule needs `id`, `reason` and `then`"
    when, then = entry.get("when") or {}, entry["then"] or {}
    if not isinstance(when, Mapping) or not isinstance(then, Mapping):
        return f"rule {entry['id']}: `when` and `then` hold names with values"
    unknown = [*(set(when) - CONDITIONS), *(set(then) - OUTCOMES), *(set(entry) - {"id", "reason", "when", "then"})]
    if unknown:
        return f"rule {entry['id']}: unknown word {unknown[0]!r}"
    return _value_fault(entry["id"], when, then, agencies)


def _value_fault(
    rule_id: str, when: Mapping[str, Any], then: Mapping[str, Any], agencies: Container[str]
) -> str | None:
    named = [*_listed(when.get("agency", [])), *_listed(then.get("agency", [])), *_listed(then.get("copies", []))]
    missing = [key for key in named if key != AS_SUGGESTED and key not in agencies]
    if missing:
        return f"rule {rule_id}: no agency {missing[0]!r} in agencies.json"
    if then.get("next", "triage") not in list(Next):
        return f"rule {rule_id}: `next` is one of {', '.join(Next)}"
    bounds = [when[name] for name in ("probability_below", "probability_from") if name in when]
    if any(not isinstance(bound, int | float) or not 0 <= bound <= 1 for bound in bounds):
        return f"rule {rule_id}: a probability lies between 0 and 1"
    return None


def _check_order(path: Path, rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RulesError(f"{path}:{rule.line}: rule {rule.id} stands twice")
        seen.add(rule.id)
    for rule in rules[:-1]:
        if not rule.when:
            raise RulesError(f"{path}:{rule.line}: rule {rule.id} matches all, so no rule after it is ever reached")
    if rules[-1].when:
        raise RulesError(f"{path}:{rules[-1].line}: the last rule must match all (no `when`)")
