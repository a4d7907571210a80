"""Messages of two hands that had seen the facts about agencies and nothing of the corpus (`apart/`).

Nothing of them is learnt from. What they said of the first model that was asked stands in docs/apart.md.
"""

from pathlib import Path

import pytest

from canaliza.evaluating import PROMISED, UNSAID, mind_of
from nlp.corpus import read_examples
from nlp.evaluation import examine, garble, measure
from nlp.reader import Reader

FOLDER = Path(__file__).parent / "apart"
# Below what was reached by as much as another training may differ.
AT_LEAST = {
    "agency_top1": 0.93,
    "agency_top3": 0.97,
    "alone": 0.60,
    "alone_precision": 0.95,
    "emergency_recall": 0.96,
    "kind_macro_f1": 0.90,
}
AT_MOST = {"emergency_false_alarms": 0.05, "noise_loss": 0.08}


@pytest.fixture(scope="module")
def measures(reader: Reader) -> dict[str, float]:
    examples = [example for path in sorted(FOLDER.glob("*.jsonl")) for example in read_examples(path, UNSAID)]
    mind = mind_of(reader)
    return measure(examine(mind, examples), examine(mind, garble(examples)), PROMISED)


@pytest.mark.parametrize(("name", "least"), AT_LEAST.items())
def test_others_are_understood(measures: dict[str, float], name: str, least: float) -> None:
    assert measures[name] >= least


@pytest.mark.parametrize(("name", "most"), AT_MOST.items())
def test_others_are_seldom_alarmed_or_lost_to_noise(measures: dict[str, float], name: str, most: float) -> None:
    assert measures[name] <= most
