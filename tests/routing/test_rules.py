"""Rules: first match wins, a bad file is refused with its line, every agency that is named exists."""

from pathlib import Path

import pytest

from routing.decision import MatterFacts, Next
from routing.parsing import RulesError, load_rules
from routing.rules import decide
from tests.models import JURISDICTION
from tests.routing.vocabulary import VOCABULARY

AGENCIES = VOCABULARY.orders
RULES = load_rules(JURISDICTION / "rules.yaml", VOCABULARY)
LAST = "  - {id: all, reason: r, then: {agency: suggested}}\n"


def _facts(**values: object) -> MatterFacts:
    facts = {"text": "no hay agua", "kind": "petition", "emergency": None, "ranking": (("SOAPA", 0.8),)}
    return MatterFacts(**{**facts, "orders": AGENCIES, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "rule", "agency", "next_"),
    [
        (_facts(), "general", "SOAPA", Next.TRIAGE),
        (_facts(emergency="violencia"), "emergencia-violencia", "SOAPA", Next.TRIAGE_FIRST),
        (_facts(emergency="desaparicion"), "emergencia-desaparicion", "BUSQUEDA", Next.TRIAGE_FIRST),
        (_facts(emergency="desastre"), "emergencia-desastre", "CEPC", Next.TRIAGE_FIRST),
        (_facts(ranking=(), has_model=False), "sin-modelo", None, Next.TRIAGE),
        (_facts(region="Istmo"), "agua-fuera-de-la-capital", "MUNICIPIO", Next.TRIAGE),
        (_facts(region="Valles Centrales"), "general", "SOAPA", Next.TRIAGE),
        (_facts(ranking=(("SOAPA", 0.2),)), "poca-seguridad", "SOAPA", Next.TRIAGE),
        (_facts(ranking=(("CFE", 0.9),)), "fuera-del-ejecutivo", "CFE", Next.TRIAGE),
        (
            _facts(text="nos quieren sacar del pueblo por no ser CATOLICOS", ranking=(("MUNICIPIO", 0.7),)),
            "conflicto-religioso",
            "SEGO",
            Next.TRIAGE,
        ),
    ],
)
def test_the_first_matching_rule_decides(facts: MatterFacts, rule: str, agency: str | None, next_: Next) -> None:
    decision = decide(RULES, facts)
    assert (decision.rule, decision.agency, decision.next) == (rule, agency, next_)
    assert decision.tried[-1] == rule
    assert decision.reason


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("rules:\n  - {id: a, reason: r, then: {agency: NADIE}}\n", 2, "no agency 'NADIE'"),
        ("rules:\n  - {id: a, reason: r, when: {colour: red}, then: {}}\n" + LAST, 2, "unknown word 'colour'"),
        ("rules:\n  - {id: a, then: {}}\n", 2, "a rule needs `id`, `reason` and `then`"),
        ("rules:\n" + LAST + "  - {id: b, reason: r, then: {}}\n", 2, "no rule after it is ever reached"),
        ("rules:\n  - {id: a, reason: r, when: {kind: petition}, then: {}}\n", 2, "the last rule must match all"),
        ("rules:\n  - {id: all, reason: r, when: {kind: spam}, then: {}}\n" + LAST, 3, "stands twice"),
        ("rules:\n  - {id: a, reason: r, when: {probability_below: 7}, then: {}}\n" + LAST, 2, "between 0 and 1"),
        ("rules:\n  - [\n", 3, ""),
        ("nothing: here\n", 1, "must hold a list"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    with pytest.raises(RulesError) as raised:
        load_rules(path, VOCABULARY)
    assert str(raised.value).startswith(f"{path}:{line}:")
    assert reason in str(raised.value)
