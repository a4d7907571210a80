"""All cases that rules can tell apart, so that it can be said for certain which of them a rule decides.

A case has six facets: kind, emergency, first agency, place, probability, model. What no rule tells apart is one value;
a set of values is the bits of a number, and a set of cases is a union of boxes: one number for each facet. Words stand
outside: the shortest text that a rule asks for stands for all longer ones, in which earlier rules find no less.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.decision import plain
from routing.parsing import Vocabulary
from routing.rules import UNKNOWN, Rule, has_words, listed

Box = tuple[int, ...]
FACETS: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind",),
    "emergency": ("emergency",),
    "agency": ("agency", "order"),
    "municipality": ("municipality", "region"),
    "probability": ("probability_below", "probability_from"),
    "model": ("model",),
}
AT_MOST = 3_000  # boxes at once; rules of people stay below a hundred, and what is more is not claimed to be anything


@dataclass(frozen=True)
class Cases:
    """`values`: of each facet, one for each group that the rules tell apart. `boxes`: what each rule takes in, by id.

    `impossible`: a ranking without a model, and a probability of no agency.
    """

    values: Mapping[str, Sequence[Any]]
    boxes: Mapping[str, Box]
    impossible: tuple[Box, ...]


def lay_out(rules: Sequence[Rule], vocabulary: Vocabulary) -> Cases:
    values: dict[str, Sequence[Any]] = {}
    bits: list[list[int]] = []
    for facet, domain in _domains(rules, vocabulary).items():
        values[facet], of_rules = _grouped(domain, [_holder(rule, facet, vocabulary) for rule in rules])
        bits.append(of_rules)
    boxes = {rule.id: tuple(of_facet[n] for of_facet in bits) for n, rule in enumerate(rules)}
    return Cases(values, boxes, _impossible(values))


def meet(one: Box, other: Box) -> Box | None:
    """The cases of both; None when there are none."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def without(boxes: Sequence[Box], taken: Box) -> list[Box]:
    """What is left of the boxes."""
    left: list[Box] = []
    for box in boxes:
        if meet(box, taken) is None:
            left.append(box)
            continue
        for n, (own, other) in enumerate(zip(box, taken, strict=True)):
            if own & ~other:
                left.append((*box[:n], own & ~other, *box[n + 1 :]))
            box = (*box[:n], own & other, *box[n + 1 :])
    return left


def texts_of(rule: Rule) -> Sequence[str]:
    """The shortest texts that it asks for; an empty one when words do not matter to it."""
    return [plain(words) for words in listed(rule.when["words"])] if "words" in rule.when else [""]


def takes_text(rule: Rule, text: str) -> bool:
    """Whether words do not matter to it, or it finds its own in the plain `text`."""
    return "words" not in rule.when or any(has_words(text, words) for words in listed(rule.when["words"]))


def example(cases: Cases, box: Box) -> dict[str, Any]:
    """One case of the box: a value of each facet."""
    firsts = ((bits & -bits).bit_length() - 1 for bits in box)
    return {facet: own[n] for (facet, own), n in zip(cases.values.items(), firsts, strict=True)}


def _domains(rules: Sequence[Rule], vocabulary: Vocabulary) -> dict[str, list[Any]]:
    bounds = {float(rule.when[name]) for rule in rules for name in FACETS["probability"] if name in rule.when}
    return {
        "kind": sorted(vocabulary.kinds),
        "emergency": [None, *sorted(vocabulary.emergencies)],
        "agency": [*vocabulary.orders, None],
        "municipality": [*vocabulary.regions, None],
        "probability": sorted({0.0, *bounds}),  # each stands for all up to the next
        "model": [True, False],
    }


def _grouped(domain: Iterable[Any], holders: Sequence[Callable[[Any], bool]]) -> tuple[list[Any], list[int]]:
    """The first value of each group that the holders tell apart, and the groups that each of them holds of.

    None (no agency, no place) and no model are always by themselves: `_impossible` needs them.
    """
    groups: dict[tuple[bool, ...], Any] = {}
    for value in domain:
        groups.setdefault((value in (None, False), *(holder(value) for holder in holders)), value)
    held = [sum(1 << n for n, key in enumerate(groups) if key[rule + 1]) for rule in range(len(holders))]
    return list(groups.values()), held


def _holder(rule: Rule, facet: str, vocabulary: Vocabulary) -> Callable[[Any], bool]:
    own = {name: rule.when[name] for name in FACETS[facet] if name in rule.when}
    return lambda value: all(_is_held(name, wanted, value, vocabulary) for name, wanted in own.items())


def _is_held(name: str, wanted: Any, value: Any, vocabulary: Vocabulary) -> bool:
    """The same as `rules.decide` says of a fact, of one facet's value."""
    match name:
        case "emergency" if wanted is True:
            return value is not None
        case "order":
            return vocabulary.orders.get(value) in listed(wanted)
        case "municipality":
            return (value or UNKNOWN) in listed(wanted)
        case "region":
            return vocabulary.regions.get(value) in listed(wanted)
        case "probability_below":
            return bool(value < wanted)
        case "probability_from":
            return bool(value >= wanted)
        case "model":
            return value is wanted
    return value in listed(wanted)


def _impossible(values: Mapping[str, Sequence[Any]]) -> tuple[Box, ...]:
    whole = {facet: (1 << len(own)) - 1 for facet, own in values.items()}
    none = 1 << values["agency"].index(None)
    ranked_without_model = {**whole, "model": 1 << values["model"].index(False), "agency": whole["agency"] & ~none}
    sure_of_none = {**whole, "agency": none, "probability": whole["probability"] & ~1}
    return tuple(tuple(box.values()) for box in (ranked_without_model, sure_of_none) if all(box.values()))
