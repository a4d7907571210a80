"""What of some rules is otherwise in others: for whoever is about to publish them."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from routing.rules import Rules


class Way(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SWITCHED_OFF = "switched_off"
    SWITCHED_ON = "switched_on"
    MOVED = "moved"


@dataclass(frozen=True)
class Difference:
    rule: str
    way: Way


def differences(before: Rules, after: Rules) -> tuple[Difference, ...]:
    """In the order of the later ones; what is removed comes last. A rule that is changed and moved is both."""
    was, will = {rule.id: rule for rule in before.rules}, {rule.id: rule for rule in after.rules}
    moved = _moved([key for key in was if key in will], [key for key in will if key in was])
    found: list[Difference] = []
    for key, rule in will.items():
        if key not in was:
            found.append(Difference(key, Way.ADDED))
            continue
        if rule.is_active != was[key].is_active:
            found.append(Difference(key, Way.SWITCHED_ON if rule.is_active else Way.SWITCHED_OFF))
        elif not rule.says_as(was[key]):
            found.append(Difference(key, Way.CHANGED))
        if key in moved:
            found.append(Difference(key, Way.MOVED))
    return (*found, *(Difference(key, Way.REMOVED) for key in was if key not in will))


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest that must be moved to come from one order to the other, or nearly so."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stay = {key for block in blocks for key in before[block.a : block.a + block.size]}
    return set(before) - stay
