"""Several matters in one text are told apart where one ends, and a single one is left whole."""

from itertools import pairwise

import numpy as np
import pytest

from nlp.corpus import read_corpus
from nlp.features import Unit
from nlp.matter_training import CASES_MIN, Cuts, JointCase, learn_joints, list_cases
from nlp.matters import JointWeights, Sides, split_matters
from nlp.normalise import read_words
from nlp.reader import Reader, load_knowledge
from nlp.table import Head, Table
from nlp.vocabulary import Vocabulary
from nlp.weights import quantised
from tests.models import JURISDICTION

TEXT = "no hay agua en casa, y además no viene maestro"


def _sides(text: str = TEXT) -> Sides:
    """«agua» speaks for A, «maestro» for B; other words for neither."""
    weights = quantised(np.array([[4.0, -4.0], [-4.0, 4.0]]))
    table = Table(
        [Head("agency", ("A", "B"), 0, (0.0, 0.0))], Vocabulary(["agua", "maestro"]), np.ones(2, np.float32), weights
    )
    words = read_words(text)
    units = [Unit(word.text, at, at + 1) for at, word in enumerate(words)]
    return Sides(table, "agency", text, words, units)


def test_joints_stand_where_a_text_pauses_or_announces_something() -> None:
    sides = _sides()
    joints = {sides.words[joint.at].text for joint in sides.list_joints(0, len(sides.words))}
    assert "y" in joints
    assert "maestro" not in joints
    assert list(_sides("no hay agua").list_joints(0, 3)) == []


def test_a_text_is_parted_where_its_halves_speak_for_different_agencies() -> None:
    cases = [case for text in (TEXT, TEXT.replace(", y además", ".")) for case in _cases(text) * CASES_MIN]
    cases += _cases("no hay agua en casa, y además no viene agua", is_one=True) * CASES_MIN
    weights = learn_joints(cases)
    first, second = split_matters(_sides(), weights)
    assert (first.start, first.end, second.end) == (0, second.start, len(read_words(TEXT)))
    assert _sides().words[second.start].text in ("y", "ademas")
    assert len(split_matters(_sides("no hay agua en casa, y además no viene agua"), weights)) == 1


def _cases(text: str, *, is_one: bool = False) -> list[JointCase]:
    end = text.index("casa") + len("casa")
    return list_cases(_sides(text), Cuts(() if is_one else ((end, text.index("no viene")),)))


def test_too_few_cases_part_nothing() -> None:
    assert learn_joints(_cases(TEXT)) == JointWeights()
    assert len(split_matters(_sides(), JointWeights())) == 1


def test_the_trained_mind_parts_what_is_two_and_leaves_what_is_one(reader: Reader) -> None:
    text = "No hay agua en la colonia desde hace quince días. Y otra cosa, el maestro de la primaria no se presenta"
    first, second = reader.split_matters(text)
    assert text[first.start : first.end] == first.text
    assert "agua" in first.text
    assert "maestro" in second.text
    for single in ("No hay agua en la colonia desde hace quince días, y el recibo llega igual", "hola", ""):
        assert reader.split_matters(single) == ()
    assert Reader(load_knowledge(JURISDICTION), None).split_matters(text) == ()


def test_spans_of_the_corpus_lie_in_their_texts() -> None:
    told = [example for example in read_corpus(JURISDICTION / "corpus") if example.matters]
    assert sum(len(example.matters) > 1 for example in told) >= 500
    for example in told:
        spans = sorted(example.matters, key=lambda span: span.start)
        assert all(0 <= span.start < span.end <= len(example.text) for span in spans)
        assert all(first.end <= second.start for first, second in pairwise(spans))
        assert {span.agency for span in spans} <= {*example.agencies}


@pytest.mark.parametrize(
    ("pressing", "usual"),
    [
        ("mi mamá necesita su insulina y en la clínica no hay desde hace tres días", "quiero saber si hay cursos"),
        ("el poste está por caerse sobre la entrada del kinder", "queremos una cancha para los jóvenes"),
    ],
)
def test_what_does_harm_by_waiting_presses_more(reader: Reader, pressing: str, usual: str) -> None:
    assert reader.read(pressing).urgency > 3 * reader.read(usual).urgency
