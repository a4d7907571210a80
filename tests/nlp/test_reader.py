"""A reading for every text: with reasons from the model, and without it for a person."""

import logging
from pathlib import Path

import pytest
import spacy

from nlp.concepts import Concepts
from nlp.corpus import CorpusError, Example, read_corpus
from nlp.lexicon import Lexicon
from nlp.pipeline import table_of
from nlp.reader import Reader, load_knowledge
from nlp.reading import MessageKind
from nlp.training import train
from tests.models import JURISDICTION

TEXT = "Buenas tardes, no ay agua en la colonia desde el lunes"


def test_suggestions_are_ranked_and_say_why(reader: Reader) -> None:
    reading = reader.read(TEXT)
    probabilities = [suggestion.probability for suggestion in reading.suggestions]
    assert len(probabilities) == 10
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0.3 < sum(probabilities) <= 1.0
    for suggestion in reading.suggestions[:3]:
        for span in suggestion.because:
            assert TEXT[span.start : span.end] == span.text
    assert "agua" in {span.text for span in reading.suggestions[0].because}


def test_a_long_text_and_odd_characters_are_read(reader: Reader) -> None:
    for text in ("", "🙏", "a" * 100_000, "no hay agua " * 20_000, "\u202e\x00\ud800 no hay luz"):
        assert len(reader.read(text).suggestions) >= 3


def test_without_a_model_every_text_is_a_petition_for_a_person() -> None:
    bare = Reader(load_knowledge(JURISDICTION), None)
    reading = bare.read(TEXT)
    assert (reading.kind, reading.suggestions, reading.model_version) == (MessageKind.PETITION, (), None)


def test_water_outside_the_capital_is_not_the_capitals_water_works(reader: Reader) -> None:
    in_town = reader.read("no hay agua en la colonia Reforma de Oaxaca de Juárez, ni con el tandeo")
    elsewhere = reader.read("no hay agua en la colonia Reforma de Huajuapan de León, ni con el tandeo")
    assert in_town.suggestions[0].agency == "SOAPA"
    assert elsewhere.suggestions[0].agency == "MUNICIPIO"


def test_a_place_that_is_known_counts_where_the_text_names_none(reader: Reader) -> None:
    text = "no hay agua en la colonia Reforma, ni con el tandeo"
    etla = reader.read(f"{text}, en San Pablo Etla").place
    assert etla
    assert reader.read(text).suggestions[0].agency == "SOAPA"
    assert reader.read(text, known_place=etla.chosen).suggestions[0].agency == "MUNICIPIO"


def test_a_model_that_fails_leaves_the_petition_to_a_person(caplog: pytest.LogCaptureFixture) -> None:
    broken = spacy.blank("es")  # has none of the components that the reader asks for
    reader = Reader(load_knowledge(JURISDICTION), broken)
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
    lexicon = Lexicon(Concepts({"casa": "casa hogar"}))
    first, second = (train(examples, {}, lexicon, seed=7, progress=lambda step: None) for _ in range(2))
    assert table_of(first).to_arrays() == table_of(second).to_arrays()


def test_a_bad_corpus_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": "1"}\n')
    with pytest.raises(CorpusError, match=r"x\.jsonl:1: the field .* is missing"):
        read_corpus(tmp_path)
