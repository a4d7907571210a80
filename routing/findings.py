"""What is wrong with rules that can be read: one that never decides, two that say different things of the same case.

For whoever writes them; routing goes on with such rules all the same, the first that matches decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from routing.cases import AT_MOST, FACETS, Box, Cases, example, lay_out, meet, takes_text, texts_of, without
from routing.decision import Next
from routing.parsing import Vocabulary
from routing.rules import AS_SUGGESTED, Rule, Rules, next_of

PAIRS = 30  # of words of two rules that are tried together: what is found is shown, what is not is not claimed


@dataclass(frozen=True)
class Unreachable:
    """`by`: ids of earlier rules that decide all its cases; empty when its own conditions exclude one another."""

    rule: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Of a case that both match, `rule` decides since it stands first; `other` says something else of it.

    `about`: agency, sensitive or next. `example`: such a case, by facet; `words`: the text that it needs.
    """

    rule: str
    other: str
    about: str
    example: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    unreachable: tuple[Unreachable, ...]
    conflicts: tuple[Conflict, ...]


def find(rules: Rules, vocabulary: Vocabulary) -> Findings:
    """Certain of what it names; rules far beyond what people write are not searched to the end."""
    active = [rule for rule in rules.rules if rule.is_active]
    cases = lay_out(active, vocabulary)
    found = [(n, _unreachable(cases, active, n)) for n in range(len(active))]
    dead = {n for n, one in found if one is not None}
    alive = [n for n in range(len(active)) if n not in dead]
    pairs = (_conflict(cases, active, first, second) for first, second in combinations(alive, 2))
    return Findings(tuple(one for _, one in found if one is not None), tuple(one for one in pairs if one is not None))


def _unreachable(cases: Cases, rules: Sequence[Rule], n: int) -> Unreachable | None:
    rule, by = rules[n], set[int]()
    alone = next((other for other in rules[:n] if _is_within(cases, rule, other)), None)
    if alone and all(cases.boxes[rule.id]):
        return Unreachable(rule.id, (alone.id,))
    for text in texts_of(rule):
        left, used = _left(cases, rules[:n], cases.boxes[rule.id], text)
        if left:
            return None
        by |= used
    return Unreachable(rule.id, tuple(rules[number].id for number in sorted(by)))


def _left(cases: Cases, earlier: Sequence[Rule], box: Box, text: str) -> tuple[Sequence[Box], set[int]]:
    """What none of the earlier rules decides of the box, and which of them took something."""
    left: Sequence[Box] = [box] if all(box) else []
    for impossible in cases.impossible:
        left = without(left, impossible)
    used = set[int]()
    for number, rule in enumerate(earlier):
        taken = cases.boxes[rule.id]
        if not left or len(left) > AT_MOST:
            break
        if takes_text(rule, text) and any(meet(one, taken) for one in left):
            left = without(left, taken)
            used.add(number)
    return left, used


def _conflict(cases: Cases, rules: Sequence[Rule], first: int, second: int) -> Conflict | None:
    rule, other = rules[first], rules[second]
    about, both = _difference(rule, other), meet(cases.boxes[rule.id], cases.boxes[other.id])
    if about is None or both is None or _is_within(cases, rule, other):  # a special case before the general one
        return None
    for words in _texts(rule, other):
        left, _ = _left(cases, rules[:first], both, " | ".join(words))
        if left:
            return Conflict(rule.id, other.id, about, example(cases, left[0]), tuple(filter(None, words)))
    return None


def _difference(rule: Rule, other: Rule) -> str | None:
    """None as well where a danger goes before what the later rule looks at: that is what the order is for."""
    if next_of(rule) == Next.TRIAGE_FIRST and not _facets(rule) & _facets(other):
        return None
    agencies = [one.then.get("agency") for one in (rule, other)]
    if all(key not in (None, AS_SUGGESTED) for key in agencies) and agencies[0] != agencies[1]:
        return "agency"
    if other.then.get("sensitive") and not rule.then.get("sensitive"):
        return "sensitive"
    return "next" if next_of(other) == Next.TRIAGE_FIRST != next_of(rule) else None


def _is_within(cases: Cases, rule: Rule, other: Rule) -> bool:
    """Whether the other one matches every case of the rule."""
    box = cases.boxes[rule.id]
    return meet(box, cases.boxes[other.id]) == box and all(takes_text(other, text) for text in texts_of(rule))


def _facets(rule: Rule) -> set[str]:
    return {facet for facet, names in FACETS.items() if any(name in rule.when for name in names)}


def _texts(rule: Rule, other: Rule) -> Iterator[tuple[str, str]]:
    return ((one, more) for one in texts_of(rule)[:PAIRS] for more in texts_of(other)[:PAIRS])
