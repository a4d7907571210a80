"""A reading for every text: with reasons from the model, and without it for a person."""

import logging
from pathlib import Path

import pytest
import spacy

from nlp.corpus import CorpusError, Example, read_corpus
from nlp.emergencies import load_emergencies
from nlp.pipeline import AGENCY, KIND, categorizer_of
from nlp.places import load_gazetteer
from nlp.reader import Reader
from nlp.reading import MessageKind
from nlp.training import train
from tests.models import JURISDICTION

TEXT = "Buenas tardes, no ay agua en la colonia desde el lunes"


def test_suggestions_are_ranked_and_say_why(reader: Reader) -> None:
    reading = reader.read(TEXT)
    probabilities = [suggestion.probability for suggestion in reading.suggestions]
    assert len(probabilities) == 70
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1.0, abs=1e-3)
    for suggestion in reading.suggestions[:3]:
        for span in suggestion.because:
            assert TEXT[span.start : span.end] == span.text
    assert "agua" in {span.text for span in reading.suggestions[0].because}


def test_a_long_text_and_odd_characters_are_read(reader: Reader) -> None:
    for text in ("", "🙏", "a" * 100_000, "no hay agua " * 20_000, "\u202e\x00\ud800 no hay luz"):
        assert len(reader.read(text).suggestions) >= 3


def test_without_a_model_every_text_is_a_petition_for_a_person() -> None:
    bare = Reader(load_emergencies(JURISDICTION / "emergencies.yaml"), load_gazetteer(JURISDICTION / "places"), None)
    reading = bare.read(TEXT)
    assert (reading.kind, reading.suggestions, reading.model_version) == (MessageKind.PETITION, (), None)


def test_a_model_that_fails_leaves_the_petition_to_a_person(caplog: pytest.LogCaptureFixture) -> None:
    broken = spacy.blank("es")  # has none of the components that the reader asks for
    reader = Reader(
        load_emergencies(JURISDICTION / "emergencies.yaml"), load_gazetteer(JURISDICTION / "places"), broken
    )
    with caplog.at_level(logging.ERROR):
        reading = reader.read(TEXT)
    assert (reading.kind, reading.suggestions, reading.model_version) == (MessageKind.PETITION, (), None)
    assert "agua" not in caplog.text


def test_the_saved_pipeline_is_loaded_by_spacy_itself(model: Path, reader: Reader) -> None:
    doc = spacy.load(model)(TEXT)
    best = reader.read(TEXT).suggestions[0]
    assert doc.cats[best.agency] == pytest.approx(best.probability, abs=1e-6)


def test_the_same_corpus_and_seed_give_the_same_weights() -> None:
    words = {"AGUA": "agua pozo tubo llave pipa", "LUZ": "luz foco poste cable recibo"}
    examples = [
        Example(
            f"{agency}{n}", f"no hay {word} en casa {n}", MessageKind.PETITION, None, (agency,), "neutro", f"a{n % 6}"
        )
        for agency, said in words.items()
        for n, word in enumerate(said.split() * 3)
    ]
    examples += [Example(f"g{n}", "hola", MessageKind.GREETING, None, (), "neutro", f"a{n % 6}") for n in range(12)]
    first, second = (train(examples, {}, seed=7, progress=lambda step: None) for _ in range(2))
    for name in (KIND, AGENCY):
        one, two = categorizer_of(first, name).model, categorizer_of(second, name).model
        assert one is not None
        assert two is not None
        assert one.to_arrays() == two.to_arrays()


def test_a_bad_corpus_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": "1"}\n')
    with pytest.raises(CorpusError, match=r"x\.jsonl:1: KeyError"):
        read_corpus(tmp_path)
