"""What is said of rules is true of every case: compared with all cases of a small world, one by one."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decision import MatterFacts, Next
from routing.findings import Conflict, Unreachable, find
from routing.parsing import Vocabulary, load_rules, read_rules
from routing.rules import Rule, Rules, decide, holds
from tests.models import JURISDICTION
from tests.routing.vocabulary import VOCABULARY

SMALL = Vocabulary(
    orders={"A": "estatal", "B": "municipal", "C": "municipal"},
    kinds=frozenset({"petition", "spam"}),
    emergencies=frozenset({"fire", "flood"}),
    regions={"1": "Coast", "2": "Coast", "3": "Sierra"},
)
PHRASES = ("water", "no water", "road", "the road")
BOUNDS = (0.0, 0.4, 0.7)
LAST = Rule("last", "r", {}, {"agency": "suggested"})


def _cases() -> Iterator[MatterFacts]:
    """Each that the rules of these tests can tell apart; none that the office never has."""
    texts = [*["; ".join(words) for words in product(["", *PHRASES], repeat=2)]]
    rankings = [(), *[((agency, bound),) for agency in SMALL.orders for bound in (*BOUNDS, 1.0)]]
    for ranking, has_model in product(rankings, (True, False)):
        if ranking and not has_model:
            continue
        places = [(None, None), *SMALL.regions.items()]
        for text, emergency, (town, region), kind in product(
            texts, [None, *sorted(SMALL.emergencies)], places, sorted(SMALL.kinds)
        ):
            yield MatterFacts(text, kind, emergency, ranking, SMALL.orders, town, region, has_model)


CASES = list(_cases())


def _some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


WHEN = st.fixed_dictionaries(
    {},
    optional={
        "kind": _some(sorted(SMALL.kinds)),
        "emergency": st.one_of(st.just(True), _some(sorted(SMALL.emergencies))),
        "agency": _some(sorted(SMALL.orders)),
        "order": _some(["estatal", "municipal"]),
        "words": _some(list(PHRASES)),
        "municipality": _some(["unknown", "1", "2", "3"]),
        "region": _some(["Coast", "Sierra"]),
        "probability_below": st.sampled_from([0.4, 0.7]),
        "probability_from": st.sampled_from([0.4, 0.7]),
        "model": st.booleans(),
    },
).filter(lambda when: 0 < len(when) <= 3)
THEN = st.fixed_dictionaries(
    {"agency": st.sampled_from(["A", "B", "suggested"])},
    optional={"sensitive": st.just(True), "next": st.sampled_from(["triage", "triage_first"])},
)


@st.composite
def _rules(draw: st.DrawFn) -> Rules:
    pairs = draw(st.lists(st.tuples(WHEN, THEN, st.sampled_from([True, True, True, False])), min_size=1, max_size=5))
    named = [Rule(f"r{n}", "r", when, then, is_active=on) for n, (when, then, on) in enumerate(pairs)]
    return Rules((*named, LAST))


@settings(max_examples=40, deadline=None)
@given(_rules())
def test_a_rule_is_unreachable_when_no_case_is_decided_by_it(rules: Rules) -> None:
    deciding = {decide(rules, facts).rule for facts in CASES}
    active = {rule.id for rule in rules.rules if rule.is_active}
    assert {one.rule for one in find(rules, SMALL).unreachable} == active - deciding


@settings(max_examples=40, deadline=None)
@given(_rules())
def test_a_conflict_has_a_case_of_which_both_say_something_else(rules: Rules) -> None:
    by_id = {rule.id: rule for rule in rules.rules}
    for conflict in find(rules, SMALL).conflicts:
        facts = _facts_of(conflict)
        one, other = by_id[conflict.rule], by_id[conflict.other]
        assert decide(rules, facts).rule == one.id
        assert holds(other, facts)
        name = {"agency": "agency", "sensitive": "sensitive", "next": "next"}[conflict.about]
        assert one.then.get(name) != other.then.get(name)


def _facts_of(conflict: Conflict) -> MatterFacts:
    case = conflict.example
    ranking = ((case["agency"], case["probability"]),) if case["agency"] else ()
    town = case["municipality"]
    region = SMALL.regions[town] if town else None
    text = " | ".join(conflict.words)
    return MatterFacts(text, case["kind"], case["emergency"], ranking, SMALL.orders, town, region, case["model"])


def _find(*rules: Rule) -> tuple[list[Unreachable], list[tuple[str, str, str]]]:
    found = find(Rules((*rules, LAST)), SMALL)
    return list(found.unreachable), [(one.rule, one.other, one.about) for one in found.conflicts]


def test_what_several_rules_take_together_leaves_nothing() -> None:
    low = Rule("low", "r", {"agency": "A", "probability_below": 0.4}, {})
    high = Rule("high", "r", {"agency": ("A", "B"), "probability_from": 0.4}, {})
    late = Rule("late", "r", {"order": "estatal"}, {"agency": "B"})
    assert _find(low, high, late) == ([Unreachable("late", ("low", "high"))], [])


def test_conditions_that_exclude_one_another_are_named() -> None:
    assert _find(Rule("x", "r", {"agency": "A", "order": "municipal"}, {}))[0] == [Unreachable("x", ())]
    assert _find(Rule("x", "r", {"municipality": "3", "region": "Coast"}, {}))[0] == [Unreachable("x", ())]


def test_longer_words_are_found_by_shorter_ones() -> None:
    short, long = Rule("s", "r", {"words": "road"}, {}), Rule("l", "r", {"words": ("the road",)}, {"agency": "B"})
    assert _find(short, long)[0] == [Unreachable("l", ("s",))]
    assert _find(long, short)[0] == []


def test_a_special_case_before_the_general_one_is_no_conflict() -> None:
    special = Rule("s", "r", {"agency": "A", "region": "Coast"}, {"agency": "B"})
    general = Rule("g", "r", {"agency": "A"}, {"agency": "C"})
    assert _find(special, general) == ([], [])
    assert _find(general, special)[0] == [Unreachable("s", ("g",))]


@pytest.mark.parametrize(
    ("first", "second", "about"),
    [
        ({"agency": "A"}, {"agency": "B"}, "agency"),
        ({}, {"sensitive": True}, "sensitive"),
        ({}, {"next": Next.TRIAGE_FIRST.value}, "next"),
    ],
)
def test_two_that_say_different_things_of_a_case(
    first: dict[str, object], second: dict[str, object], about: str
) -> None:
    one, two = Rule("one", "r", {"region": "Coast"}, first), Rule("two", "r", {"words": "road"}, second)
    assert _find(one, two) == ([], [("one", "two", about)])


def test_a_danger_before_the_rest_is_no_conflict() -> None:
    danger = Rule("d", "r", {"emergency": True}, {"next": "triage_first", "agency": "A"})
    assert _find(danger, Rule("x", "r", {"agency": "C"}, {"agency": "B", "sensitive": True})) == ([], [])


def test_a_rule_that_is_off_covers_nothing() -> None:
    off = Rule("off", "r", {"agency": "A"}, {}, is_active=False)
    assert _find(off, Rule("x", "r", {"agency": "A"}, {"agency": "B"})) == ([], [])


def test_the_own_rules_of_oaxaca_have_none() -> None:
    found = find(load_rules(JURISDICTION / "rules.yaml", VOCABULARY), VOCABULARY)
    assert (found.unreachable, found.conflicts) == ((), ())


def test_all_faults_are_named_with_line_and_rule() -> None:
    text = """rules:
  - {id: a, reason: r, when: {agency: NADIE}, then: {}}
  - {id: b, reason: r, when: {region: Luna, words: 5}, then: {copies: [X]}}
  - {id: "C d", reason: "", active: maybe, then: {}}
  - {id: z, reason: r, then: {}}
"""
    with pytest.raises(ValueError, match="no agency 'NADIE'") as raised:
        read_rules(text, VOCABULARY)
    told = [(one.line, one.rule, one.name) for one in raised.value.faults]  # type: ignore[attr-defined]
    assert told == [
        (2, "a", "no_agency"),
        (3, "b", "bad_value"),
        (3, "b", "bad_value"),
        (3, "b", "no_agency"),
        (4, "C d", "bad_id"),
        (4, "C d", "bad_reason"),
        (4, "C d", "bad_active"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "[a," * 10_000,
        "- " * 20_000,
        "rules: &a [*a]",
        "rules: {a: b}",
        "rules:\n- &x {id: *x}",
        "\x01",
        "",
        "rules: [[[]]]",
        "x" * 60_000,
        "rules:\n- {id: a, reason: r, when: [x], then: 3}",
        "rules: [1]\nmore: 2",
        "!!python/object:os.system []",
    ],
)
def test_whatever_is_written_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"^rules:\d+: "):
        read_rules(text, VOCABULARY)
