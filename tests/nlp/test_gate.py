"""A model that learnt more is refused when something that was promised got worse."""

from nlp.corpus import Example
from nlp.evaluation import Opinion, Outcome
from nlp.gate import Exam, find_faults, sign_test
from nlp.reading import MessageKind


def _said(agency: str, right: str = "A", *, is_sure: bool = True) -> Outcome:
    example = Example("x", "x", MessageKind.PETITION, None, (right,), "neutro", "a")
    return Outcome(example, Opinion("petition", False, ((agency, 0.9),), is_sure))


RIGHT, WRONG = _said("A"), _said("B")


def _names(before: Exam, after: Exam) -> list[str]:
    return [fault.name for fault in find_faults(before, after, 0.95)]


def test_the_same_or_better_may_be_published() -> None:
    exam = Exam([RIGHT] * 20, [RIGHT] * 10)
    assert _names(exam, exam) == []
    assert _names(Exam([RIGHT, WRONG], [WRONG] * 10), exam) == []


def test_fallen_macro_f1_is_refused() -> None:
    right, wrong = _said("A", is_sure=False), _said("B", is_sure=False)
    before = Exam([right] * 100, [])
    assert _names(before, Exam([right] * 96 + [wrong] * 4, [])) == []  # four of a hundred may be chance
    assert _names(before, Exam([right] * 95 + [wrong] * 5, [])) == ["agency_macro_f1"]


def test_a_broken_promise_names_its_agency() -> None:
    before = [_said("A")] * 40 + [_said("B", "B")] * 400
    after = [_said("A")] * 36 + [_said("A", "B")] * 4 + [_said("B", "B")] * 400
    assert "precision A" in _names(Exam(before, []), Exam(after, []))


def test_worse_on_the_newest_decisions_only_beyond_chance() -> None:
    assert _names(Exam([], [RIGHT] * 4), Exam([], [WRONG] * 4)) == []  # 4 of 4: 6 %
    assert _names(Exam([], [RIGHT] * 5), Exam([], [WRONG] * 5)) == ["newest decisions, first suggestion"]


def test_the_sign_test_is_the_binomial_tail() -> None:
    assert sign_test(0, 5) == 1 / 32
    assert sign_test(1, 3) == 5 / 16
