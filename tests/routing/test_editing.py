"""One rule is changed, and the rest of the text stays as it was written; whatever is written is read as meant."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.editing import rewrite, write
from routing.parsing import read_rules
from routing.rules import Rule, Rules
from tests.models import JURISDICTION
from tests.routing.vocabulary import VOCABULARY

OWN = (JURISDICTION / "rules.yaml").read_text("utf-8")
READ = read_rules(OWN, VOCABULARY)
COUNT = len(READ.rules)
SMALL = """# Head.
rules:
  # Why the first.
  - id: uno
    reason: "Una razón"  # beside
    when: {kind: spam}
    then: {next: triage}

  - id: dos
    reason: "Dos"
    when:
      words: [agua, "no: hay"]
    then: {agency: SOAPA}

  - id: todas
    reason: "Todas"
    then: {agency: suggested}
"""
FLOW = "rules: [{id: a, reason: r, when: {kind: spam}, then: {}}, {id: z, reason: r, then: {agency: suggested}}]\n"
NEW = Rule("nueva", 'Por «esto»: y "más"', {"municipality": ("20067", "unknown")}, {"agency": "CFE"})


def _read(text: str) -> Rules:
    return read_rules(text, VOCABULARY)


def _same(rules: Rules, meant: list[Rule]) -> bool:
    return len(rules.rules) == len(meant) and all(one.says_as(two) for one, two in zip(rules.rules, meant, strict=True))


def test_what_is_not_touched_stays_byte_for_byte() -> None:
    assert rewrite(OWN, READ, [*range(COUNT)]) == OWN
    assert rewrite(SMALL, _read(SMALL), [0, 1, 2]) == SMALL


def test_a_moved_rule_takes_its_comment_along() -> None:
    moved = rewrite(SMALL, _read(SMALL), [1, 0, 2])
    lines = moved.splitlines()
    assert lines[:3] == ["# Head.", "rules:", "  - id: dos"]
    assert lines[lines.index("  - id: uno") - 1] == "  # Why the first."
    assert '    reason: "Una razón"  # beside' in lines
    assert [rule.id for rule in _read(moved).rules] == ["dos", "uno", "todas"]


def test_a_new_rule_is_the_only_change() -> None:
    edited = rewrite(OWN, READ, [*range(COUNT - 1), NEW, COUNT - 1])
    added = [line for line in edited.splitlines() if line not in OWN.splitlines()]
    assert added[0] == "  - id: nueva"
    assert len(added) == 4
    assert _same(_read(edited), [*READ.rules[:-1], NEW, READ.rules[-1]])


def test_a_rule_is_switched_off_and_keeps_its_comment() -> None:
    rules = _read(SMALL)
    edited = rewrite(SMALL, rules, [replace(rules.rules[0], is_active=False), 1, 2])
    assert "  # Why the first.\n  - id: uno\n" in edited
    assert [rule.is_active for rule in _read(edited).rules] == [False, True, True]


def test_a_list_on_one_line_is_written_anew() -> None:
    edited = rewrite(FLOW, _read(FLOW), [NEW, 1])
    assert [rule.id for rule in _read(edited).rules] == ["nueva", "z"]


def test_a_hash_inside_a_long_text_is_no_comment() -> None:
    text = SMALL.replace('reason: "Dos"', "reason: |\n      Dos\n      # tres")
    rules = _read(text)
    edited = rewrite(text, rules, [1, 0, 2])
    assert _same(_read(edited), [rules.rules[1], rules.rules[0], rules.rules[2]])


TEXTS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
    .map(lambda text: "".join(c if c.isprintable() else " " for c in text))
    .filter(str.strip)
)
WORDS = st.text("aeñoxZ9 :-#'\"[]{},&*!|>%@", max_size=12).map(lambda text: f"a{text}z")
LISTS = {
    "words": st.lists(WORDS, min_size=1, max_size=4).map(tuple),
    "agency": st.lists(st.sampled_from(sorted(VOCABULARY.orders)), min_size=1, max_size=4).map(tuple),
    "municipality": st.lists(st.sampled_from(["unknown", *sorted(VOCABULARY.regions)]), min_size=1).map(tuple),
    "region": st.lists(st.sampled_from(sorted(set(VOCABULARY.regions.values()))), min_size=1).map(tuple),
    "kind": st.sampled_from(sorted(VOCABULARY.kinds)),
    "emergency": st.one_of(st.just(True), st.lists(st.sampled_from(sorted(VOCABULARY.emergencies)), min_size=1)),
    "probability_below": st.integers(0, 100).map(lambda n: n / 100),
    "model": st.booleans(),
}
RULES = st.builds(
    Rule,
    st.just("x"),
    TEXTS,
    st.fixed_dictionaries({}, optional=LISTS),
    st.fixed_dictionaries({"agency": st.sampled_from(["suggested", "CFE"])}, optional={"sensitive": st.booleans()}),
    is_active=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(RULES, max_size=5), RULES)
def test_what_is_written_is_read_as_it_was_meant(rules: list[Rule], last: Rule) -> None:
    named = [replace(rule, id=f"r-{n}", when=rule.when or {"kind": "spam"}) for n, rule in enumerate(rules)]
    meant = [*named, replace(last, when={}, is_active=True)]
    assert _same(_read(write(meant)), meant)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(COUNT - 1)))
def test_any_order_of_the_own_rules_is_read_as_that_order(order: list[int]) -> None:
    edited = rewrite(OWN, READ, [*order, COUNT - 1])
    assert _same(_read(edited), [READ.rules[n] for n in [*order, COUNT - 1]])
    assert sorted(edited.splitlines()) == sorted(OWN.splitlines())


@pytest.mark.parametrize("text", ["rules:\n  -\n    id: a\n    reason: r\n    then: {}\n"])
def test_a_dash_on_a_line_of_its_own_is_read_and_written(text: str) -> None:
    edited = rewrite(text, _read(text), [NEW, 0])
    assert [rule.id for rule in _read(edited).rules] == ["nueva", "a"]
