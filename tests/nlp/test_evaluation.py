"""The measures, on cases small enough to work out by hand."""

import random
from dataclasses import replace

import pytest

from nlp.corpus import Example, MatterSpan
from nlp.evaluation import Opinion, Outcome, examine, garble, list_mistakes, measure
from nlp.noise import chat_noise
from nlp.reading import EmergencyKind, MessageKind, Urgency


def _example(text: str, *agencies: str, kind: str = "petition", danger: EmergencyKind | None = None) -> Example:
    return Example(text, text, MessageKind(kind), danger, agencies, "neutro", "a")


def _outcome(right: tuple[str, ...], *ranking: tuple[str, float], is_sure: bool = False) -> Outcome:
    return Outcome(_example("x", *right), Opinion("petition", False, ranking, is_sure))


OUTCOMES = [
    _outcome(("A",), ("A", 0.9), ("B", 0.1), is_sure=True),
    _outcome(("A", "B"), ("B", 0.8), ("A", 0.2), is_sure=True),
    _outcome(("B",), ("A", 0.7), ("C", 0.2), ("B", 0.1)),
    _outcome(("C",), ("A", 0.6), ("B", 0.3), ("D", 0.1)),
]


def test_first_suggestions_and_those_among_three() -> None:
    found = measure(OUTCOMES, OUTCOMES[2:], 0.95)
    assert found["agency_top1"] == 0.5
    assert found["agency_top3"] == 0.75
    assert found["noise_loss"] == 0.5
    assert (found["alone"], found["alone_precision"]) == (0.5, 1.0)
    assert found["alone_at_best"] == 0.5


def test_macro_f1_counts_each_right_label_alike() -> None:
    # A: said 4 (one of them acceptable for A,B counts as A), right 2, both 2 → 2·2/(2+4); B and C: nothing → 0.
    assert measure(OUTCOMES, OUTCOMES, 0.95)["agency_macro_f1"] == pytest.approx((4 / 6 + 0 + 0) / 3)


def test_the_calibration_error_is_the_distance_of_promise_and_truth() -> None:
    always = [_outcome(("A",), ("A", 0.75)), _outcome(("B",), ("A", 0.75))]
    assert measure(always, always, 0.95)["agency_ece"] == pytest.approx(0.25)


def test_emergencies_are_found_or_falsely_alarmed_and_do_not_count_as_agencies() -> None:
    danger = _example("d", "A", danger=EmergencyKind.INCENDIO)
    outcomes = [
        Outcome(danger, Opinion("petition", True, (("B", 1.0),))),
        Outcome(danger, Opinion("petition", False, (("B", 1.0),))),
        Outcome(_example("hola", kind="greeting"), Opinion("greeting", True, (("B", 1.0),))),
    ]
    found = measure(outcomes, outcomes, 0.95)
    assert (found["emergency_recall"], found["emergency_false_alarms"]) == (0.5, 1.0)
    assert found["agency_top1"] == 0.0


def test_the_surest_mistakes_come_first() -> None:
    assert [outcome.opinion.ranking[0][1] for outcome in list_mistakes(OUTCOMES, 5)] == [0.7, 0.6]


def test_noise_is_the_same_every_time_and_keeps_a_text() -> None:
    examples = [_example("Buenas tardes, hace días que no llega el agua a la colonia"), _example("¿Y?")]
    once, again = garble(examples), garble(examples)
    assert [e.text for e in once] == [e.text for e in again]
    assert once[0].text != examples[0].text
    assert all(e.text for e in once)


def test_noise_takes_accents_but_not_the_letter_ñ() -> None:
    said = "".join(chat_noise("niño", random.Random(seed)) for seed in range(50))
    assert "ñ" in said
    assert "á" not in "".join(chat_noise("árbol", random.Random(seed)) for seed in range(50))


def test_a_mind_is_asked_for_every_text() -> None:
    asked: list[str] = []

    def mind(text: str) -> Opinion:
        asked.append(text)
        return Opinion("petition", False, (("A", 1.0),))

    assert len(examine(mind, [_example("uno", "A"), _example("dos", "B")])) == 2
    assert asked == ["uno", "dos"]


def test_what_cannot_wait_and_several_matters_are_measured_where_readers_said() -> None:
    spans = (MatterSpan(0, 1, "A"), MatterSpan(2, 3, "B"))
    today, usual = (replace(_example("x", "A"), urgency=urgency) for urgency in (Urgency.TODAY, Urgency.USUAL))
    outcomes = [
        Outcome(today, Opinion("petition", False, (("A", 1.0),), is_pressing=True)),
        Outcome(today, Opinion("petition", False, (("A", 1.0),))),
        Outcome(usual, Opinion("petition", False, (("A", 1.0),), is_pressing=True, matters=2)),
        Outcome(_example("x", "A"), Opinion("petition", False, (("A", 1.0),), is_pressing=True)),
        Outcome(replace(_example("x", "A", "B"), matters=spans), Opinion("petition", False, (("A", 1.0),), matters=2)),
    ]
    found = measure(outcomes, outcomes, 0.95)
    assert (found["urgency_recall"], found["urgency_precision"]) == (0.5, 0.5)
    assert (found["matters_found"], found["matters_invented"]) == (1.0, 0.25)
