"""A rule in words that people read: its conditions and what becomes of the matter, each as a label with names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from admin.pages import Pages
from admin.writing import percent
from routing.decision import Next, RoutingDecision
from routing.findings import Conflict
from routing.rules import AS_SUGGESTED, CONDITIONS, UNKNOWN, Rule, Rules, listed, next_of


@dataclass(frozen=True)
class Said:
    """`values` empty: the label says it all."""

    label: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpokenRule:
    """`place`: counted from 1. `agency`: the proposal in words."""

    place: int
    rule: Rule
    when: tuple[Said, ...]
    agency: str
    copies: tuple[str, ...]
    is_first: bool
    is_sensitive: bool
    is_last: bool


def speak(pages: Pages, rules: Rules) -> Sequence[SpokenRule]:
    return [_spoken(pages, rules, place, rule) for place, rule in enumerate(rules.rules, start=1)]


def speak_case(pages: Pages, conflict: Conflict, rules: Sequence[Rule]) -> Sequence[Said]:
    """The example of a conflict: what of it the two rules look at."""
    looked_at = {name for rule in rules for name in rule.when}
    case = conflict.example
    when: dict[str, Any] = {}
    if "emergency" in looked_at and case["emergency"]:
        when["emergency"] = case["emergency"]
    if looked_at & {"agency", "order"} and case["agency"]:
        when["agency"] = case["agency"]
    if looked_at & {"municipality", "region"}:
        when["municipality"] = case["municipality"] or UNKNOWN
    if "kind" in looked_at:
        when["kind"] = case["kind"]
    if conflict.words:
        when["words"] = conflict.words
    return [_said(pages, name, value) for name, value in when.items()]


def name_outcome(pages: Pages, decision: RoutingDecision) -> str:
    """What a rehearsal shows of a decision."""
    t = pages.texts
    agency = pages.office.jurisdiction.name_agency(decision.agency) if decision.agency else t("rules.by_person")
    extra = [
        *([t("rules.first_short")] if decision.next == Next.TRIAGE_FIRST else []),
        *([t("rules.sensitive_short")] if decision.is_sensitive else []),
        *([t("rules.copies_short", names=", ".join(decision.copies))] if decision.copies else []),
    ]
    return f"{agency} ({', '.join(extra)})" if extra else agency


def _spoken(pages: Pages, rules: Rules, place: int, rule: Rule) -> SpokenRule:
    wanted, t = rule.then.get("agency"), pages.texts
    name = pages.office.jurisdiction.name_agency
    return SpokenRule(
        place=place,
        rule=rule,
        when=tuple(_said(pages, key, rule.when[key]) for key in CONDITIONS if key in rule.when),
        agency=t("rules.by_person")
        if wanted is None
        else t("rules.suggested")
        if wanted == AS_SUGGESTED
        else name(wanted),
        copies=tuple(map(name, listed(rule.then.get("copies", ())))),
        is_first=next_of(rule) == Next.TRIAGE_FIRST,
        is_sensitive=bool(rule.then.get("sensitive")),
        is_last=place == len(rules.rules),
    )


def _said(pages: Pages, name: str, value: Any) -> Said:
    t = pages.texts
    if name == "emergency" and value is True:
        return Said(t("rules.when_emergency_any"))
    if name == "model":
        return Said(t("rules.when_model" if value else "rules.when_no_model"))
    if name.startswith("probability"):
        return Said(t(f"rules.when_{name}", share=percent(value)))
    return Said(t(f"rules.when_{name}"), tuple(_names(pages, name, listed(value))))


def _names(pages: Pages, name: str, values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        match name:
            case "kind" | "order":
                yield pages.texts(f"{name}.{value}").lower()
            case "emergency":
                yield pages.texts(f"rules.emergency_{value}")
            case "agency":
                yield pages.office.jurisdiction.name_agency(value)
            case "words":
                yield f"«{value}»"
            case "municipality":
                town = pages.office.reader.find_municipality(value)
                yield town.nombre if town else pages.texts("rules.unknown_town")
            case _:
                yield str(value)
